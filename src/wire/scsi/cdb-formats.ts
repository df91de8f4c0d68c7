// What the values of CDB fields mean, by operation code and field.

import type { Node } from '../tree.js';
import { deviceClass, LETTER_CLASSES } from './device-type.js';
import { meaningOf } from './meanings.js';
import { pageName } from './names.js';
import type { Walker } from './walker.js';

/** field, or opcode (hex) and field → list of meanings (meanings.ts). The first that fits counts. */
const FORMATS: Readonly<Record<string, string>> = {
  rdprotect: 'readProtect',
  wrprotect: 'readProtect',
  vrprotect: 'readProtect',
  orprotect: 'readProtect',
  bytchk: 'bytchk',
  elementTypeCode: 'elementType',
  '1a pc': 'pageControl',
  '5a pc': 'pageControl',
  '4c pc': 'logPageControl',
  '4d pc': 'logPageControl',
  '5f type': 'prType',
  '5f scope': 'prScope',
  'a0 selectReport': 'selectReport',
  'a3 reportingOptions': 'reportingOptions',
  '95 reportingOptions': 'zoneOptions',
  securityProtocol: 'securityProtocol',
  '1b powerCondition': 'powerCondition',
  '1e prevent': 'prevent',
  '85 protocol': 'ataProtocol',
  'a1 protocol': 'ataProtocol',
  '7f protocol': 'ataProtocol',
  tLength: 'ataLength',
  tDir: 'ataDirection',
  '11 code': 'spaceCode',
  '91 code': 'spaceCode',
  '92 destType': 'locateType',
  '34 serviceAction': 'positionForm',
  '3b mode': 'writeBufferMode',
  '3c mode': 'readBufferMode',
  '9b mode': 'readBufferMode',
  '43 format': 'tocFormat',
  '1d selfTestCode': 'selfTestCode',
};

/** The meaning of a CDB's field, where its number alone does not say it. */
export function cdbFormat(
  opcode: number,
  node: Node,
  walk: Walker,
  deviceType: number,
): string | undefined {
  const hex = opcode.toString(16).padStart(2, '0');
  const format = FORMATS[`${hex} ${node.name}`] ?? FORMATS[node.name];
  if (format !== undefined) return meaningOf({ format, width: node.width }, node.value ?? 0);
  if (node.name === 'pageCode') return pageMeaning(opcode, Number(node.value), walk, deviceType);
  if (node.name !== 'requestedOperationCode') return undefined;
  return `0x${Number(node.value).toString(16).padStart(2, '0')}`;
}

/** PAGE CODE is of a VPD page (INQUIRY with EVPD), a mode page or a log page. */
function pageMeaning(
  opcode: number,
  page: number,
  walk: Walker,
  deviceType: number,
): string | undefined {
  const letter = LETTER_CLASSES[deviceClass(deviceType)];
  switch (opcode) {
    case 0x12:
      return walk.u8(1) & 1 ? pageName('v', page, 0, letter) : undefined;
    case 0x1a:
    case 0x5a:
      return withSubpages('m', page, walk.u8(3), letter);
    case 0x4c:
    case 0x4d:
      return withSubpages('l', page, walk.u8(3), letter);
    default:
      return undefined;
  }
}

/** Subpage FFh asks for a page and all its subpages (SPC-4 6.13); 3Fh/FFh has a name of its own. */
function withSubpages(kind: string, page: number, subpage: number, letter: string): string {
  const isAll = subpage === 0xff && page !== 0x3f && page !== 0;
  const name = pageName(kind, page, isAll ? 0 : subpage, letter);
  return isAll ? `${name} and its subpages` : name;
}
