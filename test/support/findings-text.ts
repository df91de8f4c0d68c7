// docs/FINDINGS.md as the rules say it.

import { proofOf, RULES } from '../../src/findings/rules.js';

export function findingsText(): string {
  const parts = [
    '# Findings',
    'What `sanscope report` looks for under "What looks wrong", made from the rules by ' +
      '`node --import tsx tools/findings.ts`. Each finding has an id, a severity (critical: work or ' +
      'access was lost; warning: time or data was; note: good to know), a title, a text, when and how ' +
      'often it was seen, the first packets that show it and the fields of their PDUs to look at, the ' +
      'numbers by name (`values`), the rule that it rests on, how sure it is, what would disprove it, and ' +
      'what to do next. `inferred` says that it rests on something that was not captured.',
  ];
  parts.push(
    '## By question',
    'Rules below, in the order in which their findings are told.',
    questions(),
  );
  for (const { id, about, tells } of RULES) {
    parts.push(`## ${id}`, about);
    for (const [name, tell] of Object.entries(tells)) {
      const where = (tell.proof ?? []).map(proofText).join(', ');
      const rows = [
        `- **\`${name}\`**: ${tell.about}`,
        `  - ${tell.confidence}, by ${tell.reference}`,
        ...(where === '' ? [] : [`  - look at: ${where}`]),
        `  - disproved by: ${tell.disproof}`,
        `  - next: ${tell.next}`,
      ];
      parts.push(rows.join('\n'));
    }
  }
  return `${parts.join('\n\n')}\n`;
}

/** What people ask, and the findings that answer; in the order of the rules. */
function questions(): string {
  const byQuestion = new Map<string, string[]>();
  for (const [id, { question }] of RULES.flatMap((rule) => Object.entries(rule.tells))) {
    const ids = byQuestion.get(question) ?? [];
    if (ids.push(`\`${id}\``) === 1) byQuestion.set(question, ids);
  }
  const rows = [...byQuestion].map(([question, ids]) => `| ${question} | ${ids.join(', ')} |`);
  return ['| question | findings |', '|---|---|', ...rows].join('\n');
}

/** "`expCmdSN` of scsi-response (byte 28)". */
function proofText(name: string): string {
  const { pdu, field, byte } = proofOf(name);
  return `\`${field}\` of ${pdu} (byte ${byte})`;
}
