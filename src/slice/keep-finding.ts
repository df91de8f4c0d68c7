// What proves a finding, and what lies between.

import type { Analysis } from '../analysis.js';
import type { Finding } from '../findings/finding.js';
import type { SliceSelection } from './selection.js';

/** All between its first and its last packet, on the connections it is about. */
export function keepFinding(finding: Finding, analysis: Analysis, selection: SliceSelection): void {
  const frames = finding.frames.filter((frame) => frame > 0);
  if (frames.length === 0) return;
  const from = frames.reduce((least, frame) => Math.min(least, frame));
  const to = frames.reduce((most, frame) => Math.max(most, frame));
  const { session = -1, connection } = finding;
  const of = analysis.sessions[session]?.connections;
  if (connection !== undefined) selection.keep(connection, session, from, to);
  else if (of !== undefined && of.length > 0) {
    for (const one of of) selection.keep(one, session, from, to);
  } else if (session >= 0) selection.keep(-1, session, from, to);
  else for (const { connection: c } of analysis.stories) selection.keep(c.id, -1, from, to);
  if (session >= 0) selection.sessions.add(session);
}
