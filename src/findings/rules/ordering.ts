// Where the order of commands is not what the initiator may think (RFC 3783): commands executed past one
// that was refused, overlapping blocks in flight, attributes that reorder, commands that skip the line.

import { hex64 } from '../../lib/hex.js';
import { countText, plural } from '../../lib/number-text.js';
import { TaskAttribute } from '../../scsi/task.js';
import { TaskManagement } from '../../wire/iscsi/codes.js';
import type { Facts } from '../facts.js';
import type { Found } from '../finding.js';
import { inOrder, type Rule, when } from '../rule.js';
import { doubtOf } from '../support/doubt.js';
import { missesPackets } from '../support/heard.js';
import type { LunWatch } from '../watch/lun-watch.js';
import { luns } from '../watch/luns.js';

export const ordering: Rule = {
  id: 'ordering',
  about:
    'Ordering hazards: a command was refused (BUSY, TASK SET FULL, UNIT ATTENTION, RESERVATION ' +
    'CONFLICT) and later ones, sent by then, were executed; writes of the same blocks, or reads and ' +
    'writes, open at once; ORDERED or HEAD OF QUEUE mixed with SIMPLE; immediate commands; NACA.',
  tells: {
    'order-broken': {
      question: 'Order of commands',
      about: 'A command was refused, and commands behind it that were already sent were executed.',
      reference: 'RFC 3783 4.1.3, 4.1.4 (ACA and UA interlock prevent it)',
      confidence: 'certain',
      proof: ['scsi-command.cmdSN', 'scsi-response.status'],
      disproof: 'An initiator that does not rely on order: SIMPLE commands to disks never do.',
      next:
        'Where order matters (mirroring, tape): use NACA or UA interlock, or wait for each status. ' +
        'Otherwise nothing: the host sends the refused one again.',
    },
    'overlapping-writes': {
      question: 'Order of commands',
      owes: 'initiator',
      about: 'Two writes of the same blocks were outstanding at once.',
      reference: 'SAM (SIMPLE tasks may be executed in any order); RFC 3783 4.1.2',
      confidence: 'certain',
      proof: ['scsi-command.cdb', 'scsi-command.attr'],
      disproof: 'ORDERED attributes, or a target that is known to keep CmdSN’s order.',
      next: 'See the program: which of both stays is chance. Benchmarks do so, file systems should not.',
    },
    'overlapping-reads': {
      question: 'Order of commands',
      owes: 'initiator',
      about: 'A read and a write of the same blocks were outstanding at once.',
      reference: 'SAM (SIMPLE tasks may be executed in any order); RFC 3783 4.1.2',
      confidence: 'certain',
      proof: ['scsi-command.cdb', 'scsi-command.attr'],
      disproof: 'ORDERED attributes, or a target that is known to keep CmdSN’s order.',
      next: 'Old, new or mixed data is right for such a read: see whether its program knows.',
    },
    'attributes-mixed': {
      question: 'Order of commands',
      owes: 'initiator',
      about: 'ORDERED or HEAD OF QUEUE commands among SIMPLE ones.',
      reference: 'SAM (task attributes); RFC 3783 4.1.2, 6 c',
      confidence: 'certain',
      proof: ['scsi-command.attr'],
      disproof: 'Nothing.',
      next:
        'An ORDERED command waits for all before it and holds back all behind it: see what it costs. ' +
        'See that the target honours both attributes.',
    },
    'immediate-commands': {
      question: 'Order of commands',
      owes: 'initiator',
      about: 'SCSI commands marked for immediate delivery overtake those that wait by CmdSN.',
      reference: 'RFC 7143 4.2.2.1 ("may be delivered … in any order"); RFC 3783 3.2 d',
      confidence: 'certain',
      proof: ['scsi-command.immediate'],
      disproof: 'Nothing.',
      next: 'Only task management needs it; see why the initiator sends SCSI commands so.',
    },
    'naca-used': {
      question: 'Order of commands',
      owes: 'initiator',
      about: 'Commands with NACA: an error of them blocks the task set until CLEAR ACA.',
      reference: 'SAM (NACA, auto contingent allegiance); RFC 3783 4.1.3',
      confidence: 'certain',
      proof: ['scsi-command.cdb'],
      disproof: 'A target that does not support it (NormACA 0 in INQUIRY): it fails such commands.',
      next: 'See that the initiator clears an ACA; other hosts wait meanwhile (TST in the control mode page).',
    },
  },
  watches: [luns],
  find(facts) {
    return facts.evidence
      .of(luns)
      .all.flatMap((lun) => [
        ...broken(lun),
        ...overlaps(lun, facts),
        ...mixed(lun),
        ...immediate(lun),
        ...naca(lun, facts),
      ]);
  },
};

function place(lun: LunWatch): { session: number; lun: string } {
  return { session: lun.session, lun: hex64(lun.lunHigh, lun.lunLow) };
}

function broken(lun: LunWatch): Found[] {
  const { passed, passedStrict } = lun;
  if (passed.count === 0) return [];
  const strict = passedStrict > 0;
  return [
    {
      id: 'order-broken',
      severity: strict ? 'warning' : 'note',
      title: `${plural(passed.count, 'command')} executed past one that was refused`,
      text:
        'They were sent before the refusal could be known, and have a later CmdSN. ' +
        (strict
          ? `In ${plural(passedStrict, 'case')} order was asked for (ORDERED, HEAD OF QUEUE, or a tape).`
          : 'All were SIMPLE: their order was not asked for.'),
      count: passed.count,
      frames: inOrder(passed.frames),
      ...place(lun),
      ...when(passed),
      values: { passed: passed.count, orderAskedFor: passedStrict },
    },
  ];
}

function overlaps(lun: LunWatch, facts: Facts): Found[] {
  const { overlaps: o } = lun;
  // A command whose end the capture missed only seems to be outstanding.
  if (doubtOf(lun.session, facts) !== undefined || missesPackets(facts)) return [];
  const found: Found[] = [];
  if (o.writes > 0) {
    found.push({
      id: 'overlapping-writes',
      severity: 'note',
      title: `${plural(o.writes, 'pair')} of writes to the same blocks, both outstanding`,
      text: 'Which of both stays depends on the target’s order, not on the initiator’s.',
      count: o.writes,
      frames: inOrder([o.writeFrame, o.writeFrame2]),
      ...place(lun),
      fromNs: o.writeNs,
    });
  }
  if (o.mixed > 0) {
    found.push({
      id: 'overlapping-reads',
      severity: 'note',
      title: `${plural(o.mixed, 'read and write', 'reads and writes')} of the same blocks, both outstanding`,
      text: 'The read may return what was there before, what is written, or some of both.',
      count: o.mixed,
      frames: inOrder([o.mixedFrame, o.mixedFrame2]),
      ...place(lun),
      fromNs: o.mixedNs,
    });
  }
  return found;
}

function mixed(lun: LunWatch): Found[] {
  const { attributes, attributeFrames } = lun;
  const strict = attributes[TaskAttribute.ordered] + attributes[TaskAttribute.headOfQueue];
  const free = attributes[TaskAttribute.simple] + attributes[TaskAttribute.untagged];
  if (strict === 0 || free === 0) return [];
  const parts = [
    `${countText(attributes[TaskAttribute.ordered])} ORDERED`,
    `${countText(attributes[TaskAttribute.headOfQueue])} HEAD OF QUEUE`,
    `${countText(free)} SIMPLE or untagged`,
  ];
  return [
    {
      id: 'attributes-mixed',
      severity: 'note',
      title: 'ORDERED or HEAD OF QUEUE commands among SIMPLE ones',
      text: `${parts.join(', ')}. HEAD OF QUEUE overtakes all that wait; ORDERED lets nothing pass.`,
      count: strict,
      frames: inOrder([
        attributeFrames[TaskAttribute.ordered],
        attributeFrames[TaskAttribute.headOfQueue],
        attributeFrames[TaskAttribute.simple],
      ]),
      ...place(lun),
      values: {
        ordered: attributes[TaskAttribute.ordered],
        headOfQueue: attributes[TaskAttribute.headOfQueue],
        simple: free,
      },
    },
  ];
}

function immediate(lun: LunWatch): Found[] {
  if (lun.immediates === 0) return [];
  return [
    {
      id: 'immediate-commands',
      severity: 'note',
      title: `${plural(lun.immediates, 'SCSI command')} marked for immediate delivery`,
      text: 'They are executed before earlier ones that the target still waits for in CmdSN’s order.',
      count: lun.immediates,
      frames: inOrder([lun.immediateFrame]),
      ...place(lun),
    },
  ];
}

function naca(lun: LunWatch, facts: Facts): Found[] {
  if (lun.naca === 0) return [];
  const events = facts.sessions[lun.session]?.events ?? [];
  const cleared = events.filter(
    ({ kind, fields }) => kind === 'task management' && fields.function === TaskManagement.clearAca,
  ).length;
  return [
    {
      id: 'naca-used',
      severity: 'note',
      title: `${plural(lun.naca, 'command')} with NACA`,
      text:
        'An error of one of them blocks all other tasks until the initiator sends CLEAR ACA; ' +
        (cleared === 0 ? 'none was sent.' : `${plural(cleared, 'CLEAR ACA')} sent.`),
      count: lun.naca,
      frames: inOrder([lun.nacaFrame]),
      ...place(lun),
    },
  ];
}
