// Makes the screens of docs/UI.md and README.md from the program: node --import tsx tools/ui-doc.ts
// writes them, test/ui/doc.test.ts checks that they are up to date. A screen is asked for by
// <!-- screen: 100x30 captures/x.pcap ["2", "Enter"] --> and stands up to <!-- end -->.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Screens } from '../test/support/ui.js';

const TOP = fileURLToPath(new URL('..', import.meta.url));
const WITH_SCREENS = ['docs/UI.md', 'README.md'];
const MARK = /<!-- screen: (\d+)x(\d+) (\S+) (\[.*?\]) -->\n[\s\S]*?<!-- end -->/g;

/** The text with all its screens as they are now. */
export async function withScreens(text: string): Promise<string> {
  let made = '';
  let from = 0;
  for (const match of text.matchAll(MARK)) {
    const [all, columns, rows, capture, keys] = match;
    const ui = new Screens([capture], Number(columns), Number(rows));
    await ui.load();
    for (const key of JSON.parse(keys) as string[]) {
      ui.press(key);
      await ui.detailed();
    }
    const mark = all.slice(0, all.indexOf('-->') + 3);
    const screen = ui.rows().map((row) => row.trimEnd());
    made += `${text.slice(from, match.index)}${mark}\n\`\`\`text\n${screen.join('\n')}\n\`\`\`\n<!-- end -->`;
    from = match.index + all.length;
  }
  return made + text.slice(from);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.chdir(TOP);
  for (const path of WITH_SCREENS) {
    writeFileSync(path, await withScreens(readFileSync(path, 'utf8')));
  }
}
