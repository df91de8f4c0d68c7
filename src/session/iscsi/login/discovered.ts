// What SendTargets' answers name: a TargetName, then its TargetAddresses (RFC 7143 appendix C). Found by
// name, for an answer of a large array has thousands; bounded, for a hostile one has more.

import {
  DISCOVERED_ADDRESSES_MAX,
  DISCOVERED_TARGETS_MAX,
  DISCOVERED_TEXT_MAX,
} from '../../../limits.js';
import type { Session } from '../../model.js';

type Target = Session['discovered'][number];

/** Invariant: `byName` has what `list` has, whose text is as long as `length`. */
export class Discovered {
  readonly #list: Target[];
  readonly #byName: Map<string, Target> = new Map();
  #length = 0;

  /** The list is filled. */
  constructor(list: Target[]) {
    this.#list = list;
  }

  /** False where there is no room for it. */
  name(name: string): boolean {
    if (this.#byName.has(name)) return true;
    if (this.#list.length >= DISCOVERED_TARGETS_MAX || !this.#fits(name)) return false;
    const target = { name, addresses: [] };
    this.#list.push(target);
    this.#byName.set(name, target);
    return true;
  }

  /** The same; what is of no target that is listed is left out. */
  address(name: string, address: string): boolean {
    const target = this.#byName.get(name);
    if (target === undefined || target.addresses.includes(address)) return true;
    if (target.addresses.length >= DISCOVERED_ADDRESSES_MAX || !this.#fits(address)) return false;
    target.addresses.push(address);
    return true;
  }

  #fits(text: string): boolean {
    if (this.#length + text.length > DISCOVERED_TEXT_MAX) return false;
    this.#length += text.length;
    return true;
  }
}
