// A check as workflow commands of GitHub Actions: an annotation a finding, and a limit that does not hold.

import type { CheckReport } from '../check/check-report.js';
import type { Severity } from '../findings/finding.js';
import { harmless } from '../lib/harmless.js';
import { limitValue } from '../view/check-view.js';

const COMMANDS: Readonly<Record<Severity, string>> = {
  critical: 'error',
  warning: 'warning',
  note: 'notice',
};

export function githubLines({ suites }: CheckReport): string {
  const lines = suites.flatMap(({ files, findings, limits }) => {
    const [file = ''] = files;
    return [
      ...findings.map(({ severity, fails, title, text, next, frames }) => {
        const where = frames.length === 0 ? '' : ` Packets ${frames.join(', ')}.`;
        const command = fails ? 'error' : COMMANDS[severity];
        return annotation(command, file, title, `${text}${where}\nNext: ${next}`);
      }),
      ...limits
        .filter(({ holds }) => !holds)
        .map((limit) =>
          annotation(
            'error',
            file,
            limit.limit,
            `${limit.metric} is ${limitValue(limit)}, of ${limit.commandCount} commands`,
          ),
        ),
    ];
  });
  return lines.map((one) => `${one}\n`).join('');
}

function annotation(command: string, file: string, title: string, message: string): string {
  return `::${command} file=${property(file)},title=${property(title)}::${data(message)}`;
}

/** As the runner takes them apart: a line is a command, `%` begins an escape. */
function data(text: string): string {
  const lines = text.split('\n').map(harmless);
  return lines.map((line) => line.replaceAll('%', '%25')).join('%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
