// INQUIRY data: standard (SPC-4 6.6.2) and vital product data (vpd.ts).

import type { Node } from '../../tree.js';
import type { Shape, Walker } from '../walker.js';

export const STANDARD_INQUIRY: Shape = {
  label: 'standard INQUIRY data',
  fields: `0.7-5 PERIPHERAL QUALIFIER =qualifier; 0.4-0 PERIPHERAL DEVICE TYPE =deviceType;
    1.7 RMB; 1.6 LU_CONG; 1.5-4 HOT_PLUGGABLE; 2 VERSION =version;
    3.7 AERC; 3.6 TRMTSK; 3.5 NORMACA; 3.4 HISUP;
    3.3-0 RESPONSE DATA FORMAT =responseDataFormat; 4 ADDITIONAL LENGTH;
    5.7 SCCS; 5.6 ACC; 5.5-4 TPGS =tpgs; 5.3 3PC; 5.0 PROTECT;
    6.7 BQUE; 6.6 ENCSERV; 6.4 MULTIP; 6.3 MCHNGR; 7.4 SYNC; 7.3 LINKED; 7.1 CMDQUE;
    8-15 T10 VENDOR IDENTIFICATION =ascii; 16-31 PRODUCT IDENTIFICATION =ascii;
    32-35 PRODUCT REVISION LEVEL =ascii`,
  length: [4, 1, 5],
  more: (walk, at, end) => {
    const nodes: Node[] = [];
    const vendor = Math.min(end, at + 56) - (at + 36);
    if (vendor > 0) nodes.push(walk.octets('VENDOR SPECIFIC', at + 36, vendor));
    return [...nodes, ...versionDescriptors(walk, at + 58, Math.min(end, at + 74))];
  },
};

/** Eight of them; those that are 0 claim nothing and are not shown. */
function versionDescriptors(walk: Walker, from: number, end: number): Node[] {
  const nodes: Node[] = [];
  for (let at = from; at + 2 <= end && at + 2 <= walk.captured; at += 2) {
    if (walk.uint(at, 2) === 0) continue;
    nodes.push(...walk.fields('0-1 VERSION DESCRIPTOR =versionDescriptor', at, end));
  }
  return nodes;
}

/** SPC-2's command support data (INQUIRY with CMDDT, obsolete). */
export const COMMAND_SUPPORT: Shape = {
  label: 'command support data',
  fields: `0.7-5 PERIPHERAL QUALIFIER =qualifier; 0.4-0 PERIPHERAL DEVICE TYPE =deviceType;
    1.2-0 SUPPORT =support; 2 VERSION =version; 5 CDB SIZE`,
  length: [5, 1, 6],
  rest: 'CDB USAGE DATA',
};
