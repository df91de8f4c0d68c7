// A capture of very many commands: more than a small bound holds.

import { temporaryFile } from './capture.js';
import { Dialogue } from './dialogue.js';
import { pcapFile } from './pcap-writer.js';

const COMMANDS = 60_000;
const STEP_NS = 1e6;
/** This command's status never comes; that one's when half of the others have passed. */
export const NEVER = 5;
export const SLOW = 7;

/** Path of the capture: a login, then commands, one a ms; every 40th a write. */
export function manyCommands(count = COMMANDS): string {
  const d = new Dialogue();
  const login = d.login(0);
  const beginNs = Math.ceil(login / STEP_NS + 1) * STEP_NS;
  for (let i = 0; i < count; i++) {
    const ns = beginNs + i * STEP_NS;
    if (i === NEVER) d.read10(i, 1, ns, { statusIn: 'none' });
    else if (i === SLOW) d.read10(i, 1, ns, { statusNs: (count / 2) * STEP_NS });
    else if (i % 40 === 0) d.write10(i, 1, ns, { hostNs: 7_000 + i });
    else d.command(new Uint8Array(6), ns);
  }
  return temporaryFile(pcapFile(d.tcp.captured()));
}
