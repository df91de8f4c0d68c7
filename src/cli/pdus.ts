// sanscope pdus: one line a PDU, as text or NDJSON, while the capture is read.

import { pduJson } from '../export/pdu-json.js';
import { lostText, pduText, type TextOptions } from '../export/pdu-text.js';
import type { Pdu } from '../pdu/pdu.js';
import { PduReader } from '../report/pdu-record.js';
import { makePaint } from '../view/theme.js';
import { Output } from './output.js';
import {
  type CommandContext,
  flag,
  number,
  range,
  runRoad,
  tellTroubles,
  text,
  unreadFiles,
} from './run.js';
import { type ColorChoice, colorLevel, isTerminal, outputWidth } from './terminal.js';

export async function pdus(context: CommandContext): Promise<number> {
  const output = new Output(1, 'standard output');
  const json = flag(context, 'json');
  const show = textOptions(context);
  const wanted = selection(context);
  let left = number(context, 'count') ?? Number.POSITIVE_INFINITY;
  const reader = new PduReader(
    (pdu, record) => {
      if (left <= 0 || !wanted(pdu.connection, pdu.frame, pdu.frameEnd)) return;
      left--;
      if (json) output.write(`${pduJson(pdu, record, show.showSecrets)}\n`);
      else output.write(pduText(pdu, record, show));
    },
    (direction, bytes, timeNs, frame) => {
      if (json || left <= 0 || !wanted(direction >> 1, frame, frame)) return;
      output.write(lostText(direction, bytes, timeNs, frame, show));
    },
  );
  const analysis = await runRoad(context, {
    taskSink: reader,
    pduSink: reader,
    started: (epoch) => {
      reader.record.epoch = epoch;
    },
    stop: () => left <= 0,
  });
  output.close();
  tellTroubles(context, analysis);
  return unreadFiles(context, analysis);
}

/** Which PDUs are shown: by connection and by the packets of their first and last byte. */
function selection(
  context: CommandContext,
): (c: number, frame: number, frameEnd: Pdu['frameEnd']) => boolean {
  const connection = number(context, 'connection');
  const frames = range(context, 'frame');
  return (c, frame, frameEnd) =>
    (connection === undefined || c === connection) &&
    (frames === undefined || (frameEnd >= frames.first && frame <= frames.last));
}

function textOptions(context: CommandContext): TextOptions {
  const terminal = isTerminal(1);
  const asked = number(context, 'width');
  const choice = text(context, 'color') as ColorChoice;
  return {
    // Lines that go to a file or a program are not cut unless that is asked for.
    width: terminal || asked !== undefined ? outputWidth(asked) : 0,
    paint: makePaint(colorLevel(choice, context.env, terminal)),
    showSecrets: flag(context, 'showSecrets'),
  };
}
