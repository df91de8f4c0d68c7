// The words that the timeline's JSON Schema is made of: kinds of values, lists, objects.

export type Schema = Readonly<Record<string, unknown>>;

export const NS: Schema = { type: 'string', pattern: '^-?[0-9]+$', description: 'nanoseconds' };
export const NUMBER: Schema = { type: 'number' };
export const COUNT: Schema = { type: 'integer', minimum: 0 };
export const TEXT: Schema = { type: 'string' };
export const FLAG: Schema = { type: 'boolean' };
export const WORD: Schema = { type: 'integer', minimum: 0, maximum: 0xffffffff };
export const OCTETS: Schema = { type: 'string', pattern: '^([0-9a-f]{2})*$' };
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
