// Everything that is told of a capture, for tests that want nothing to be thrown: the report as text and
// JSON, each PDU as a line, as JSON and as a tree, lists, and the ladder of each command.

import { PduReader } from '../../src/decode/pdu-reader.js';
import { DetailWriter, jsonDetails, textDetails } from '../../src/export/pdu-detail.js';
import { reportJson } from '../../src/export/report-json.js';
import { blocksText } from '../../src/export/report-text.js';
import { analyse } from '../../src/pipeline.js';
import { commandBlocks } from '../../src/view/ladder/command-view.js';
import { reportBlocks } from '../../src/view/report-view.js';
import { makePaint } from '../../src/view/theme.js';
import { keepFile } from './keep.js';
import { reportOf } from './report.js';

const WIDTH = 100;
const PLAIN = makePaint(0);
/** Ladders drawn of one capture: the first of so many commands. */
const LADDERS = 200;

export interface Told {
  readonly pdus: number;
  readonly commands: number;
  /** Characters written. */
  readonly written: number;
}

export async function everything(path: string): Promise<Told> {
  let written = 0;
  const write = (text: string): void => {
    written += text.length;
  };
  const report = await reportOf(path);
  reportJson(report, write);
  write(blocksText(reportBlocks(report, WIDTH), WIDTH, PLAIN));
  const pdus = await eachPduTold(path, write);
  const kept = await keepFile(path);
  const { tasks } = kept.keeper;
  for (let row = 0; row < Math.min(tasks.count, LADDERS); row++) {
    write(blocksText(commandBlocks(kept.ladder(row, true), WIDTH), WIDTH, PLAIN));
  }
  return { pdus, commands: tasks.count, written };
}

/** Each PDU as text with tree and octets, and as JSON; how many there were. */
async function eachPduTold(path: string, write: (text: string) => void): Promise<number> {
  const show = { showSecrets: false, tree: true };
  const json = new DetailWriter(write, jsonDetails(show));
  const text = new DetailWriter(
    write,
    textDetails({ ...show, hex: true, paint: PLAIN, width: WIDTH }),
  );
  let pdus = 0;
  const reader = new PduReader({
    details: true,
    links: true,
    take: (facts) => {
      pdus++;
      json.pdu(facts);
      text.pdu(facts);
    },
  });
  await analyse([path], { pduSink: reader, taskSink: reader, look: reader.look });
  json.end();
  text.end();
  return pdus;
}
