// One PDU: its decoded tree, and its bytes, in which the selected field is lit.

import type { Case } from '../../case/case.js';
import type { Details } from '../../case/pdu-details.js';
import { neighbours, pduWords } from '../../case/pdus.js';
import type { PduDetail } from '../../case/reread.js';
import { durationText } from '../../lib/number-text.js';
import { cell } from '../../view/cells.js';
import { secondsText } from '../../view/format.js';
import { treeLines } from '../../view/tree-lines.js';
import { type Node, walkTree } from '../../wire/tree.js';
import { blanks } from '../blocks.js';
import { type Page, pageOf } from '../page.js';
import type { Screen } from '../screen.js';
import type { Place, State } from '../state.js';
import { beside, type Line, litLine, type Span } from '../terminal/line.js';

type PduPlace = Place & { kind: 'pdu' };

const PER_LINE = 16;
const HEX_WIDTH = 76;
const NARROW_COLUMNS = 80;
const NARROW_LABELS = 24;
/** From this width on the bytes stand beside the tree. */
const BESIDE_LEAST = 140;

export const PDU: Screen<'pdu'> = {
  kind: 'pdu',
  keys: [],
  page: (place, state, { kase, details }) => pduPage(kase, details, state, place),
};

function pduPage(kase: Case, details: Details, state: State, place: PduPlace): Page {
  const { pdu, byte } = place;
  const list = neighbours(kase, pdu);
  const title = `PDU ${list.indexOf(pdu) + 1} of ${list.length}`;
  const head = [headLine(kase, pdu)];
  const known = details.of(pdu, list);
  if (known.kind === 'loading') return pageOf(title, head, [[cell('  decoding …', 'quiet')]]);
  if (known.kind === 'failed') return pageOf(title, head, [[cell(`  ${known.why}`, 'bad')]]);
  const { detail } = known;
  const nodes = [...walkTree(detail.tree)];
  // What a value means is worth more than that all values stand in one column.
  const labelWidth = state.columns < NARROW_COLUMNS ? NARROW_LABELS : undefined;
  const lines = treeLines(detail.tree, { showSecrets: state.settings.showSecrets, labelWidth });
  const wide = state.columns >= BESIDE_LEAST;
  return pageOf(title, head, lines, {
    rowWidth: wide ? state.columns - HEX_WIDTH - 2 : undefined,
    start: byte === undefined ? undefined : rowOfByte(nodes, byte),
    timeNs: () => kase.pdus.timeNs(pdu),
    find: (text) => rowOfBytes(detail, nodes, text),
    body: (first, rows, selected) =>
      wide
        ? bodyBeside(lines, detail, nodes, first, rows, selected, state.columns)
        : bodyBelow(lines, detail, nodes, first, rows, selected, state.columns),
    bodyRows: (rows) => (wide ? rows : rows - hexRows(detail, rows) - 1),
  });
}

/** The row of the narrowest field that holds the first of these bytes, written as hex digits. */
function rowOfBytes(detail: PduDetail, nodes: readonly Node[], text: string): number | undefined {
  const digits = text.replace(/\s|^hex:/g, '');
  if (!/^(?:[0-9a-f]{2})+$/i.test(digits)) return undefined;
  const wanted = Buffer.from(digits, 'hex');
  for (const part of detail.parts) {
    const at = Buffer.from(part.bytes).indexOf(wanted);
    if (at >= 0) return rowOfByte(nodes, part.at + at);
  }
  return undefined;
}

function rowOfByte(nodes: readonly Node[], byte: number): number | undefined {
  let found: number | undefined;
  for (const [row, node] of nodes.entries()) {
    const holds = node.byte <= byte && byte * 8 < node.byte * 8 + node.bit + node.width;
    if (holds && (found === undefined || node.width <= nodes[found].width)) found = row;
  }
  return found;
}

function headLine(kase: Case, pdu: number): Line {
  const { pdus } = kase;
  const took = pdus.endNs(pdu) - pdus.timeNs(pdu);
  const frames =
    pdus.frameEnd(pdu) > pdus.frame(pdu)
      ? `frames ${pdus.frame(pdu)} to ${pdus.frameEnd(pdu)}`
      : `frame ${pdus.frame(pdu)}`;
  return [
    cell(` ${pdus.fromInitiator(pdu) ? 'initiator → target' : 'target → initiator'}  `, 'note'),
    cell(pduWords(kase, pdu), 'title'),
    cell(`  C${pdus.connection(pdu)}, ${frames}, ${secondsText(pdus.timeNs(pdu))} s`, 'quiet'),
    cell(took > 0 ? `, took ${durationText(took)}` : '', 'quiet'),
  ];
}

/** Of the rows below the head, those of the bytes where they stand under the tree. */
function hexRows(detail: PduDetail, rows: number): number {
  const needed = detail.parts.reduce((sum, part) => {
    if (part.bytes.length + part.absent === 0) return sum;
    return sum + 1 + Math.ceil(part.bytes.length / PER_LINE) + (part.absent > 0 ? 1 : 0);
  }, 0);
  return Math.min(needed, Math.max(5, Math.floor(rows * 0.4)));
}

function bodyBeside(
  lines: readonly Line[],
  detail: PduDetail,
  nodes: readonly Node[],
  first: number,
  rows: number,
  selected: number,
  width: number,
): Line[] {
  const left = width - HEX_WIDTH - 2;
  const hex = hexWindow(detail, nodes[selected], rows);
  return Array.from({ length: rows }, (_, i) => {
    const line = lines[first + i] ?? [];
    const tree = first + i === selected ? litLine(line, left) : line;
    return beside(tree, left, [cell('│ ', 'quiet'), ...(hex[i] ?? [])]);
  });
}

function bodyBelow(
  lines: readonly Line[],
  detail: PduDetail,
  nodes: readonly Node[],
  first: number,
  rows: number,
  selected: number,
  width: number,
): Line[] {
  const below = hexRows(detail, rows);
  const tree = Array.from({ length: rows - below - 1 }, (_, i) => {
    const line = lines[first + i] ?? [];
    return first + i === selected ? litLine(line, width) : line;
  });
  return [
    ...tree,
    [cell('─'.repeat(width), 'quiet')],
    ...hexWindow(detail, nodes[selected], below),
  ];
}

/** The bytes in `rows` lines, so that the selected field is among them. */
function hexWindow(detail: PduDetail, node: Node | undefined, rows: number): Line[] {
  const from = node === undefined ? -1 : node.byte + Math.floor(node.bit / 8);
  const to =
    node === undefined ? -1 : node.byte + Math.max(1, Math.ceil((node.bit + node.width) / 8));
  const lines = hexLines(detail, from, to);
  const at = Math.max(
    0,
    lines.findIndex((line) => line.lit),
  );
  const last = lines.length - 1 - [...lines].reverse().findIndex((line) => line.lit);
  const top = last - at < rows ? Math.max(0, Math.min(at - 1, lines.length - rows)) : at;
  return lines.slice(top, top + rows).map((line) => line.spans);
}

interface HexLine {
  readonly spans: Line;
  readonly lit: boolean;
}

function hexLines(detail: PduDetail, from: number, to: number): HexLine[] {
  const lines: HexLine[] = [];
  for (const part of detail.parts) {
    if (part.bytes.length + part.absent === 0) continue;
    lines.push({ spans: [cell(part.what, 'note')], lit: false });
    for (let i = 0; i < part.bytes.length; i += PER_LINE) {
      lines.push(hexLine(part.at + i, part.bytes.subarray(i, i + PER_LINE), from, to));
    }
    if (part.absent > 0) {
      lines.push({ spans: [cell(`      ${part.absent} bytes ${part.why}`, 'warn')], lit: false });
    }
  }
  return lines;
}

function hexLine(at: number, bytes: Uint8Array, from: number, to: number): HexLine {
  const hex: Span[] = [cell(`${at.toString(16).padStart(4, '0')}  `, 'quiet')];
  const text: Span[] = [];
  let lit = false;
  for (let i = 0; i < PER_LINE; i++) {
    const on = i < bytes.length && at + i >= from && at + i < to;
    lit ||= on;
    const gap = i === 7 ? '  ' : ' ';
    if (i >= bytes.length) {
      hex.push(blanks(2 + gap.length));
      continue;
    }
    const joined = on && i + 1 < bytes.length && at + i + 1 < to && i !== 7;
    hex.push({
      text: bytes[i].toString(16).padStart(2, '0'),
      tone: on ? 'strong' : 'plain',
      lit: on,
    });
    hex.push({ text: gap, tone: 'plain', lit: joined });
    const shown = bytes[i] >= 0x20 && bytes[i] < 0x7f ? String.fromCharCode(bytes[i]) : '.';
    text.push({ text: shown, tone: on ? 'strong' : 'quiet', lit: on });
  }
  return { spans: [...hex, cell(' '), ...text], lit };
}
