// Names that people gave to addresses, IQNs and WWNs: where text says who, it says their name. What was
// sent stays as it was sent (trees of PDUs, keys of logins), and so does all that programs read.

/** By what is seen on the wire, in lower case; empty where nobody gave names. */
let given: ReadonlyMap<string, string> = new Map();

/** For the whole of a run, before anything is drawn. */
export function giveNames(names: ReadonlyMap<string, string>): void {
  given = new Map([...names].map(([seen, name]) => [seen.toLowerCase(), name]));
}

/** What stands between blanks and signs that no address and no name has. */
const WORD = /[^\s,;()"'<>→·…]{3,}/gu;
const PORT = /^(?:\[(.*)\]|([^:]*)):(\d{1,5})$/;
/** The end of a sentence is no part of a name. */
const END = /[.:]+$/;

/** The text with the names that were given. */
export function named(text: string): string {
  if (given.size === 0 || text.length < 3) return text;
  return text.replace(WORD, (word) => {
    const end = END.exec(word)?.[0] ?? '';
    const seen = word.slice(0, word.length - end.length);
    return (nameOf(seen) ?? seen) + end;
  });
}

function nameOf(seen: string): string | undefined {
  const whole = given.get(seen.toLowerCase());
  if (whole !== undefined) return whole;
  const [, inBrackets, before, port] = PORT.exec(seen) ?? [];
  const host = given.get((inBrackets ?? before ?? '').toLowerCase());
  return host === undefined ? undefined : `${host}:${port}`;
}
