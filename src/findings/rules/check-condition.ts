// Commands that ended with CHECK CONDITION, by what their sense data says (SPC-4 4.5).

import { Outcome } from '../../session/task.js';
import { ascText } from '../../wire/scsi/asc.js';
import { operationName } from '../../wire/scsi/operations.js';
import { senseKeyName } from '../../wire/scsi/sense.js';
import type { Finding, Severity } from '../finding.js';
import type { TaskGroup } from '../groups.js';
import { type Gathered, gather, type Rule } from '../rule.js';

interface SenseGroup extends Gathered {
  readonly group: TaskGroup;
  readonly operations: Set<number>;
}

/** How bad a sense key is; what is not named is a warning. */
const SEVERITY: Readonly<Record<number, Severity>> = {
  [-1]: 'note',
  0: 'note',
  1: 'note',
  3: 'critical',
  4: 'critical',
  5: 'note',
  6: 'note',
  8: 'note',
};

export const checkCondition: Rule = {
  id: 'check-condition',
  about:
    'Commands that ended with status CHECK CONDITION, one finding a session and sense code. Medium ' +
    'and hardware errors are critical; illegal requests and unit attentions are often normal.',
  find(facts) {
    const all = new Map<string, SenseGroup>();
    for (const group of facts.evidence.groups.values()) {
      if (group.outcome !== Outcome.checkCondition) continue;
      const key = `${group.session}/${group.senseKey}/${group.asc}/${group.ascq}`;
      const make = () => ({ count: 0, frames: [], group, operations: new Set<number>() });
      const found = gather(all, key, make, group.count, group.frames);
      for (const operation of group.operations) found?.operations.add(operation);
    }
    return [...all.values()].map(toFinding);
  },
};

function toFinding({ group, operations, count, frames }: SenseGroup): Finding {
  const names = [...operations].filter((o) => o >= 0).map(operationName);
  const shown = names.slice(0, 6).join(', ') + (names.length > 6 ? ', …' : '');
  return {
    id: checkCondition.id,
    severity: SEVERITY[group.senseKey] ?? 'warning',
    title: `CHECK CONDITION: ${senseText(group)}`,
    text: `Commands that ended so: ${shown || 'not captured'}.`,
    count,
    frames: frames.sort((a, b) => a - b),
    session: group.session,
  };
}

/** "ILLEGAL REQUEST, INVALID FIELD IN CDB", or that there was none to read. */
function senseText({ senseKey, asc, ascq }: TaskGroup): string {
  if (senseKey < 0) return 'sense data not captured';
  return asc < 0 ? senseKeyName(senseKey) : `${senseKeyName(senseKey)}, ${ascText(asc, ascq)}`;
}
