// Why a PDU may have been rejected: fields of its header that contradict the standard, found by the
// tables and by the rules of RFC 7143 section 11, pointed at in the header that Reject gives back.

import { Opcode, RESERVED_TAG, RejectReason } from '../wire/iscsi/codes.js';
import { findNode, type Node, walkTree } from '../wire/tree.js';
import { note } from './nodes.js';

/** PDUs whose F bit "MUST be set to 1" (RFC 7143 11.3.1, 11.5, 11.14, 11.18). */
const FINAL_ALWAYS: ReadonlySet<number> = new Set<number>([
  Opcode.nopOut,
  Opcode.taskManagementRequest,
  Opcode.logoutRequest,
  Opcode.snackRequest,
]);

/** The rejected header with its offending fields marked, `at` being where it begins. */
export function pointedAt(rejected: Node, at: number, reason: number): Node {
  const nodes = rejected.children ?? [];
  const wrong = new Map<Node, string>();
  for (const node of walkTree(nodes)) {
    const why = offence(node, nodes);
    if (why !== undefined) wrong.set(node, why);
  }
  const children = marked(nodes, wrong);
  const pointers = [...wrong].map(([node, why]): Node => {
    const value = node.byte - at;
    const meaning = `${node.label}: ${why}`;
    const { byte, bit, width } = node;
    return { name: 'offendingByte', label: 'offending byte', value, meaning, byte, bit, width };
  });
  const none = pointers.length === 0 ? elsewhere(reason, at) : [];
  return { ...rejected, children: [...children, ...pointers, ...none] };
}

function marked(nodes: readonly Node[], wrong: ReadonlyMap<Node, string>): Node[] {
  return nodes.map((node) => {
    const why = wrong.get(node);
    const children = node.children === undefined ? undefined : marked(node.children, wrong);
    const kind = why === undefined ? node.kind : ('malformed' as const);
    return { ...node, kind, children };
  });
}

function elsewhere(reason: number, at: number): Node[] {
  const text =
    reason === RejectReason.dataDigestError
      ? 'its Data-Digest, which a Reject does not give back'
      : 'no field of this header contradicts the standard by itself';
  return [note('limit', 'offending byte', text, at)];
}

function offence(node: Node, nodes: readonly Node[]): string | undefined {
  if (node.kind === 'reserved') return 'reserved, zero is due';
  const value = node.value;
  const number = (name: string): number => Number(findNode(nodes, name)?.value ?? -1);
  const opcode = number('opcode');
  switch (node.name) {
    case 'opcode':
      return isNamed(node) ? undefined : 'no such opcode (11.2.1.2)';
    case 'attr':
      return Number(value) > 4 ? 'no such task attribute (11.3.1)' : undefined;
    case 'function':
      return isNamed(node) ? undefined : 'no such function (11.5.1)';
    case 'reason':
      return isNamed(node) ? undefined : 'no such reason (11.14.1)';
    case 'type':
      return isNamed(node) ? undefined : 'no such type (11.16.1)';
    case 'csg':
    case 'nsg':
      return stageOffence(node, number('csg'));
    case 'final':
      return value === 0 && FINAL_ALWAYS.has(opcode) ? '1 is due (11.2.1.3)' : undefined;
    case 'continue':
      return value === 1 && number('transit') + number('final') > 0
        ? 'the text goes on although T or F says that it ends (11.10.2, 11.12.2)'
        : undefined;
    case 'initiatorTaskTag':
      return value === RESERVED_TAG && opcode !== Opcode.nopOut && opcode !== Opcode.snackRequest
        ? 'the reserved tag (11.2.1.8)'
        : undefined;
    case 'immediate':
      return value === 0 && opcode === Opcode.nopOut && number('initiatorTaskTag') === RESERVED_TAG
        ? '1 is due where no answer is asked for (11.18.1)'
        : undefined;
    case 'expectedDataTransferLength':
      return Number(value) > 0 && number('read') + number('write') === 0
        ? 'data is expected but neither R nor W is set (11.3.4)'
        : undefined;
    case 'versionMin':
      return number('versionMin') > number('versionMax')
        ? 'above Version-max (11.12.4)'
        : undefined;
    default:
      return undefined;
  }
}

function stageOffence(node: Node, csg: number): string | undefined {
  if (node.value === 2) return 'no such stage (11.12.3)';
  if (node.name === 'csg' && node.value === 3) return 'a login is not in this phase (11.12.3)';
  const back = node.name === 'nsg' && Number(node.value) <= csg;
  return back ? 'not a later stage (11.12.3)' : undefined;
}

function isNamed(node: Node): boolean {
  return node.meaning !== undefined && !/^(unknown|reserved)/.test(node.meaning);
}
