// Filters over Fibre Channel frames. A filter is compiled for PDUs and for frames: what only the other
// kind has, nothing of this kind is.

import type { FcFrameFacts } from '../decode/fc-reader.js';
import { Carrier } from '../wire/fc/carriers.js';
import { kindName } from '../wire/fc/kinds.js';
import { compileFilter, type Filter } from './compile.js';
import { fcField, fcNames, fcTsharkNames } from './fc-fields.js';
import type { FieldBook, FilterField } from './field.js';
import { pduBook } from './pdu-filter.js';

type FcFilterField = FilterField<FcFrameFacts>;

export function fcFilter(text: string): Filter<FcFrameFacts> {
  return compileFilter(text, BOOK);
}

/** Of the frame, whatever it is. */
const OWN: readonly FcFilterField[] = [
  {
    name: 'frameNumber',
    kind: 'number',
    needs: 'end',
    values: ({ frame: f }) => [f.frame, f.frameEnd],
  },
  { name: 'connection', kind: 'number', needs: 'header', number: ({ frame: f }) => f.connection },
  { name: 'name', kind: 'word', needs: 'end', values: ({ frame: f }) => [kindName(f.kind)] },
  protocol('fc', () => true),
  protocol('fcip', (carrier) => carrier === Carrier.fcip),
  protocol('ifcp', (carrier) => carrier === Carrier.ifcp),
  protocol('fcoe', (carrier) => carrier === Carrier.fcoe),
  group('fcp'),
  group('fcels', 'els'),
  group('fcct', 'ct'),
];

function protocol(name: string, is: (carrier: number) => boolean): FcFilterField {
  return {
    name,
    kind: 'flag',
    needs: 'header',
    values: ({ frame: f }) => (is(f.carrier) ? [1] : []),
  };
}

function group(name: string, node = name): FcFilterField {
  return {
    name,
    kind: 'flag',
    needs: 'data',
    values: (facts) => (facts.tree().some((n) => n.name === node) ? [1] : []),
  };
}

const BY_NAME = new Map(OWN.map((f) => [f.name, f]));

const BOOK: FieldBook<FcFrameFacts> = {
  find(name) {
    const own = BY_NAME.get(name) ?? fcField(name);
    if (own !== undefined) return own;
    const other = pduBook().find(name);
    if (other === undefined) return undefined;
    const { kind, names, unit } = other;
    return { name, kind, names, unit, needs: 'header', values: () => [] };
  },
  *names() {
    yield* BY_NAME.keys();
    yield* fcNames().keys();
    yield* fcTsharkNames();
    yield* pduBook().names();
  },
  whyNot: (name) => pduBook().whyNot(name),
};
