// tshark's names of SCSI fields and ours for the same bits: so that a filter written for tshark
// (`scsi_sbc.rdwr10.lba == 4096`) means the same here.

import { TSHARK_NAME_ROWS } from './tables/tshark-names.js';

let names: Map<string, readonly string[]> | undefined;

/** Our names for a field of tshark's; none where it is not known. */
export function ownNames(tsharkName: string): readonly string[] {
  return table().get(tsharkName) ?? [];
}

/** All of tshark's names that are known here. */
export function tsharkNames(): readonly string[] {
  return [...table().keys()];
}

function table(): Map<string, readonly string[]> {
  names ??= new Map(
    TSHARK_NAME_ROWS.trim()
      .split('\n')
      .map((row) => {
        const [name, ours] = row.split('|');
        return [name, ours.split(',')];
      }),
  );
  return names;
}
