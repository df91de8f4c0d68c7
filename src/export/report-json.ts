// The report as one JSON document, indented, with lists of numbers on one line each. It is written
// in pieces, an element of a list each: that of many sessions is longer than a string can be.

const NUMBER_LIST = /\[\n\s+(-?[\d.e+-]+(?:,\n\s+-?[\d.e+-]+)*)\n\s+\]/g;

export function reportJson(report: object, write: (text: string) => void): void {
  let separator = '{\n';
  for (const [key, value] of Object.entries(report)) {
    if (value === undefined) continue;
    write(`${separator}  ${JSON.stringify(key)}: `);
    separator = ',\n';
    if (Array.isArray(value) && typeof value[0] === 'object') list(value, write);
    else write(indented(value, '  '));
  }
  write('\n}\n');
}

function list(items: readonly unknown[], write: (text: string) => void): void {
  let separator = '[\n';
  for (const item of items) {
    write(`${separator}    ${indented(item, '    ')}`);
    separator = ',\n';
  }
  write('\n  ]');
}

function indented(value: unknown, indent: string): string {
  return JSON.stringify(value, null, 2)
    .replace(NUMBER_LIST, (_, numbers: string) => `[${numbers.replace(/\n\s+/g, ' ')}]`)
    .replaceAll('\n', `\n${indent}`);
}
