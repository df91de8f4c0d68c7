// `w` with a name that ends in .pcapng: the packets of what is looked at, with the handshake and login of
// its connections, and a comment on what is the reason.

import type { Analysis } from '../analysis.js';
import { PcapngWriter } from '../capture/pcapng-writer.js';
import type { Case } from '../case/case.js';
import { harmless } from '../lib/harmless.js';
import { percentText, plural } from '../lib/number-text.js';
import { whyNotWritten } from '../lib/why-not-written.js';
import { ProblemLog } from '../problem.js';
import { keepFinding } from '../slice/keep-finding.js';
import { type Kept, keptOf, nothingYet } from '../slice/listed-commands.js';
import type { SliceSelection } from '../slice/selection.js';
import { Slicer } from '../slice/slicer.js';
import { selectTasks } from '../store/sort-keys.js';
import { makeTaskRow } from '../store/task-store.js';
import type { Desk, SavedFile } from './desk.js';
import { filterOf } from './filter.js';
import { type Place, viewOf } from './state.js';

/** What is to be saved. */
export interface Subject {
  /** `3 marked commands`, `S1`. */
  readonly what: string;
  readonly rows?: Uint32Array;
  /** Connections as a whole. */
  readonly connections?: readonly number[];
  /** Places in the report's list of findings. */
  readonly findings?: readonly number[];
  /** A PDU of no command. */
  readonly pdu?: number;
}

/** The marked commands; where none is, what the screen is about; on one that is about all, the selected row. */
export function subjectOf(c: Desk): Subject {
  const { marks } = c.state;
  if (marks.length > 0) {
    return { what: plural(marks.length, 'marked command'), rows: Uint32Array.from(marks) };
  }
  const { at, place } = viewOf(c.state);
  if (place.kind !== 'overview' && place.kind !== 'live' && place.kind !== 'events') {
    return subjectAt(c, place);
  }
  const page = c.page();
  const open = at < page.count ? page.open?.(at) : undefined;
  const filter = at < page.count ? page.filter?.(at) : undefined;
  if (open?.kind === 'commands' && filter !== undefined) return filtered(c, filter);
  return subjectAt(c, open ?? { kind: 'commands' });
}

function subjectAt(c: Desk, place: Place): Subject {
  const { kase, list } = c.sources;
  switch (place.kind) {
    case 'command':
      return { what: 'this command', rows: Uint32Array.of(place.row) };
    case 'compare':
      return { what: 'these commands', rows: Uint32Array.from(place.rows) };
    case 'pdu': {
      const task = kase.pdus.task(place.pdu);
      return task < 0
        ? { what: 'this PDU', pdu: place.pdu }
        : { what: 'the command of this PDU', rows: Uint32Array.of(task) };
    }
    case 'session':
      return sessions(c, [place.session]);
    case 'login':
      return sessions(c, place.sessions);
    case 'tcp':
      return { what: `connection C${place.connection}`, connections: [place.connection] };
    case 'finding':
      return { what: 'what proves this, and what lies between', findings: place.findings };
    default: {
      list.finish();
      const rows = Uint32Array.from({ length: list.count }, (_, i) => list.row(i));
      return { what: plural(rows.length, 'command'), rows };
    }
  }
}

function sessions(c: Desk, ids: readonly number[]): Subject {
  const connections = ids.flatMap((id) => c.sources.kase.look?.session(id)?.connections ?? []);
  return { what: ids.map((id) => `S${id}`).join(', '), connections };
}

function filtered(c: Desk, filter: string): Subject {
  const { kase } = c.sources;
  const rows = selectTasks(kase.tasks, filterOf(kase, filter));
  return { what: plural(rows.length, 'command'), rows };
}

/** Begins to save; why not, '' where it has begun. Goes on beside the keys, and says when it is done. */
export function savePackets(c: Desk, path: string, replace: boolean): string {
  const { kase } = c.sources;
  const facts = kase.facts();
  if (kase.epoch === undefined || facts === undefined) return 'there are no packets yet';
  const { what, ...subject } = subjectOf(c);
  const kept = keptOf(selected(c, subject, facts), facts, new Set(subject.connections));
  if (kept.roads.length === 0 && kept.packets.stretches.length === 0)
    return 'nothing of it is kept';
  const file = c.world.create(path, replace);
  void write(c, kept, file).then((said) =>
    c.dispatch({ kind: 'say', text: said === '' ? '' : `${said} of ${what}: ${path}` }),
  );
  c.dispatch({ kind: 'say', text: `saving ${path} …` });
  return '';
}

function selected(
  c: Desk,
  { rows, connections, findings, pdu }: Omit<Subject, 'what'>,
  facts: Analysis,
): SliceSelection {
  const { kase } = c.sources;
  const { pdus } = kase;
  const selection = nothingYet();
  selection.look = kase.look;
  const task = makeTaskRow();
  for (const row of rows ?? []) {
    if (!kase.tasks.holds(row)) continue;
    kase.tasks.read(row, task);
    selection.keepTask(task, startOf(kase, pdus.firstOf(row), task.commandFrame));
  }
  for (const id of connections ?? []) {
    const session = kase.look?.story(id)?.session ?? -1;
    // A road must be known for anything of it to be kept.
    selection.keep(id, session, 0, 0);
    if (session >= 0) selection.sessions.add(session);
  }
  const all = kase.report?.findings ?? [];
  for (const index of findings ?? []) {
    const finding = all[index];
    if (finding === undefined) continue;
    keepFinding(finding, facts, selection);
    for (const frame of finding.frames) {
      selection.comment(frame, `sanscope: ${harmless(finding.title)}`);
    }
  }
  if (pdu !== undefined) {
    const [connection, frame] = [pdus.connection(pdu), pdus.frame(pdu)];
    const session = kase.look?.story(connection)?.session ?? -1;
    selection.keep(connection, session, startOf(kase, pdu, frame), pdus.frameEnd(pdu));
  }
  for (const { frames, title } of all) {
    for (const frame of frames) selection.mark(frame, `sanscope: ${harmless(title)}`);
  }
  return selection;
}

/** PDUs before one that are looked at. */
const BEFORE = 256;

/** The packet to begin at, so that no PDU of the connection is cut in two there. */
function startOf({ pdus }: Case, pdu: number, frame: number): number {
  if (pdu < 0) return frame;
  const connection = pdus.connection(pdu);
  let start = frame;
  for (let p = pdu - 1; p >= pdus.first && p >= pdu - BEFORE; p--) {
    if (pdus.connection(p) !== connection) continue;
    if (pdus.frame(p) < start && pdus.frameEnd(p) >= start) start = pdus.frame(p);
  }
  return start;
}

/** How many packets were written, or why they were not. */
async function write(
  c: Desk,
  { selection, roads, packets }: Kept,
  file: SavedFile,
): Promise<string> {
  const { kase, details } = c.sources;
  const writer = new PcapngWriter(file.write, 'sanscope');
  const epoch = kase.epoch ?? { seconds: 0, nanoseconds: 0 };
  const slicer = new Slicer(roads, packets, selection, writer, () => epoch, new ProblemLog(0));
  try {
    const whole = await details.everyPacket(kase, slicer, async (done, total) => {
      if (total > 0) c.dispatch({ kind: 'say', text: `saving … ${percentText(done, total)}` });
      await new Promise((resolve) => c.world.soon(() => resolve(undefined)));
      return file.goesOn();
    });
    if (!whole) return '';
    writer.flush();
    file.close();
    return `${plural(slicer.kept, 'packet')} written`;
  } catch (error) {
    file.abandon();
    return `not saved (${whyNotWritten(error)})`;
  }
}
