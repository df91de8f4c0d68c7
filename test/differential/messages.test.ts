// Messages that are no iSCSI PDUs field by field against tshark, as `-T fields` prints them, where it reads
// them well: Fibre Channel's headers, link services and name server, aligned iFCP, RoCEv2, iWARP, iSNS.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MessageReader } from '../../src/decode/messages.js';
import { fieldsStyle, pduFields } from '../../src/export/pdu-fields.js';
import { messageField, messageTsharkNames } from '../../src/filter/message-fields.js';
import { analyse } from '../../src/pipeline.js';
import { needs } from '../support/needs.js';
import { sharedCapture } from '../support/shared.js';
import { tshark } from '../support/tshark.js';

/** tshark 4.0.17 is wrong wherever it shows one: the reason why we are right. */
const FAULTS: Readonly<Record<string, string>> = {
  'fcip.dstwwn': 'two bytes too far (RFC 3821 figure 9, words 14 to 16)',
  'fcip.katov': 'two bytes too far (word 17): 10,000 ms shown as 655,360,000',
};

/** Its faults one by one: capture, packet, field. */
const ONE_BY_ONE: ReadonlySet<string> = new Set([
  // Behind a CDB of 32 bytes it takes FCP_DL from a wrong place: the command asks for one block.
  'fcip-zoo 108 fcp.dl',
]);

/** What it has and we do not say, with the reason. */
const UNSAID: Readonly<Record<string, string>> = {
  'fcp.resid': 'without a flag of under- or overflow the field means nothing (FCP-4 9.5.8)',
  'fcels.cbind.liveness':
    'the same field of a request under a name of its own, and of the response not',
  'fcels.cbind.addr_mode': 'it reads the rejected response as one that has all fields',
  'fcels.cbind.ifcp_version': 'as before',
  'fcels.cbind.userinfo': 'as before',
  'fcels.cbind.snpname': 'as before',
  'fcels.cbind.dnpname': 'as before',
};

interface Judged {
  /** Values that must have been compared. */
  readonly least: number;
  /** Fields that every message of both has, or none: missing ones are faults. */
  readonly always: RegExp;
  /** Packets of which it shows nothing. */
  readonly unread?: number;
}

const CAPTURES: Readonly<Record<string, Judged>> = {
  'fcip-zoo': { least: 3000, always: /^(fcip\.|fc\.(d_id|s_id|type|ox_id|rx_id|seq|fctl))/ },
  'fcoe-load-ini': { least: 40_000, always: /^fc\.(d_id|s_id|type|ox_id|rx_id|seq|fctl)/ },
  'ifcp-translation': {
    least: 150_000,
    always: /^(ifcp\.|fc\.(d_id|s_id|type|ox_id|rx_id|seq|fctl))/,
  },
  'ifcp-cbind-rejected': { least: 60, always: /^ifcp\./ },
  'iser-rxe-1500-ini': { least: 40_000, always: /^infiniband\./ },
  'iser-siw-crc-1500-ini': { least: 20_000, always: /^iwarp_ddp\./ },
  'isns-open-isns-tgt': {
    least: 3000,
    always: /^isns\.(functionid|transactionid|errorcode)$/,
    // State change notifications go to the port that a client registered, and it knows 3205 only.
    unread: 6,
  },
};

test('every name of tshark that is mapped leads to a field', () => {
  const names = [...messageTsharkNames()];
  assert.ok(names.length > 200);
  assert.equal(
    names.filter((name) => messageField(name) === undefined),
    [],
  );
});

/** Rows of all messages by the packet of their last byte. */
async function ours(capture: string, names: readonly string[]): Promise<Map<string, string[][]>> {
  const fields = pduFields(['frame.number', ...names], fieldsStyle([]));
  const rows = new Map<string, string[][]>();
  // CRCs over hidden data are hidden too.
  const reader = new MessageReader({
    showSecrets: true,
    take: (facts) => {
      const [frame, ...row] = fields.messageLine(facts).slice(0, -1).split('\t');
      rows.set(frame, [...(rows.get(frame) ?? []), row]);
    },
  });
  await analyse([capture], { messageSink: reader });
  return rows;
}

/** It shows delimiters once, and their copies in the header under the same name. */
function theirValue(name: string, value: string): string {
  return /^ifcp\.[se]of$/.test(name) ? value.split(',')[0] : value;
}

for (const [name, { least, always, unread = 0 }] of Object.entries(CAPTURES)) {
  needs('tshark')(`${name}: every field that tshark has too has the same value`, async () => {
    const capture = sharedCapture(`san/${name}.pcap`);
    const names = [...messageTsharkNames()].filter((one) => FAULTS[one] === undefined);
    const args = ['-r', capture, '-o', 'fc.reassemble:FALSE', '-T', 'fields'];
    const rows = tshark(...args, '-e', 'frame.number', ...names.flatMap((one) => ['-e', one]))
      .split('\n')
      .map((line) => line.split('\t'));
    const own = await ours(capture, names);
    const wrong: string[] = [];
    let compared = 0;
    let silent = 0;
    for (const [frame, ...theirs] of rows) {
      const mine = own.get(frame);
      if (mine === undefined) continue;
      if (theirs.every((value) => value === '')) {
        silent++;
        continue;
      }
      names.forEach((field, i) => {
        const value = theirValue(field, theirs[i] ?? '');
        const values = mine.map((row) => row[i]).filter((one) => one !== '');
        const said = `${frame} ${field}: tshark ${value || 'nothing'}, ours ${values.join(',') || 'nothing'}`;
        if (value === '' || values.length === 0) {
          const missing =
            value === '' ? values.length > 0 && always.test(field) : !(field in UNSAID);
          // Of several messages in a packet it may show one only.
          if (missing && value !== values.join(',') && mine.length === 1) wrong.push(said);
          return;
        }
        compared++;
        if (ONE_BY_ONE.has(`${name} ${frame} ${field}`)) return;
        if (mine.length > 1 && value.split(',').length < values.length) return;
        if (value !== values.join(',')) wrong.push(said);
      });
    }
    assert.equal(wrong.slice(0, 20), []);
    assert.ok(compared > least, `${compared} values`);
    assert.is(silent, unread);
  });
}

test.run();
