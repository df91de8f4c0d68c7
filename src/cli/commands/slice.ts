// sanscope slice: the packets of what matters, as a capture of their own.

import type { Analysis } from '../../analysis.js';
import { openCapture } from '../../capture/capture.js';
import { PcapngWriter } from '../../capture/pcapng-writer.js';
import { taskFilter } from '../../filter/task-filter.js';
import { EXIT, UsageError } from '../../lib/exit.js';
import { harmless } from '../../lib/harmless.js';
import { countText, plural } from '../../lib/number-text.js';
import { PROBLEMS_KEPT_PER_KIND, TOP_DEFAULT } from '../../limits.js';
import { ProblemLog } from '../../problem.js';
import { Collector } from '../../report/collect.js';
import type { Report } from '../../report/report.js';
import { SliceSelection, type SliceWish } from '../../slice/selection.js';
import { Slicer } from '../../slice/slicer.js';
import { bothTasks } from '../../store/keeper.js';
import { timeOf } from '../list-options.js';
import { openOutput } from '../output.js';
import {
  type CommandContext,
  filterOf,
  flag,
  number,
  range,
  runRoad,
  text,
  unreadFiles,
} from '../run.js';

export async function slice(context: CommandContext): Promise<number> {
  if (context.files.includes('-')) {
    throw new UsageError('slice reads its captures twice: standard input cannot be one');
  }
  const wish = wished(context);
  const selection = new SliceSelection(wish);
  const collector = new Collector(TOP_DEFAULT);
  const sinks = collector.sinks();
  const analysis = await runRoad(context, {
    ...sinks,
    look: (look) => {
      sinks.look?.(look);
      selection.look = look;
    },
    taskSink: sinks.taskSink === undefined ? selection : bothTasks(sinks.taskSink, selection),
  });
  const report = collector.report(analysis);
  findings(context, report, analysis, selection);
  whole(wish, analysis, selection);
  const slices = selection.slices();
  if (slices.length === 0) {
    context.say('sanscope: nothing of these captures is what was asked for: no file was written\n');
    return EXIT.unreadable;
  }
  const output = openOutput(text(context, 'output'), context.files);
  const writer = new PcapngWriter(output.octets, 'sanscope slice');
  const problems = new ProblemLog(PROBLEMS_KEPT_PER_KIND);
  const capture = await openCapture(context.files, { problems });
  const slicer = new Slicer(
    slices,
    selection.comments,
    selection.marks,
    writer,
    () => capture.epoch,
    problems,
  );
  await capture.run(slicer);
  writer.flush();
  output.close();
  if (!flag(context, 'quiet')) {
    context.say(
      `sanscope: ${plural(slicer.kept, 'packet')} of ${countText(analysis.capture.packets)} kept: ${plural(selection.commands, 'command')} on ${plural(slices.length, 'connection')}, ${plural(slicer.commented, 'packet')} with comments\n`,
    );
    if (selection.joined > 0) {
      context.say(
        'sanscope: there were too many stretches: neighbours were joined, so more is kept\n',
      );
    }
  }
  return unreadFiles(context, analysis);
}

function wished(context: CommandContext): SliceWish {
  const filter = text(context, 'filter') === '' ? undefined : filterOf(context, taskFilter);
  const frames = range(context, 'frame');
  const wish: SliceWish = {
    ...(filter !== undefined && { filter }),
    session: number(context, 'session'),
    connection: number(context, 'connection'),
    fromNs: timeOf(context, 'from') ?? 0,
    toNs: timeOf(context, 'to') ?? Number.MAX_SAFE_INTEGER,
    ...(frames !== undefined && { frames }),
  };
  if (wish.fromNs > wish.toNs) throw new UsageError('--from lies after --to');
  const all =
    filter === undefined &&
    wish.session === undefined &&
    wish.connection === undefined &&
    frames === undefined &&
    wish.fromNs === 0 &&
    wish.toNs === Number.MAX_SAFE_INTEGER &&
    text(context, 'finding') === '';
  if (all) {
    throw new UsageError(
      'slice needs to know what to keep: -Y, --session, --connection, --frame, --from, --to or --finding',
    );
  }
  return wish;
}

/** Findings get comments; those asked for by --finding are kept with what is around them. */
function findings(
  context: CommandContext,
  report: Report,
  analysis: Analysis,
  selection: SliceSelection,
): void {
  const wanted = text(context, 'finding');
  let found = 0;
  for (const finding of report.findings) {
    const chosen = finding.id === wanted;
    if (!chosen && wanted !== '') continue;
    if (chosen) {
      found++;
      const frames = finding.frames.filter((frame) => frame > 0);
      for (const story of analysis.stories) {
        if (frames.length === 0) break;
        if (finding.session !== undefined && story.session !== finding.session) continue;
        if (finding.connection !== undefined && story.connection.id !== finding.connection)
          continue;
        selection.keepWhole(story.connection, Math.min(...frames), Math.max(...frames));
      }
    }
    for (const frame of finding.frames) {
      if (chosen) selection.comment(frame, `sanscope: ${harmless(finding.title)}`);
      else selection.mark(frame, `sanscope: ${harmless(finding.title)}`);
    }
  }
  if (wanted !== '' && found === 0) {
    const ids = [...new Set(report.findings.map(({ id }) => id))].join(', ');
    throw new UsageError(
      `no finding of these captures is called ${harmless(wanted)}: there are ${ids || 'none'}`,
    );
  }
}

/** Where no command need be chosen, connections are kept as a whole: logins that failed, discovery. */
function whole(wish: SliceWish, analysis: Analysis, selection: SliceSelection): void {
  const { filter, session, connection, frames, fromNs, toNs } = wish;
  if (filter !== undefined || frames !== undefined) return;
  if (fromNs > 0 || toNs < Number.MAX_SAFE_INTEGER) return;
  if (session === undefined && connection === undefined) return;
  for (const story of analysis.stories) {
    if (session !== undefined && story.session !== session) continue;
    if (connection !== undefined && story.connection.id !== connection) continue;
    const { openedFrame, lastFrame } = story.connection;
    selection.keepWhole(story.connection, openedFrame, lastFrame);
  }
}
