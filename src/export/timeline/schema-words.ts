// The words that the JSON Schemas are made of: kinds of values, lists, objects.

export type Schema = Readonly<Record<string, unknown>>;

export const NS: Schema = { type: 'number', description: 'nanoseconds, exact in a double' };
export const NUMBER: Schema = { type: 'number' };
export const COUNT: Schema = { type: 'integer', minimum: 0 };
export const TEXT: Schema = { type: 'string' };
export const FLAG: Schema = { type: 'boolean' };
export const WORD: Schema = { type: 'integer', minimum: 0, maximum: 0xffffffff };
export const OCTETS: Schema = { type: 'string', pattern: '^([0-9a-fx]{2})*$' };
export const LUN: Schema = { type: 'string', pattern: '^[0-9a-f]{16}$' };
export const DECIMAL64: Schema = { type: 'string', pattern: '^[0-9]{1,20}$' };
export const ISO: Schema = { type: 'string', pattern: '^[0-9-]+T[0-9:]+\\.[0-9]{9}Z$' };

export function list(items: Schema): Schema {
  return { type: 'array', items };
}

/** An object: all of `required`, perhaps some of `optional`, and nothing else unless `open`. */
export function object(
  required: Record<string, Schema>,
  optional: Record<string, Schema>,
  open = false,
): Schema {
  return {
    type: 'object',
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: open,
  };
}

export const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` });

/** Records of one schema: their type, the schema's name, and the members of that type. */
export function recordOf(schema: string) {
  return (
    type: string,
    required: Record<string, Schema>,
    optional: Record<string, Schema> = {},
    open = false,
  ): Schema =>
    object({ schema: { const: schema }, type: { const: type }, ...required }, optional, open);
}

/** A whole schema: one of several records, and the parts that they refer to. */
export function schemaOf(
  name: string,
  description: string,
  records: readonly Schema[],
  parts: Readonly<Record<string, Schema>>,
): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: name,
    title: name,
    description:
      `${description} Times are numbers of ns since the first packet, durations of ns: exact in a ` +
      'double. LBAs and other 64-bit numbers are decimal strings. The same name means the same in all ' +
      "of sanscope's JSON. Members may be added in this version; none is renamed or removed.",
    oneOf: records,
    $defs: parts,
  };
}
