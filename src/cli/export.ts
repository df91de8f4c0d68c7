// sanscope export: the timeline of all sessions and their commands.

import { TimelineWriter } from '../export/timeline.js';
import { TOP_DEFAULT } from '../limits.js';
import { Collector } from '../report/collect.js';
import type { Task, TaskSink } from '../session/task.js';
import { openOutput } from './output.js';
import { type CommandContext, runRoad, tellTroubles, text, unreadFiles } from './run.js';

export async function exportTimeline(context: CommandContext): Promise<number> {
  const output = openOutput(text(context, 'output'), context.files);
  const collector = new Collector(TOP_DEFAULT);
  const timeline = new TimelineWriter();
  try {
    const analysis = await runRoad(context, {
      taskSink: bothOf(collector, timeline),
      pduSink: collector.evidence,
      started: (epoch) => {
        timeline.epoch = epoch;
      },
    });
    timeline.finish(collector.report(analysis), output.write);
    output.close();
    tellTroubles(context, analysis);
    return unreadFiles(context, analysis);
  } finally {
    timeline.abandon();
  }
}

function bothOf(first: TaskSink, second: TaskSink): TaskSink {
  return {
    taskStarted(task: Task): void {
      first.taskStarted(task);
      second.taskStarted(task);
    },
    taskEnded(task: Task): void {
      first.taskEnded(task);
      second.taskEnded(task);
    },
  };
}
