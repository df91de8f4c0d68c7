// Keys, pastes and clicks from what terminals send, whole and in any pieces.

import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Input, KeyDecoder } from '../../src/ui/terminal/decoder.js';

function decoded(...pieces: readonly string[]): string[] {
  const found: string[] = [];
  const decoder = new KeyDecoder((input) => found.push(textOf(input)));
  for (const piece of pieces) decoder.feed(piece);
  decoder.flush();
  return found;
}

function textOf(input: Input): string {
  switch (input.kind) {
    case 'key':
      return input.name;
    case 'paste':
      return `paste ${input.text}`;
    case 'click':
      return `click ${input.column} ${input.row}`;
    case 'wheel':
      return `wheel ${input.lines}`;
  }
}

const KNOWN: readonly (readonly [sent: string, names: readonly string[]])[] = [
  ['jjj', ['j', 'j', 'j']],
  ['é漢😀', ['é', '漢', '😀']],
  ['\r\t \x7f', ['enter', 'tab', 'space', 'backspace']],
  ['\x03\x1a\x04', ['ctrl-c', 'ctrl-z', 'ctrl-d']],
  ['\x1b[A\x1b[B\x1b[C\x1b[D', ['up', 'down', 'right', 'left']],
  ['\x1bOA', ['up']],
  ['\x1bOP\x1bOQ\x1bOR\x1bOS', ['f1', 'f2', 'f3', 'f4']],
  ['\x1b[[A\x1b[[E', ['f1', 'f5']],
  ['\x1b[15~\x1b[21~\x1b[24~', ['f5', 'f10', 'f12']],
  [
    '\x1b[5~\x1b[6~\x1b[H\x1b[F\x1b[1~\x1b[4~',
    ['pageup', 'pagedown', 'home', 'end', 'home', 'end'],
  ],
  ['\x1b[Z\x1b[1;5A\x1b[1;2B', ['shift-tab', 'ctrl-up', 'shift-down']],
  ['\x1bx', ['alt-x']],
  ['\x1b', ['esc']],
  ['\x1b\x1b', ['esc', 'esc']],
  ['\x1b[200~two\nlines \x1b[A\x1b[201~j', ['paste two\nlines \x1b[A', 'j']],
  ['\x1b[<0;12;5M\x1b[<0;12;5m', ['click 11 4']],
  ['\x1b[<64;1;1M\x1b[<65;1;1M', ['wheel -1', 'wheel 1']],
  ['\x1b[<2;12;5M\x1b[?1;2cq', ['q']],
];

test('what terminals send', () => {
  for (const [sent, names] of KNOWN) assert.equal(decoded(sent), names, JSON.stringify(sent));
});

test('in any pieces it is the same', () => {
  const all = KNOWN.filter(([sent]) => sent !== '\x1b' && sent !== '\x1b\x1b');
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...all), { minLength: 1, maxLength: 6 }),
      fc.array(fc.nat(200), { maxLength: 8 }),
      (sequences, cuts) => {
        const sent = sequences.map(([text]) => text).join('');
        const at = [...new Set(cuts.map((cut) => cut % sent.length))].sort((a, b) => a - b);
        const pieces = [...at, sent.length].map((end, i) => sent.slice(at[i - 1] ?? 0, end));
        // An emoji comes whole: the terminal's bytes go through a UTF-8 decoder before.
        if (pieces.some((piece) => /^[\udc00-\udfff]/.test(piece))) return;
        assert.equal(
          decoded(...pieces),
          sequences.flatMap(([, names]) => names),
        );
      },
    ),
    { seed: 6, numRuns: 300 },
  );
});

test('any bytes at all end: nothing throws, nothing is waited for for ever', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const decoder = new KeyDecoder(() => {});
      decoder.feed(text);
      decoder.flush();
      decoder.feed('\x1b[201~');
      decoder.flush();
      assert.not.ok(decoder.waiting);
    }),
    { seed: 7, numRuns: 300 },
  );
});

test.run();
