// What a terminal sends → keys, pastes and clicks. Sequences may come in any pieces; an Esc alone
// is told apart from the begin of a sequence by what follows, or by nothing following (flush).

export type Input =
  /** `name`: the character itself, or `up`, `f3`, `enter`, `esc`, `tab`, `ctrl-d`, `alt-x`, … */
  | { readonly kind: 'key'; readonly name: string }
  | { readonly kind: 'paste'; readonly text: string }
  | { readonly kind: 'click'; readonly column: number; readonly row: number }
  | { readonly kind: 'wheel'; readonly lines: 1 | -1 };

const ESC = '\x1b';
const PASTE_END = '\x1b[201~';
/** A paste longer than that is cut: nobody types so long a filter. */
const PASTE_MAX = 1 << 16;
/** A sequence longer than that is none. */
const SEQUENCE_MAX = 64;

const FINALS: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
  Z: 'shift-tab',
};

const NUMBERS: Readonly<Record<string, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
};

const CONTROLS: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  ' ': 'space',
  '\x7f': 'backspace',
  '\b': 'backspace',
};

/** Invariant: `#rest` is empty, or begins a sequence whose end has not come. */
export class KeyDecoder {
  readonly #take: (input: Input) => void;
  #rest = '';
  #pasted: string | undefined;

  constructor(take: (input: Input) => void) {
    this.#take = take;
  }

  /** True while a sequence has begun that may also be an Esc: call flush() when nothing follows. */
  get waiting(): boolean {
    return this.#rest !== '';
  }

  feed(text: string): void {
    let rest = this.#rest + text;
    this.#rest = '';
    while (rest !== '') {
      const used = this.#pasted === undefined ? this.#one(rest) : this.#paste(rest);
      if (used === 0) {
        this.#rest = rest;
        return;
      }
      rest = rest.slice(used);
    }
  }

  /** Nothing more follows: an Esc was the key. */
  flush(): void {
    const rest = this.#rest;
    if (rest === '' || this.#pasted !== undefined) return;
    this.#rest = '';
    this.#key('esc');
    this.feed(rest.slice(1));
  }

  /** Takes one key from the begin; how many characters it was, 0 where its end is missing. */
  #one(text: string): number {
    if (text[0] !== ESC) return this.#plain(text, '');
    if (text.length === 1) return 0;
    if (text[1] === '[') return this.#sequence(text);
    if (text[1] === 'O') {
      if (text.length === 2) return 0;
      this.#key(FINALS[text[2]]);
      return 3;
    }
    if (text[1] === ESC) {
      this.#key('esc');
      return 1;
    }
    return 1 + this.#plain(text.slice(1), 'alt-');
  }

  #plain(text: string, prefix: string): number {
    const char = String.fromCodePoint(text.codePointAt(0)!);
    const code = char.charCodeAt(0);
    const control = code < 32 ? `ctrl-${String.fromCharCode(code + 96)}` : char;
    this.#key(prefix + (CONTROLS[char] ?? control));
    return char.length;
  }

  /** ECMA-48: parameters 0x30-0x3f, intermediates 0x20-0x2f, one final 0x40-0x7e. */
  #sequence(text: string): number {
    // Linux' console sends F1 to F5 as ESC [ [ A.
    if (text[2] === '[') {
      if (text.length === 3) return 0;
      this.#key(`f${text.charCodeAt(3) - 64}`);
      return 4;
    }
    let at = 2;
    while (at < text.length && text.charCodeAt(at) < 0x40) at++;
    if (at === text.length) return at > SEQUENCE_MAX ? at : 0;
    this.#final(text.slice(2, at), text[at]);
    return at + 1;
  }

  #final(parameters: string, final: string): void {
    if (parameters.startsWith('<')) this.#mouse(parameters.slice(1), final);
    else if (final === '~' && parameters === '200') this.#pasted = '';
    else {
      const [first, modifier] = parameters.split(';');
      const name = final === '~' ? NUMBERS[first] : FINALS[final];
      this.#key(name && modifierOf(modifier) + name);
    }
  }

  /** SGR mouse: button; column; row, from 1. */
  #mouse(parameters: string, final: string): void {
    const [button, column, row] = parameters.split(';').map(Number);
    if (final !== 'M') return;
    if (button === 64 || button === 65) {
      this.#take({ kind: 'wheel', lines: button === 64 ? -1 : 1 });
    } else if ((button & 3) === 0 && button < 32 && column >= 1 && row >= 1) {
      this.#take({ kind: 'click', column: column - 1, row: row - 1 });
    }
  }

  #paste(text: string): number {
    const end = text.indexOf(PASTE_END);
    // The end mark itself may be cut in two.
    const upTo = end >= 0 ? end : Math.max(0, text.length - PASTE_END.length + 1);
    this.#pasted = ((this.#pasted ?? '') + text.slice(0, upTo)).slice(0, PASTE_MAX);
    if (end < 0) return upTo;
    this.#take({ kind: 'paste', text: this.#pasted });
    this.#pasted = undefined;
    return end + PASTE_END.length;
  }

  #key(name: string | undefined): void {
    if (name !== undefined) this.#take({ kind: 'key', name });
  }
}

/** xterm: 1 + (1 shift, 2 alt, 4 control). */
function modifierOf(parameter: string | undefined): string {
  const bits = Number(parameter ?? 1) - 1;
  return (bits & 4 ? 'ctrl-' : '') + (bits & 2 ? 'alt-' : '') + (bits & 1 ? 'shift-' : '');
}
