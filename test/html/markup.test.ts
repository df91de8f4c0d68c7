import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { escapeHtml, fitting, html, Markup } from '../../src/html/markup.js';
import { HTML_TEXT_CHARS_MAX } from '../../src/limits.js';

test('what a template is given is text, unless it is markup', () => {
  const hostile = `<script>alert("1")</script>&'\``;
  const { text } = html`<p title="${hostile}">${hostile}</p>`;
  const escaped = '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;&#96;';
  assert.is(text, `<p title="${escaped}">${escaped}</p>`);
  assert.is(
    html`<b>${new Markup('<i>1</i>')}${[html`2`, html`3`]}${4}</b>`.text,
    '<b><i>1</i>234</b>',
  );
});

test('what turns the direction of writing, and controls, are shown', () => {
  assert.is(escapeHtml('a\u202eb\u0000\u001b[31m'), 'a\\u202eb\\x00\\x1b[31m');
});

test('a text that is too long is cut', () => {
  assert.is(escapeHtml('x'.repeat(1e6)).length, HTML_TEXT_CHARS_MAX + 1);
});

test('as many as have room, one at least', () => {
  const tens = (n: number) => html`${'x'.repeat(n)}`;
  assert.equal(fitting([10, 10, 10], 25, tens).left, 1);
  assert.equal(fitting([10, 10, 10], 30, tens).left, 0);
  const { shown, left } = fitting([100, 1], 25, tens);
  assert.is(shown.length, 1);
  assert.is(left, 1);
});

test.run();
