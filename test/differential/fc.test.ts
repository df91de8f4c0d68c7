// Frames of Fibre Channel field by field against tshark, where it reads them well: one frame a segment
// (of several in one it shows the first one's header beside the others).

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MessageReader } from '../../src/decode/messages.js';
import { messageField, messageTsharkNames } from '../../src/filter/message-fields.js';
import { analyse } from '../../src/pipeline.js';
import { needs } from '../support/needs.js';
import { sharedCapture } from '../support/shared.js';
import { tshark } from '../support/tshark.js';

/** tshark 4.0.17 is wrong, or means another thing; with the reason why we are right. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  // Octets and names in another notation.
  ...[
    'fc.d_id',
    'fc.s_id',
    'fcct.in_id',
    'fcels.npname',
    'fcels.fnname',
    'fcip.srcid',
    'fcip.nonce',
  ],
  ...['fcels.cbind.snpname', 'fcels.cbind.dnpname', 'fcip.srcwwn'],
  // Two bytes too far (RFC 3821 figure 9, words 14 to 17): 10,000 ms shown as 655,360,000.
  ...['fcip.dstwwn', 'fcip.katov'],
  // Of an LS_ACC it knows the request only where it saw it in the same conversation.
  'fcels.opcode',
  // It shows the offset where F_CTL says that there is none.
  'fc.relative_offset',
  // A class 2 P_RJT's reason has no such name with it.
  ...['fc.bls_reason', 'fc.bls_rjtdetail'],
  // Flags of both directions under one name; ours are those of the frame at hand.
  ...['fcip.pflags.ch', 'fcip.pflags.sf', 'ifcp.flags.ses', 'ifcp.flags.trp', 'ifcp.flags.spc'],
]);

/** Its faults one by one. */
const FAULTS: ReadonlySet<string> = new Set([
  // Behind a CDB of 32 bytes it takes FCP_DL from a wrong place: the command asks for one block.
  'fcip-zoo 108 fcp.dl',
]);

/** Values of a field by packet, as numbers. */
async function ours(capture: string, names: readonly string[]): Promise<Map<number, string[]>> {
  const rows = new Map<number, string[]>();
  const fields = names.map((name) => messageField(name));
  const reader = new MessageReader({
    take: (facts) => {
      const row = fields.map((f) => (f?.values?.(facts) ?? []).map(String).join(','));
      rows.set(facts.message.frame, row);
    },
  });
  await analyse([capture], { messageSink: reader });
  return rows;
}

function numbers(text: string): string {
  return text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => (/^(0x[0-9a-f]+|\d+)$/i.test(part) ? String(Number(part)) : part))
    .join(',');
}

for (const name of ['fcip-zoo', 'fcoe-load-ini']) {
  needs('tshark')(`${name}: every field that tshark has too has the same value`, async () => {
    const capture = sharedCapture(`san/${name}.pcap`);
    const names = messageTsharkNames().filter((one) => !LEFT_OUT.has(one));
    const args = ['-r', capture, '-o', 'fc.reassemble:FALSE', '-T', 'fields', '-E', 'occurrence=a'];
    const rows = tshark(...args, '-e', 'frame.number', ...names.flatMap((one) => ['-e', one]))
      .split('\n')
      .map((line) => line.split('\t'));
    const own = await ours(capture, names);
    const wrong: string[] = [];
    let compared = 0;
    for (const [frame, ...theirs] of rows) {
      const row = own.get(Number(frame));
      if (row === undefined) continue;
      theirs.forEach((value, i) => {
        if (value === '' || row[i] === '') return;
        compared++;
        if (FAULTS.has(`${name} ${frame} ${names[i]}`)) return;
        if (numbers(value) !== numbers(row[i])) {
          wrong.push(`${frame} ${names[i]}: tshark ${value}, ours ${row[i]}`);
        }
      });
    }
    assert.ok(compared > 1500, `${compared} values`);
    assert.equal(wrong.slice(0, 20), []);
  });
}

test.run();
