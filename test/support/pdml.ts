// tshark's decode of a capture (-T pdml): the iSCSI PDUs of each packet with their fields, SCSI's too.

import { tshark } from './tshark.js';

export interface PdmlField {
  readonly name: string;
  readonly show: string;
  readonly showname: string;
  /** Hex of the bytes, or of the bits; undefined where tshark worked the field out. */
  readonly value: string | undefined;
}

export interface PdmlPdu {
  /** Packet in which tshark had all of it. */
  readonly frame: number;
  readonly title: string;
  readonly fields: PdmlField[];
}

const ATTRIBUTE = /(\w+)="([^"]*)"/g;
const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&quot;': '"',
  '&apos;': "'",
};

/** Of the first `packets` packets. By packet, in the order in which tshark shows them. */
export function pdmlPdus(path: string, packets: number): Map<number, PdmlPdu[]> {
  const pdml = tshark(
    ...[
      '-r',
      path,
      '-c',
      String(packets),
      '-T',
      'pdml',
      '-Y',
      'iscsi',
      '-J',
      'iscsi scsi iscsi.flags',
    ],
    ...['-o', 'tcp.reassemble_out_of_order:TRUE', '-o', 'scsi.defragment:FALSE'],
  );
  const found = new Map<number, PdmlPdu[]>();
  let frame = 0;
  let pdu: PdmlPdu | undefined;
  for (const line of pdml.split('\n')) {
    if (!/^\s*<(proto|field) /.test(line)) continue;
    const has = Object.fromEntries(
      [...line.matchAll(ATTRIBUTE)].map((m) => [m[1], plain(m[2])]),
    ) as Record<string, string | undefined>;
    const name = has['name'] ?? '';
    if (name === 'num') frame = Number(has['show']);
    if (line.includes('<proto ')) {
      if (name === 'geninfo') pdu = undefined;
      if (name !== 'iscsi') continue;
      pdu = { frame, title: has['showname'] ?? '', fields: [] };
      found.set(frame, [...(found.get(frame) ?? []), pdu]);
      continue;
    }
    if (pdu === undefined || !/^i?scsi(_\w+)?\./.test(name)) continue;
    const { show = '', showname = '', value } = has;
    pdu.fields.push({ name, show, showname, value });
  }
  return found;
}

function plain(text: string): string {
  return text.replace(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity);
}
