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

/** What people ask, and the findings that answer. */
export const QUESTIONS: readonly (readonly [question: string, ids: readonly string[]])[] = [
  [
    'Was the command window closed, or used up?',
    ['command-window-closed', 'command-window-used-up'],
  ],
  ['A command beyond the window', ['command-ignored', 'cmdsn-outside-window']],
  [
    'A hole in CmdSN, ExpCmdSN that stands still',
    ['cmdsn-hole', 'cmdsn-hole-stuck', 'expcmdsn-stuck'],
  ],
  [
    'StatSN and its acknowledgement',
    ['statsn-gap', 'statsn-repeated', 'statsn-never-sent', 'expstatsn-lag'],
  ],
  [
    'DataSN, R2TSN, ExpDataSN',
    ['datasn-gap', 'r2tsn-gap', 'expdatasn-mismatch', 'expdatasn-unset'],
  ],
  ['Offsets of data', ['offset-hole', 'data-out-order', 'r2t-order', 'data-beyond-command']],
  ['Writes that wait for an R2T', ['r2t-starved', 'r2t-never-came']],
  ['Large writes over a long line', ['r2t-serialised']],
  ['A host that answers R2Ts late', ['host-slow']],
  [
    'R2Ts and bursts against what was agreed',
    [
      'max-burst-exceeded',
      'r2ts-too-many',
      'r2t-not-met',
      'r2t-exceeded',
      'r2ts-out-of-turn',
      'data-in-burst-too-long',
    ],
  ],
  ['Unsolicited data', ['first-burst-exceeded', 'unsolicited-not-allowed']],
  ['Segments longer than their receiver takes', ['segment-too-long']],
  ['Delayed ACK', ['delayed-ack', 'delayed-ack-recovery']],
  ['What retransmissions cost', ['tcp-delay']],
  ['Receive windows', ['zero-window', 'full-window']],
  ['Digests', ['digest-bad', 'digest-discovery-only', 'snack']],
  ['Pings of the initiator: busy or dead?', ['ping-timeout', 'ping-slow']],
  ['Pings of the target', ['target-ping-unanswered', 'ping-echo-wrong']],
  [
    'Aborts and resets',
    ['task-management', 'task-management-unanswered', 'abort-storm', 'commands-aborted'],
  ],
  ['One command without an answer', ['command-stuck', 'command-not-accepted', 'commands-open']],
  ['Reservations', ['reservation-conflict']],
  [
    'TASK SET FULL, BUSY and others',
    [
      'task-set-full',
      'status-busy',
      'aca-active',
      'task-aborted',
      'target-failure',
      'other-status',
    ],
  ],
  ['Unit attentions', ['unit-attention']],
  ['Asymmetric access', ['path-access', 'path-flapping']],
  ['Gone for good, or silent', ['device-lost', 'target-removed', 'all-paths-down']],
  ['Logins that fail', ['login-failed', 'login-unanswered', 'login-answer-not-captured']],
  ['Redirects', ['login-redirected', 'redirect-not-followed', 'redirect-loop']],
  ['Keys without agreement', ['negotiation-deadlock']],
  [
    'Sessions that throw each other out',
    ['reinstatement', 'reinstatement-loop', 'initiator-name-twice'],
  ],
  ['Who closed, and why', ['connection-lost', 'commands-lost', 'async-message']],
  ['Lengths and directions', ['residual-mismatch', 'length-mismatch', 'direction-mismatch']],
  ['Rejects', ['reject', 'commands-rejected']],
  ['Misaligned and tiny I/O', ['misaligned-io', 'tiny-sequential-io']],
  [
    'Lengths and places against VPD B0h',
    ['block-limit-exceeded', 'optimal-length-exceeded', 'granularity-missed'],
  ],
  ['UNMAP and WRITE SAME', ['discard-storm']],
  ['ATS', ['ats-miscompare']],
  ['LUNs that are not there, lists that change', ['lun-missing', 'luns-changed']],
  ['Slow logins', ['login-slow']],
  [
    'Order of commands',
    [
      'order-broken',
      'overlapping-writes',
      'overlapping-reads',
      'attributes-mixed',
      'immediate-commands',
      'naca-used',
    ],
  ],
  [
    'Can the capture be trusted?',
    [
      'capture-loss',
      'status-not-captured',
      'capture-copies',
      'clocks-differ',
      'captured-twice',
      'clock-backwards',
      'capture-dropped',
    ],
  ],
  ['MTU', ['mtu-black-hole', 'fragmentation-needed']],
  ['Login storms', ['login-storm']],
  ['Offload', ['offload-frames']],
  ['Paths that differ', ['path-skew']],
  ['Sense data of other kinds', ['check-condition']],
];

function questions(): string {
  const rows = QUESTIONS.map(
    ([question, ids]) => `| ${question} | ${ids.map((id) => `\`${id}\``).join(', ')} |`,
  );
  return ['| question | findings |', '|---|---|', ...rows].join('\n');
}

/** "`expCmdSN` of scsi-response (byte 28)". */
function proofText(name: string): string {
  const { pdu, field, byte } = proofOf(name);
  return `\`${field}\` of ${pdu} (byte ${byte})`;
}
