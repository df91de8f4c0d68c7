// Pages in a real browser: nothing said on its console, nothing wider than a phone but what scrolls by itself, and
// on paper all that is folded away on the screen.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { needs } from '../support/needs.js';
import { sanscope } from '../support/program.js';
import { sharedCapture } from '../support/shared.js';
import { PATIENCE_MS } from '../support/wait.js';

const WIDTHS = [390, 1280, 1920] as const;
const folder = mkdtempSync(join(tmpdir(), 'sanscope-browser-'));
const PAGES: Readonly<Record<string, readonly string[]>> = {
  report: ['report', 'captures/tgt-killed-and-back.pcap.gz'],
  rdma: ['report', sharedCapture('san/iser-terminate.pcap')],
  fibre: ['report', sharedCapture('san/fcip-zoo.pcap')],
  nothing: ['report', 'captures/istgt-nop-in.pcap.gz'],
  refused: ['report', 'captures/tgt-chap-wrong-password.pcap'],
  diff: ['diff', 'captures/tgt-mixed-load.pcap.gz', 'captures/tgt-reordered.pcap.gz'],
  points: [
    'points',
    'captures/tgt-mixed-load.pcap.gz',
    'captures/tgt-mixed-load-snaplen160.pcap.gz',
  ],
};

function chromium(...args: readonly string[]) {
  const found = spawnSync(
    'chromium',
    [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      // In a container /dev/shm may be too small for a page.
      '--disable-dev-shm-usage',
      '--hide-scrollbars',
      '--enable-logging=stderr',
      `--user-data-dir=${join(folder, 'profile')}`,
      ...args,
    ],
    { encoding: 'utf8', timeout: PATIENCE_MS, maxBuffer: 1 << 26 },
  );
  assert.is(found.status, 0, found.stderr);
  return found;
}

function written(name: string): string {
  const path = join(folder, `${name}.html`);
  if (existsSync(path)) return path;
  const { status, stderr } = sanscope([...PAGES[name], '-q', '--html', path]);
  assert.is(status, 0, stderr);
  return path;
}

/** What is said on the page's console, violations of its policy too. */
function said(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line.includes('CONSOLE'));
}

needs('chromium')('a console that is spoken to is heard', () => {
  const path = join(folder, 'loud.html');
  writeFileSync(
    path,
    readFileSync(written('report'), 'utf8').replace('</body>', '<script>1</script></body>'),
  );
  assert.match(
    said(chromium('--dump-dom', `file://${path}`).stderr).join(),
    /Content Security Policy/,
  );
});

for (const name of Object.keys(PAGES)) {
  for (const width of WIDTHS) {
    needs('chromium')(`the page "${name}" at ${width} pixels`, () => {
      const picture = join(folder, `${name}-${width}.png`);
      const { stderr } = chromium(
        `--window-size=${width},2000`,
        `--screenshot=${picture}`,
        `file://${asking(written(name))}`,
      );
      const told = said(stderr);
      assert.is(told.length, 1, told.join());
      assert.match(told[0], /"wider by 0"/);
      assert.ok(statSync(picture).size > 10_000);
    });
  }

  needs('chromium', 'pdftotext')(`the page "${name}" on paper`, () => {
    const path = written(name);
    const pdf = join(folder, `${name}.pdf`);
    const { stderr } = chromium(
      '--no-pdf-header-footer',
      `--print-to-pdf=${pdf}`,
      `file://${path}`,
    );
    assert.equal(said(stderr), []);
    const words = spawnSync('pdftotext', ['-layout', pdf, '-'], { encoding: 'utf8' }).stdout;
    const cards = readFileSync(path, 'utf8').match(/<details class="card"/g) ?? [];
    // Each of them says its outcome, whether it is folded on the screen or not.
    const outcomes = words.match(/^\s*outcome\s/gm) ?? [];
    assert.is(outcomes.length, cards.length);
    assert.match(words, /Made by sanscope/);
  });
}

/** A copy that may run a script, which says by how many pixels the page is wider than its window. */
function asking(path: string): string {
  const script = `<script>console.log('wider by ' +
    (document.documentElement.scrollWidth - document.documentElement.clientWidth));</script></body>`;
  const copy = `${path}.asking.html`;
  const page = readFileSync(path, 'utf8');
  const free = page.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '');
  writeFileSync(copy, free.replace('</body>', script));
  return copy;
}

test.after(() => rmSync(folder, { recursive: true, force: true }));

test.run();
