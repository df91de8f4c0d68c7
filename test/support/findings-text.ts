// docs/FINDINGS.md as the rules say it.

import { RULES } from '../../src/findings/rules.js';

export function findingsText(): string {
  const parts = [
    '# Findings',
    'What `sanscope report` looks for under "What looks wrong", made from the rules by ' +
      '`node --import tsx tools/findings.ts`. Each finding has an id, a severity (critical: work or ' +
      'access was lost; warning: time or data was; note: good to know), a title, a text with the ' +
      'values that prove it, how often it was seen, and the first packets that show it. `inferred` ' +
      'says that it rests on something that was not captured.',
  ];
  for (const { id, about, tells } of RULES) {
    parts.push(`## ${id}`, about);
    const rows = Object.entries(tells ?? {}).map(([name, text]) => `- \`${name}\`: ${text}`);
    if (rows.length > 0) parts.push(rows.join('\n'));
  }
  return `${parts.join('\n\n')}\n`;
}
