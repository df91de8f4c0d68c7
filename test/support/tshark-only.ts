// tshark's fields of iSCSI and SCSI that no filter here knows.

import { pduBook } from '../../src/filter/pdu-filter.js';
import { tshark } from './tshark.js';

export function tsharkOnly(): Set<string> {
  const book = pduBook();
  const names = tshark('-G', 'fields')
    .split('\n')
    .map((row) => row.split('\t'))
    .filter(([kind, , name]) => kind === 'F' && /^i?scsi[._]/.test(name))
    .map(([, , name]) => name);
  return new Set(names.filter((name) => book.find(name) === undefined));
}
