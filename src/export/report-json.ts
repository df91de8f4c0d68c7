// The report as one JSON document, indented, with lists of numbers on one line each.

import type { Report } from '../report/report.js';

const NUMBER_LIST = /\[\n\s+(-?[\d.e+-]+(?:,\n\s+-?[\d.e+-]+)*)\n\s+\]/g;

export function reportJson(report: Report): string {
  const text = JSON.stringify(report, null, 2);
  return `${text.replace(NUMBER_LIST, (_, numbers: string) => `[${numbers.replace(/\n\s+/g, ' ')}]`)}\n`;
}
