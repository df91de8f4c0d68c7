// PDUs as columns of chosen fields (`-T fields -e FIELD`): by tshark's names as tshark prints them
// (tshark.1, -T fields and -E), by ours as JSON has them. A line a PDU, where tshark has one a packet.

import type { PduFacts } from '../decode/facts.js';
import type { MessageFacts } from '../decode/messages.js';
import { OF_PACKETS } from '../filter/compile.js';
import { nearest } from '../filter/error.js';
import type { FieldBook, FilterField, FilterKind, Value } from '../filter/field.js';
import { messageTsharkNames } from '../filter/message-fields.js';
import { MESSAGE_BOOK } from '../filter/message-filter.js';
import { PACKET_NAMES } from '../filter/packet-names.js';
import { type PduBook, pduBook } from '../filter/pdu-filter.js';
import { TSHARK_HEX } from '../filter/tables/tshark-hex.js';
import { tsharkTaskField } from '../filter/tshark-scsi.js';
import { UsageError } from '../lib/exit.js';
import { harmless, noFormula } from '../lib/harmless.js';

/** -E, as tshark has it. */
interface FieldsStyle {
  /** UTF-8's mark in front, as spreadsheets want it. */
  readonly bom: boolean;
  readonly header: boolean;
  readonly separator: string;
  readonly quote: string;
  /** Between the values of one field. */
  readonly aggregator: string;
  /** Which of them: first, last, all. */
  readonly occurrence: 'f' | 'l' | 'a';
}

const STYLE: FieldsStyle = {
  bom: false,
  header: false,
  separator: '\t',
  quote: '',
  aggregator: ',',
  occurrence: 'a',
};

const BOM = '\ufeff';
const SEPARATORS: Readonly<Record<string, string>> = { '/t': '\t', '/s': ' ' };
const QUOTES: Readonly<Record<string, string>> = { d: '"', s: "'", n: '' };

/** Of options such as `header=y`. Throws a UsageError where one is none. */
export function fieldsStyle(options: readonly string[]): FieldsStyle {
  let style = STYLE;
  for (const option of options) style = withOption(style, option);
  return style;
}

function withOption(style: FieldsStyle, option: string): FieldsStyle {
  const [, name, value] = /^(\w+)=(.+)$/.exec(option) ?? [];
  if (name === 'header' && /^[yn]$/.test(value)) return { ...style, header: value === 'y' };
  if (name === 'bom' && /^[yn]$/.test(value)) return { ...style, bom: value === 'y' };
  if (name === 'separator') return { ...style, separator: SEPARATORS[value] ?? value };
  if (name === 'aggregator') return { ...style, aggregator: SEPARATORS[value] ?? value };
  if (name === 'quote' && QUOTES[value] !== undefined) return { ...style, quote: QUOTES[value] };
  if (name === 'occurrence' && (value === 'f' || value === 'l' || value === 'a')) {
    return { ...style, occurrence: value };
  }
  throw new UsageError(
    `-E ${harmless(option)}: it takes header=y, separator=, (or /t, /s), quote=d (s, n), occurrence=f (l, a), aggregator=;, bom=y`,
  );
}

export interface PduFields {
  readonly head: string;
  /** True where the data of PDUs must be decoded for them. */
  readonly needsData: boolean;
  line(facts: PduFacts): string;
  /** The same of a message that is no PDU. */
  messageLine(facts: MessageFacts): string;
}

/** Throws a UsageError where a name is unknown. */
export function pduFields(names: readonly string[], style: FieldsStyle): PduFields {
  const columns = names.map(columnNamed);
  const others = names.map(messageColumn);
  const lineOf = (texts: readonly (readonly string[])[]): string => {
    const cells = texts.map((one) => cellOf(chosen(one, style), style));
    return `${cells.join(style.separator)}\n`;
  };
  return {
    head: `${style.bom ? BOM : ''}${style.header ? `${names.join(style.separator)}\n` : ''}`,
    needsData: columns.some(({ field }) => field.needs === 'data'),
    line: (facts) => lineOf(columns.map((column) => column.texts(facts))),
    messageLine: (facts) => lineOf(others.map((texts) => texts(facts))),
  };
}

interface FieldColumn {
  readonly field: FilterField<PduFacts>;
  readonly texts: (facts: PduFacts) => readonly string[];
}

type Show = (value: Value) => string;

function columnNamed(name: string): FieldColumn {
  const book = pduBook();
  const field = book.find(name);
  if (field === undefined) throw unknown(name, book);
  const own = [...book.own()].some((one) => one.name === name);
  const show = own ? ownText(field.kind) : (SPECIAL[name] ?? tsharkText(name, field.kind));
  const read = OF_LAST_PACKET[name] ?? ((facts: PduFacts) => valuesOf(field, facts));
  const told = toldOf(name, own, field.kind);
  return { field, texts: (facts) => told(read(facts)).map(show) };
}

type Told = (values: readonly Value[]) => readonly Value[];

/** Of values that are forms of one (a filter takes any) the one that is printed; of addresses those of the version. */
function toldOf(name: string, own: boolean, kind: FilterKind): Told {
  if (name === 'lun' || name === 'iscsi.lun') return (values) => values.slice(0, 1);
  if (name.startsWith('ipv6.')) return (values) => values.filter(isIpv6);
  if (name.startsWith('ip.')) return (values) => values.filter((value) => !isIpv6(value));
  // As they were sent, with the blanks at their end.
  return own || kind !== 'text' ? (values) => values : withoutTrimmed;
}

function isIpv6(value: Value): boolean {
  return String(value).includes(':');
}

function withoutTrimmed(values: readonly Value[]): readonly Value[] {
  return values.filter((value, i) => {
    const next = values[i + 1];
    return next === undefined || next === value || String(next).trimEnd() !== value;
  });
}

/** A packet's number and time, as tshark has them, are those of the last byte. */
function messageColumn(name: string): (facts: MessageFacts) => readonly string[] {
  const field = (MESSAGE_BOOK as FieldBook<MessageFacts>).find(name);
  if (field === undefined) return () => [];
  // Where both call it the same it is printed as tshark does.
  const theirs = PACKET_NAMES[name] !== undefined || tsharkTaskField(name) !== undefined;
  const own = !theirs && !messageTsharkNames().has(name);
  const told = toldOf(name, own, field.kind);
  const show = SPECIAL[name] ?? (own ? ownText(field.kind) : messageText(name, field));
  if (name === 'frame.number') return ({ message }) => [String(message.frameEnd)];
  if (SPECIAL[name] !== undefined)
    return ({ epoch, message }) => instantOf(epoch, message.endNs).map(show);
  return (facts) => told(valuesOf(field, facts)).map(show);
}

/** N_Port IDs and names with points and colons, as tshark prints them. */
function messageText(name: string, field: FilterField<MessageFacts>): Show {
  if (PORT_IDS.has(name))
    return (value) => dotted(Number(value).toString(16).padStart(6, '0'), '.');
  if (WWNS.has(name)) return (value) => dotted(String(value), ':');
  if (field.kind === 'octets' && hexDigits().has(name)) return (value) => `0x${value}`;
  // Of 128 bits; IPv4 stands in the last 32 of them (RFC 4171 section 6.3.1).
  if (field.kind === 'address' && name.startsWith('isns.')) return (value) => inIpv6(String(value));
  return tsharkText(name, field.kind);
}

const PORT_IDS: ReadonlySet<string> = new Set([
  ...['fc.d_id', 'fc.s_id', 'fcels.portid', 'fcels.hrdaddr', 'fcct.in_id'],
]);
const WWNS: ReadonlySet<string> = new Set([
  ...['fcels.npname', 'fcels.fnname', 'fcels.cbind.snpname', 'fcels.cbind.dnpname'],
  ...['fcip.srcwwn', 'fcip.dstwwn'],
]);

/** `::ffff:10.0.0.1`, and `::10.0.0.1` where a sender left out the ones. */
function inIpv6(address: string): string {
  if (!address.includes(':')) return `::ffff:${address}`;
  const [, high, low] = /^::([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address) ?? [];
  if (high === undefined) return address;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return `::${a >> 8}.${a & 255}.${b >> 8}.${b & 255}`;
}

function dotted(hex: string, between: string): string {
  return hex.match(/../g)?.join(between) ?? hex;
}

function unknown(name: string, book: PduBook): UsageError {
  const why = book.whyNot(name);
  const near = nearest(name, book.names(), why !== undefined);
  const help =
    near.length > 0 ? `did you mean ${near.join(' or ')}?` : 'sanscope fields lists them';
  if (why === undefined && OF_PACKETS.test(name)) {
    const ours = near.length > 0 ? `nearest here: ${near.join(', ')}` : help;
    return new UsageError(
      `-e ${harmless(name)}: it is a field of packets, and here is a line a PDU, whatever packets it came in; ${ours}`,
    );
  }
  return new UsageError(`-e ${harmless(name)}: ${why ?? 'there is no such field'}; ${help}`);
}

function valuesOf<T>(field: FilterField<T>, facts: T): readonly Value[] {
  if (field.values !== undefined) return field.values(facts);
  const value = field.number?.(facts) ?? Number.NaN;
  return Number.isNaN(value) ? [] : [value];
}

/** tshark shows a PDU in the packet with its last byte. */
const OF_LAST_PACKET: Readonly<Record<string, (facts: PduFacts) => readonly Value[]>> = {
  'frame.number': ({ pdu }) => [pdu.frameEnd],
  'frame.time': instantEnd,
  'frame.time_epoch': instantEnd,
};

function instantEnd({ epoch, pdu }: PduFacts): readonly Value[] {
  return instantOf(epoch, pdu.endNs);
}

function instantOf(epoch: PduFacts['epoch'], ns: number): readonly bigint[] {
  if (epoch === undefined) return [];
  const second = BigInt(epoch.seconds) * 1_000_000_000n;
  return [second + BigInt(epoch.nanoseconds) + BigInt(Math.floor(ns))];
}

/** Durations and times are numbers of ns, as in our JSON. */
function ownText(kind: FilterKind): Show {
  if (kind !== 'duration' && kind !== 'nanoseconds') return (value) => harmless(String(value));
  return (value) => String(Math.round(Number(value)));
}

const SPECIAL: Readonly<Record<string, Show>> = {
  'frame.time': (value) => dateText(BigInt(value)),
  'frame.time_epoch': (value) => secondsOf(BigInt(value)),
};

/** A number of tshark's that it prints as octets. */
const OCTETS: Readonly<Record<string, number>> = { 'scsi_sbc.rdwr16.lba': 16 };

function tsharkText(name: string, kind: FilterKind): Show {
  const octets = OCTETS[name];
  if (octets !== undefined) return (value) => BigInt(value).toString(16).padStart(octets, '0');
  const digits = hexDigits().get(name);
  if (digits !== undefined) {
    return (value) => `0x${BigInt(value).toString(16).padStart(digits, '0')}`;
  }
  if (kind === 'duration' || kind === 'nanoseconds') {
    return (value) => secondsOf(BigInt(Math.round(Number(value))));
  }
  return (value) => harmless(String(value));
}

let widths: Map<string, number> | undefined;

/** tshark's name → how many hex digits it prints. */
function hexDigits(): ReadonlyMap<string, number> {
  if (widths !== undefined) return widths;
  widths = new Map();
  for (const line of TSHARK_HEX.trim().split('\n')) {
    const [, digits, prefix, names] = /^(\d+) (\S+): (.*)$/.exec(line)!;
    for (const name of names.split(' ')) widths.set(`${prefix}.${name}`, Number(digits));
  }
  return widths;
}

/** Seconds with nine decimals. */
function secondsOf(ns: bigint): string {
  const sign = ns < 0n ? '-' : '';
  const all = ns < 0n ? -ns : ns;
  return `${sign}${all / 1_000_000_000n}.${String(all % 1_000_000_000n).padStart(9, '0')}`;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `Nov 23, 2025 20:54:01.123456000 UTC`: tshark says it so where the local time is UTC. */
function dateText(ns: bigint): string {
  const date = new Date(Number(ns / 1_000_000n));
  const day = `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)}`;
  const clock = date.toISOString().slice(11, 19);
  const fraction = String(ns % 1_000_000_000n).padStart(9, '0');
  return `${day}, ${date.getUTCFullYear()} ${clock}.${fraction} UTC`;
}

function chosen(texts: readonly string[], { occurrence }: FieldsStyle): readonly string[] {
  if (occurrence === 'a') return texts;
  return occurrence === 'f' ? texts.slice(0, 1) : texts.slice(-1);
}

function cellOf(texts: readonly string[], { aggregator, quote }: FieldsStyle): string {
  // A spreadsheet reads it with tabs as well as with commas.
  const text = noFormula(texts.join(aggregator));
  if (quote === '') return text;
  return quote + text.replaceAll(quote, quote + quote) + quote;
}
