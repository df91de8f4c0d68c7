// A decoded thing as a tree: what views draw, JSON prints and the filter asks. Not for the hot road.

export interface Node {
  /** Standard's words in camelCase: the JSON name. */
  readonly name: string;
  /** The standard's own words. */
  readonly label: string;
  /**
   * Numbers to 32 bits as numbers, to 64 bits as decimal strings, text as text, wider octets as
   * hex; null for a group, and for what has a meaning only.
   */
  readonly value: number | string | null;
  /** What the value says: a code's name, a sentence. */
  readonly meaning?: string;
  /** What the value counts: bytes, blocks, seconds, ms. */
  readonly unit?: string;
  /** Where it stands: byte from the start of the thing decoded, bit 0 = most significant, width in bits. */
  readonly byte: number;
  readonly bit: number;
  readonly width: number;
  readonly children?: readonly Node[];
  /**
   * truncated: the capture lacks it (label `cut`: snaplen; `missing`: never captured). short: the sender sent less than the data says of itself.
   * limit: more was captured than is kept or shown. malformed: contradicts the standard. reserved: reserved bits that are not zero. userData: not
   * to be printed unless asked for.
   */
  readonly kind?: 'truncated' | 'short' | 'limit' | 'malformed' | 'reserved' | 'userData';
}

/** All nodes, depth first, each before its children. */
export function* walkTree(nodes: readonly Node[]): Generator<Node> {
  for (const node of nodes) {
    yield node;
    if (node.children) yield* walkTree(node.children);
  }
}

/** The first node of this name, depth first. */
export function findNode(nodes: readonly Node[], name: string): Node | undefined {
  for (const node of walkTree(nodes)) if (node.name === name) return node;
  return undefined;
}
