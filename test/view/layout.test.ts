import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cell, type TableBlock } from '../../src/view/cells.js';
import { fitColumns, flowItems, pairText, shorten, wrapWords } from '../../src/view/layout.js';

const BLOCK: TableBlock = {
  kind: 'table',
  columns: [
    { head: 'name', align: 'left', priority: 0, least: 6 },
    { head: 'first', align: 'right', priority: 1 },
    { head: 'second', align: 'right', priority: 5 },
  ],
  rows: [[cell('a long name here'), cell('1234'), cell('5')]],
};

function heads(width: number): string[] {
  return fitColumns(BLOCK, width).map((f) => `${f.column.head} ${f.width}`);
}

test('columns leave by priority, then texts shrink', () => {
  assert.equal(heads(33), ['name 16', 'first 5', 'second 6']);
  assert.equal(heads(32), ['name 16', 'first 5']);
  assert.equal(heads(25), ['name 16', 'first 5']);
  assert.equal(heads(24), ['name 15', 'first 5']);
  assert.equal(heads(15), ['name 6', 'first 5']);
  assert.equal(heads(14), ['name 12']);
  assert.equal(heads(3), ['name 1']);
});

test('a column that says nothing leaves whatever the width', () => {
  const block = { ...BLOCK, rows: [[cell('n'), cell('0'), cell('–')]] };
  assert.equal(
    fitColumns(block, 100).map((f) => f.column.head),
    ['name'],
  );
});

test('texts are cut with an ellipsis', () => {
  assert.is(shorten('abcdef', 6), 'abcdef');
  assert.is(shorten('abcdef', 5), 'abcd…');
  assert.is(shorten('abcdef', 1), 'a');
  assert.is(shorten('abcdef', 0), '');
});

test('words wrap, and long ones break', () => {
  assert.equal(wrapWords('one two three', 7), ['one two', 'three']);
  assert.equal(wrapWords('abcdefghij k', 4), ['abcd', 'efgh', 'ij k']);
  assert.equal(wrapWords('', 4), []);
});

test('items flow and stay whole', () => {
  const lines = flowItems([cell('aaa'), cell('bbb'), cell('cc'), cell('toolongforit')], 9, 3);
  assert.equal(
    lines.map((line) => line.map((c) => c.text)),
    [['aaa', 'bbb'], ['cc'], ['toolongf…']],
  );
});

test('a pair of names keeps the ends of both, and the whole of what has room', () => {
  const pair = (width: number): string => pairText('iqn.2001-04.com.example:host', 'disk', width);
  assert.is(pair(40), 'iqn.2001-04.com.example:host → disk');
  assert.is(pair(35), 'iqn.2001-04.com.example:host → disk');
  assert.is(pair(20), '…example:host → disk');
  assert.is(pairText('aaaaaaaaaa', 'bbbbbbbbbb', 13), '…aaaa → …bbbb');
  for (let width = 0; width < 60; width++) {
    assert.ok(pair(width).length <= Math.max(width, 5), `${width}: ${pair(width)}`);
  }
});

test.run();
