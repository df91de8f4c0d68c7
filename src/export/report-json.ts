// The report as one JSON document, indented, with lists of numbers on one line each. It is written
// in pieces, an element of a list each: that of many sessions is longer than a string can be. A list may
// be one whose elements are made as they are asked for (report/make-report.ts).

const NUMBER_LIST = /\[\n\s+(-?[\d.e+-]+(?:,\n\s+-?[\d.e+-]+)*)\n\s+\]/g;

export function reportJson(report: object, write: (text: string) => void): void {
  let separator = '{\n';
  for (const [key, value] of Object.entries(report)) {
    if (value === undefined) continue;
    write(`${separator}  ${JSON.stringify(key)}: `);
    separator = ',\n';
    if (isList(value)) list(value, write);
    else write(indented(value, '  '));
  }
  write('\n}\n');
}

function isList(value: unknown): value is Iterable<unknown> {
  if (Array.isArray(value)) return typeof value[0] === 'object';
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

function list(items: Iterable<unknown>, write: (text: string) => void): void {
  let separator = '[\n';
  for (const item of items) {
    write(`${separator}    ${indented(item, '    ')}`);
    separator = ',\n';
  }
  write(separator === ',\n' ? '\n  ]' : '[]');
}

function indented(value: unknown, indent: string): string {
  return JSON.stringify(value, null, 2)
    .replace(NUMBER_LIST, (_, numbers: string) => `[${numbers.replace(/\n\s+/g, ' ')}]`)
    .replaceAll('\n', `\n${indent}`);
}
