// Every structure that the SCSI decoders know, with its fields: for the list of fields and its
// documentation. Structures that depend on a CDB are shown for a disk, and in each of their forms.

import { cdbLayouts } from './cdb.js';
import * as blocks from './data/blocks.js';
import * as changer from './data/changer.js';
import * as common from './data/common.js';
import * as copy from './data/copy.js';
import { DESIGNATOR } from './data/designator.js';
import * as discs from './data/discs.js';
import { COMMAND_SUPPORT, STANDARD_INQUIRY } from './data/inquiry.js';
import { logCatalog } from './data/log.js';
import * as maintenance from './data/maintenance.js';
import { mode6, mode10 } from './data/mode.js';
import { modePageCatalog } from './data/mode-pages.js';
import { RESERVE_IN, reserveOut } from './data/reserve.js';
import { SENSE_SHAPES } from './data/sense.js';
import { vpdPages } from './data/vpd.js';
import { type LayoutField, layout } from './layout.js';
import { unitOf } from './meanings.js';
import type { Shape } from './walker.js';

export interface CatalogField {
  readonly name: string;
  readonly label: string;
  readonly byte: number;
  /** 0 = most significant. */
  readonly bit: number;
  readonly width: number;
  /** flag, number, decimal (64 bits, as text), text, hex, code. */
  readonly type: 'flag' | 'number' | 'decimal' | 'text' | 'hex' | 'code';
  readonly unit?: string;
}

export interface CatalogStructure {
  readonly kind: 'cdb' | 'data' | 'sense' | 'modePage' | 'logPage';
  readonly label: string;
  readonly fields: readonly CatalogField[];
}

export function scsiCatalog(): CatalogStructure[] {
  const cdbs = cdbLayouts().map(
    (l): CatalogStructure => ({ kind: 'cdb', label: l.name, fields: l.fields.map(catalogField) }),
  );
  const data = dataShapes().flatMap((shape) => structures(shape, 'data'));
  const sense = SENSE_SHAPES.flatMap((shape) => structures(shape, 'sense'));
  return [...cdbs, ...data, ...sense, ...pages()];
}

function dataShapes(): Shape[] {
  const modules = [blocks, changer, common, copy, discs, maintenance];
  return [
    STANDARD_INQUIRY,
    COMMAND_SUPPORT,
    DESIGNATOR,
    ...vpdPages(),
    mode6(0),
    mode10(0),
    ...Object.values(RESERVE_IN),
    reserveOut(0, 0),
    reserveOut(0, 8),
    reserveOut(7, 0),
    maintenance.reportTargetPortGroups(false),
    maintenance.reportTargetPortGroups(true),
    changer.readPosition(0),
    changer.readPosition(6),
    changer.readPosition(8),
    changer.readBlockLimits(false),
    changer.reportDensitySupport(false),
    blocks.formatUnit(false),
    blocks.formatUnit(true),
    ...[0, 1, 2, 3].map((format) => discs.readToc(format, false)),
    ...modules.flatMap((shapes) => Object.values(shapes).filter(isShape)),
  ];
}

function isShape(value: unknown): value is Shape {
  return typeof value === 'object' && value !== null && 'fields' in value;
}

/** A shape and the entries of its list, as far as they do not depend on the data. */
function structures(shape: Shape, kind: CatalogStructure['kind']): CatalogStructure[] {
  const fields = layout(shape.fields).fields.map(catalogField);
  const own = fields.length > 0 ? [{ kind, label: shape.label, fields }] : [];
  const entry = shape.list?.of;
  return entry && typeof entry !== 'function' ? [...own, ...structures(entry, kind)] : own;
}

function pages(): CatalogStructure[] {
  const of = (kind: 'modePage' | 'logPage') => (page: { label: string; fields: string }) => ({
    kind,
    label: page.label,
    fields: layout(page.fields).fields.map(catalogField),
  });
  return [...modePageCatalog().map(of('modePage')), ...logCatalog().map(of('logPage'))];
}

function catalogField(f: LayoutField): CatalogField {
  const { name, label, byte, bit, width } = f;
  return { name, label, byte, bit, width, type: typeOf(f), unit: unitOf(f.format) };
}

function typeOf(f: LayoutField): CatalogField['type'] {
  if (f.format === 'ascii') return 'text';
  if (f.format === 'hex' || f.width > 64) return 'hex';
  if (f.width > 32) return 'decimal';
  if (f.width === 1) return 'flag';
  return f.format === '' || f.format === 'signed' || unitOf(f.format) ? 'number' : 'code';
}
