// A capture whose every name tries to do something: names and aliases of iSCSI, of iSNS, symbolic names of Fibre Channel,
// vendor and product of a disk, interfaces and comments of the pcapng, and the file's own name.

import { RCtl } from '../../src/wire/fc/codes.js';
import { Dialogue } from './dialogue.js';
import { FcDialogue } from './fc-dialogue.js';
import * as isns from './isns-build.js';
import { concat } from './octets.js';
import { type PcapngOption, PcapngWriter } from './pcap-writer.js';
import { udpFrame } from './roce-dialogue.js';

/** ESC, OSC and BEL, C1's CSI, DEL, overrides of direction, marks and fillers without a shape, no character at all. */
export const NASTY =
  'a\x1b[31m\x1b]0;x\x07\u009b2J\x7f\u202eb\u200b\u2028\u3164\u034f\ufe0f\u{e0041}\uffff\ufeffc';
export const HARMFUL = /[\p{Cc}\p{Cf}\p{DI}\p{Zl}\p{Zp}\p{Cs}\p{NChar}]/u;
/** What programs take for more than text: formulas, markup, links and commands of logs. */
export const TRICKS = [
  '=HYPERLINK("http://x","y")',
  '+1+1',
  '-2+3',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '<img src=x onerror=alert(1)>',
  '"><script>alert(1)</script>',
  ']]><!--',
  '[click](http://x/)',
  '{0}',
  '::error::x',
  '##[error]x',
  '##vso[task.complete]x',
  '%0A::error::x',
  'a,b;c|d\te"f\'g',
] as const;

const S = 1e9;
const US = 1000;
const encoder = new TextEncoder();

export function hostileNames(): Uint8Array {
  const packets = [...iscsi(), ...names(), ...fabric()].sort((a, b) => a.timeNs - b.timeNs);
  const comment = (text: string): PcapngOption => [1, text];
  const file = new PcapngWriter();
  file.section([comment(`${NASTY}\n::error::x`), [2, NASTY], [3, NASTY], [4, NASTY]]);
  const options: PcapngOption[] = [
    [3, `=${NASTY}`],
    [11, concat(Uint8Array.of(0), encoder.encode(NASTY))],
  ];
  file.interface({ tsresol: 9, name: `=1+${NASTY}`, options });
  const start = 1_700_000_000n * 1_000_000_000n;
  for (const { timeNs, bytes } of packets) {
    file.enhanced(0, start + BigInt(timeNs), bytes, bytes.length, [comment(NASTY)]);
  }
  return file.done();
}

interface Timed {
  readonly timeNs: number;
  readonly bytes: Uint8Array;
}

/** A login for each trick, in each place of a name; one is refused, one is never answered. */
function iscsi(): Timed[] {
  return [NASTY, ...TRICKS].flatMap((text, i) => {
    const d = new Dialogue({ initiator: `10.3.0.${i + 1}` });
    let t = d.tcp.connect(i * S) + 100 * US;
    t = d.loginStep(t, {
      csg: 1,
      nsg: 3,
      offered: [
        ['InitiatorName', text],
        ['InitiatorAlias', text],
        ['TargetName', `${text}${i}`],
        ['MaxBurstLength', text],
        [`X-${text}`, text],
      ],
      answered: [
        ['TargetAlias', text],
        ['TargetAddress', text],
      ],
    });
    const inquiry = new Uint8Array(96);
    inquiry.set([0, 0, 6, 2, 91], 0);
    inquiry.set(encoder.encode(text).subarray(0, 28), 8);
    const cdb = Uint8Array.of(0x12, 0, 0, 0, 96, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    const initiatorTaskTag = d.nextTag();
    const asked = { read: 1, initiatorTaskTag, expectedDataTransferLength: 96, cdb, attr: 1 };
    const lun = { lun: '0001000000000000' };
    d.say('scsi-command', { ...asked, ...lun }, t + 100 * US, { advance: 'cmdSN' });
    d.say('data-in', { initiatorTaskTag, statSN: 0 }, t + 200 * US, { data: inquiry });
    d.say('scsi-response', { initiatorTaskTag }, t + 300 * US, { advance: 'statSN' });
    t = d.read10(0, 1, t + 500 * US).statusNs;
    d.say('reject', { reason: 9 }, t + 100 * US, { data: new Uint8Array(48) });
    return d.tcp.captured();
  });
}

function names(): Timed[] {
  return [NASTY, ...TRICKS].flatMap((text, i) => {
    const name = isns.text(32, text);
    const about = concat(isns.text(1, text), name, isns.text(34, text), isns.text(18, text));
    const asked = isns.isnsPdu(
      { functionId: 1, transactionId: i + 1 },
      concat(name, isns.DELIMITER, about),
    );
    const answer = isns.isnsPdu(
      { functionId: 0x8001, transactionId: i + 1, byServer: true },
      isns.status(0, name, isns.DELIMITER, about),
    );
    const timeNs = 30 * S + i * 1000 * US;
    const [a, b] = ['10.3.1.1', '10.3.1.2'] as const;
    return [
      { timeNs, bytes: udpFrame([a, b], [50_000, 3205], asked) },
      { timeNs: timeNs + 100 * US, bytes: udpFrame([b, a], [3205, 50_000], answer) },
    ];
  });
}

/** RSPN_ID and RSNN_NN with each text (FC-GS), a login, a read. */
function fabric(): Timed[] {
  const d = new FcDialogue('fcip', { initiator: '10.3.2.1' });
  let t = d.tcp.connect(60 * S) + 100 * US;
  d.special(t);
  t = d.login(t + 300 * US);
  for (const [i, text] of [NASTY, ...TRICKS].entries()) {
    const words = encoder.encode(text).subarray(0, 255);
    for (const [code, id] of [
      [0x218, new Uint8Array([0, 1, 0x0a, 0])],
      [0x239, new Uint8Array(8).fill(0x20)],
    ] as const) {
      const preamble = new Uint8Array(16);
      preamble.set([1, 0, 0, 0, 0xfc, 2, 0, 0, code >> 8, code & 255]);
      const payload = concat(preamble, id, Uint8Array.of(words.length), words);
      const padded = concat(payload, new Uint8Array(-payload.length & 3));
      const header = { rCtl: RCtl.unsolicitedControl, type: 0x20, oxId: 0x600 + i };
      t += 100 * US;
      d.send('initiator', d.frame('initiator', header, padded), t);
    }
  }
  d.read(t + 100 * US, 0, 1);
  return d.packets();
}
