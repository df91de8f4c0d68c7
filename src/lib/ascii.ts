// What stands for a sign where a terminal has ASCII only: one character for one column, so that nothing
// moves. Escape sequences are ASCII themselves, and pass.

const SIGNS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '·': '.',
    '…': '~',
    '–': '-',
    '—': '-',
    '─': '-',
    '━': '=',
    '│': '|',
    '┃': '|',
    '╭': '+',
    '╮': '+',
    '╰': '+',
    '╯': '+',
    '└': '+',
    '┴': '+',
    '┬': '+',
    '┼': '+',
    '├': '+',
    '┤': '+',
    '→': '>',
    '←': '<',
    '↑': '^',
    '↓': 'v',
    '▶': '>',
    '◀': '<',
    '▲': '^',
    '▼': 'v',
    '▸': '>',
    '›': '>',
    '●': '*',
    '‖': '"',
    '✓': '+',
    '×': 'x',
    '≠': '!',
    '≥': '>',
    '≤': '<',
    '≈': '~',
    '±': '~',
    '−': '-',
    '√': 'v',
    '↔': '=',
    '↳': '>',
    '⋮': ':',
    '┊': ':',
    '┘': '+',
    '‼': '!',
    '░': '.',
    '▒': ':',
    '▓': '#',
    '▚': 'x',
    '▤': '=',
    '▥': '|',
    '▦': '+',
    '▧': '/',
    '°': 'o',
    µ: 'u',
    '’': "'",
    '‘': "'",
    '“': '"',
    '”': '"',
  }),
);
/** With the blank behind them they have room for what they mean. */
const TWO: ReadonlyMap<string, string> = new Map([
  ['≤ ', '<='],
  ['≥ ', '>='],
  ['± ', '+-'],
]);
const TWO_SEEN = /[≤≥±] /g;
/** Eighths of a block, from below and from the left. */
const LEVELS = '.:-=+*#@';
const BELOW = 0x2581;
const LEFT = 0x258f;
const BRAILLE = 0x2800;

const ASCII = /^[\0-\x7e]*$/;

/** The same columns in ASCII; what has no sign of its own is `?`, once for each of its columns. */
export function asciiText(text: string, widthOf: (char: string) => number = () => 1): string {
  if (ASCII.test(text)) return text;
  let made = '';
  for (const char of text.replace(TWO_SEEN, (two) => TWO.get(two) ?? two))
    made += char < '\x7f' ? char : (SIGNS.get(char) ?? other(char, widthOf));
  return made;
}

function other(char: string, widthOf: (char: string) => number): string {
  const code = char.codePointAt(0) ?? 0;
  if (code >= BELOW && code < BELOW + 8) return LEVELS[code - BELOW];
  // A full block is the last from below; from the left 7/8 comes first.
  if (code > BELOW + 7 && code <= LEFT) return LEVELS[LEFT - code];
  if (code >= BRAILLE && code < BRAILLE + 256) return dots(code - BRAILLE);
  return '?'.repeat(widthOf(char));
}

function dots(bits: number): string {
  let count = 0;
  for (let left = bits; left > 0; left &= left - 1) count++;
  return count === 0 ? ' ' : count < 3 ? '.' : count < 6 ? ':' : '#';
}
