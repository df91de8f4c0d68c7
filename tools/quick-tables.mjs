// cli-table3, faster where a report has many small tables (tools/build.mjs): it looks up the same frame for
// each cell, asks all rows above whether they reach into a place where there is a cell, and measures text
// for messages that nobody reads. What it draws stays the same, and where its source is not what was
// read here the build fails.

import { readFileSync } from 'node:fs';

const PATCHES = {
  'cell.js': [
    [
      `    CHAR_NAMES.forEach(function (name) {
      setOption(optionsChars, tableChars, name, chars);
    });
`,
      `    if (!this.options.chars && tableOptions.cellChars) this.chars = tableOptions.cellChars;
    else {
      for (const name of CHAR_NAMES) setOption(optionsChars, tableChars, name, chars);
      if (!this.options.chars) tableOptions.cellChars = chars;
    }
`,
    ],
    [
      `    let content = utils.truncate(this.content, 10, this.truncate);
    if (!lineNum) {
      info(\`\${this.y}-\${this.x}: \${this.rowSpan - lineNum}x\${this.colSpan} Cell \${content}\`);
    } else {
      // debug(\`\${lineNum}-\${this.x}: 1x\${this.colSpan} RowSpanCell \${content}\`);
    }
`,
      '',
    ],
    [
      '  return args.filter((v) => v !== undefined && v !== null).shift();\n',
      '  for (const v of args) if (v !== undefined && v !== null) return v;\n',
    ],
  ],
  'layout-manager.js': [
    [
      `  function conflictExists(rows, x, y) {
`,
      `  function conflictExists(rows, x, y) {
    let here = rows[y] && rows[y][x];
    if (here && here.x === x && here.y === y) return true;
`,
    ],
  ],
  'utils.js': [
    [
      'function strlen(str) {\n',
      "function strlen(str) {\n  if (typeof str === 'string' && /^[\\x20-\\x7e]*$/.test(str)) return str.length;\n",
    ],
    [
      'function colorizeLines(input) {\n',
      "function colorizeLines(input) {\n  if (!input.some((line) => line.includes('\\u001b'))) return input;\n",
    ],
  ],
};

export const quickTables = {
  name: 'quick-tables',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]cli-table3[\\/]src[\\/](?:cell|layout-manager|utils)\.js$/ }, (file) => {
      let source = readFileSync(file.path, 'utf8');
      for (const [from, to] of PATCHES[/[^\\/]+$/.exec(file.path)[0]]) {
        if (source.split(from).length !== 2) throw new Error(`${file.path}: where is ${from}?`);
        source = source.replace(from, () => to);
      }
      return { contents: source };
    });
  },
};
