// What a tool takes, as JSON Schema for the client and as a check of what came. What is wrong is said in words, so that
// the next try is right.

export interface Parameter {
  readonly type: 'string' | 'integer' | 'boolean' | 'strings';
  readonly about: string;
  readonly required?: true;
  /** Of integers. */
  readonly least?: number;
  readonly most?: number;
  readonly choices?: readonly string[];
  /** Of a list. */
  readonly countLeast?: number;
  readonly countMost?: number;
}

export type Parameters = Readonly<Record<string, Parameter>>;
export type Arguments = Readonly<Record<string, string | number | boolean | readonly string[]>>;

const CHARS_MAX = 4096;
const INTEGER_MOST = 2 ** 53 - 1;

/** Words for whoever asked. */
export class WrongArgument extends Error {}

export function schemaOf(parameters: Parameters): Record<string, unknown> {
  const entries = Object.entries(parameters);
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, one]) => [name, propertyOf(one)])),
    required: entries.filter(([, { required }]) => required === true).map(([name]) => name),
    additionalProperties: false,
  };
}

function propertyOf({
  type,
  about,
  least,
  most,
  choices,
  countLeast,
  countMost,
}: Parameter): object {
  const description = about;
  if (type === 'strings') {
    return {
      type: 'array',
      items: { type: 'string' },
      minItems: countLeast,
      maxItems: countMost,
      description,
    };
  }
  if (type === 'integer')
    return { type, minimum: least ?? 0, maximum: most ?? INTEGER_MOST, description };
  return { type, ...(choices === undefined ? {} : { enum: choices }), description };
}

/** Throws a WrongArgument. */
export function checked(
  parameters: Parameters,
  given: Readonly<Record<string, unknown>>,
): Arguments {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(parameters, name)) {
      throw new WrongArgument(
        `there is no argument ${JSON.stringify(name.slice(0, 100))}: it takes ${Object.keys(parameters).join(', ')}`,
      );
    }
  }
  const told: Record<string, string | number | boolean | readonly string[]> = {};
  for (const [name, parameter] of Object.entries(parameters)) {
    const value = given[name];
    if (value === undefined || value === null) {
      if (parameter.required) throw new WrongArgument(`${name} is missing: ${parameter.about}`);
      continue;
    }
    told[name] = checkedValue(name, parameter, value);
  }
  return told;
}

function checkedValue(name: string, parameter: Parameter, value: unknown) {
  const {
    type,
    least = 0,
    most = INTEGER_MOST,
    choices,
    countLeast = 0,
    countMost = 100,
  } = parameter;
  if (type === 'boolean' && typeof value === 'boolean') return value;
  if (type === 'integer' && Number.isSafeInteger(value)) {
    const number = Number(value);
    if (number >= least && number <= most) return number;
    throw new WrongArgument(`${name} takes ${least} to ${most}`);
  }
  if (type === 'string' && isText(value)) {
    if (choices === undefined || choices.includes(value)) return value;
    throw new WrongArgument(`${name} takes ${choices.join(', ')}`);
  }
  if (type === 'strings' && Array.isArray(value) && value.every(isText)) {
    if (value.length >= countLeast && value.length <= countMost) return value;
    throw new WrongArgument(`${name} takes ${countLeast} to ${countMost}`);
  }
  const words =
    type === 'strings' ? 'a list of strings' : type === 'integer' ? 'a whole number' : `a ${type}`;
  throw new WrongArgument(`${name} takes ${words}, strings of at most ${CHARS_MAX} characters`);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= CHARS_MAX && !value.includes('\0');
}
