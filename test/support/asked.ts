// Findings that tests asked for by their ids (found.ts). Files run in several processes: what each one asked
// is taken from it when it is over, and put before the file that looks back on all (*.last.test.ts).

/** How often an id was told, and how often not. */
export interface Asked {
  told: number;
  quiet: number;
}

export type AskedIds = readonly (readonly [id: string, counts: Readonly<Asked>])[];

export const asked = new Map<string, Asked>();

export function addAsked(ids: AskedIds, to: Map<string, Asked> = asked): void {
  for (const [id, { told, quiet }] of ids) {
    const counts = to.get(id) ?? { told: 0, quiet: 0 };
    to.set(id, { told: counts.told + told, quiet: counts.quiet + quiet });
  }
}

/** All that was asked since it was last taken. */
export function takeAsked(): AskedIds {
  const all = [...asked];
  asked.clear();
  return all;
}
