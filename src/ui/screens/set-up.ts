// How a session came to be, before its commands: MPA and Hello, or the logins of Fibre Channel. Each step leads
// to its message.

import type { Case } from '../../case/case.js';
import { durationText } from '../../lib/number-text.js';
import { fabricLogins, type SetUpStep } from '../../report/ladder/fabric-login.js';
import { rdmaSetUp } from '../../report/ladder/rdma-set-up.js';
import type { SessionReport } from '../../report/report.js';
import { laneHead, rungLine } from '../../view/ladder/lane.js';
import { setUpRungs } from '../../view/login/set-up-view.js';
import { blockLines } from '../blocks.js';
import { type Lines, placeOfFrame } from './lines.js';

export function setUpLines(kase: Case, session: SessionReport, lines: Lines): void {
  const facts = kase.facts();
  if (facts === undefined) return;
  const fabric = fabricLogins(facts.fc).find((login) => login.session === session.session);
  if (fabric !== undefined) {
    const took = durationText(Math.max(0, fabric.endedNs - fabric.startedNs));
    lines.heading(`Login by ${fabric.carrier}`, `${fabric.outcome}, ${took}`);
    stepLines(kase, fabric.steps, lines);
  }
  for (const { connection, facts: rdma } of facts.rdma) {
    if (!session.connections.some((c) => c.connection === connection.id)) continue;
    const story = facts.stories.find((one) => one.connection.id === connection.id);
    const steps = rdmaSetUp(rdma, story?.initiatorDirection ?? 0);
    if (steps.length === 0) continue;
    lines.heading(`Before the login of C${connection.id}`, `iSER over ${rdma.transport}`);
    stepLines(kase, steps, lines);
  }
}

function stepLines(kase: Case, steps: readonly SetUpStep[], lines: Lines): void {
  if (steps.length === 0) return;
  const startNs = steps[0].timeNs;
  for (const line of blockLines([laneHead(lines.width)], lines.width)) lines.add(line);
  for (const rung of setUpRungs(steps, startNs)) {
    const [line] = blockLines([rungLine(rung, lines.width)], lines.width);
    const open = rung.frame > 0 ? () => placeOfFrame(kase, rung.frame) : undefined;
    lines.add(line, { ...(open && { open }), timeNs: startNs + rung.sinceNs });
  }
}
