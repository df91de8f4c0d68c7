// Reads one capture and tells as JSON what it found: node --import tsx read-program.ts PATH STOP_AFTER

import { CaptureError } from '../../src/capture/capture-error.js';
import { problemCounts, readCapture } from './capture.js';

const [path, stopAfter] = process.argv.slice(2);
try {
  const { packets, facts, problems } = await readCapture([path], Number(stopAfter));
  const [{ end, format, piped, size }] = facts.files;
  const rows = packets.map((p) => {
    const bytes = Buffer.from(p.bytes).toString('base64');
    return `${p.frame} ${p.time} ${p.originalLength} ${p.linkType} ${bytes}`;
  });
  const texts = problems.kept.map((problem) => problem.text);
  const told = {
    packets: rows,
    end,
    format,
    piped,
    size,
    problems: problemCounts(problems),
    texts,
  };
  process.stdout.write(JSON.stringify(told));
} catch (error) {
  if (!(error instanceof CaptureError)) throw error;
  process.stdout.write(JSON.stringify({ error: error.message, exitCode: error.exitCode }));
}
