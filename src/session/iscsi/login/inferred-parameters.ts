// What PDUs prove of parameters that no captured login told: a command with data proves
// ImmediateData=Yes, an R2T for 64 KiB that MaxBurstLength is at least that. Noted where nothing was
// agreed on that is known; made parameters at the end, marked as inferred.

import type { Parameter } from '../../model.js';
import type { Most, Observed } from './observed.js';

type Proof = readonly [key: string, most: Most, result: string | undefined, because: string];

/** What holds for the session; `commands`: SCSI commands were seen. */
export function inferredOfSession(o: Observed, commands: boolean): Parameter[] {
  const burst = Math.max(o.burst.value, o.firstBurst.value);
  const burstOf = o.burst.value >= o.firstBurst.value ? o.burst : o.firstBurst;
  const proofs: Proof[] = [
    ['InitialR2T', o.unsolicited, 'No', 'Data-Out without an R2T'],
    ['ImmediateData', o.immediate, 'Yes', 'a command that brings data'],
    ['FirstBurstLength', o.firstBurst, undefined, 'bytes without an R2T in one task'],
    [
      'MaxBurstLength',
      burstOf,
      undefined,
      burstOf === o.burst ? 'an R2T for so much' : 'so much without an R2T in one task',
    ],
    ['MaxOutstandingR2T', o.outstandingR2ts, undefined, 'so many R2Ts waited for data at once'],
    ['ErrorRecoveryLevel', o.errorRecoveryLevel, undefined, LEVELS[o.errorRecoveryLevel.value]],
  ];
  const proven = proofs.flatMap(([key, most, result, because]) => {
    // The least that the key can be says nothing.
    if (most.frame === 0 || most.value <= (LEAST[key] ?? 0)) return [];
    const value = key === 'MaxBurstLength' ? burst : most.value;
    return [inferred(key, result ?? String(value), result === undefined, because, most.frame)];
  });
  if (!commands) return proven;
  return [inferred('SessionType', 'Normal', false, 'SCSI commands', 0), ...proven];
}

const LEAST: Readonly<Record<string, number>> = { MaxOutstandingR2T: 1 };

const LEVELS: readonly string[] = ['', 'SNACK', 'recovery of a connection'];

/** What each side declared for itself: it took a segment of so many bytes. */
export function inferredOfConnection(o: Observed): Parameter[] {
  const { toInitiator, toTarget } = o;
  const frame = toInitiator.frame || toTarget.frame;
  if (frame === 0) return [];
  const said = (most: Most): string | undefined =>
    most.frame === 0 ? undefined : String(most.value);
  return [
    {
      ...inferred('MaxRecvDataSegmentLength', undefined, true, 'the longest data segments', frame),
      initiatorInForce: said(toInitiator),
      targetInForce: said(toTarget),
    },
  ];
}

/** CRCs that matched, or headers that followed each other without them. */
export function inferredDigests(header?: boolean, data?: boolean): Parameter[] {
  const one = (key: string, on: boolean | undefined): Parameter[] => {
    if (on === undefined) return []; // no byte has decided it
    const because = on ? 'CRCs that match' : 'no CRC lies there';
    return [inferred(key, on ? 'CRC32C' : 'None', false, because, 0)];
  };
  return [...one('HeaderDigest', header), ...one('DataDigest', data)];
}

function inferred(
  key: string,
  result: string | undefined,
  bound: boolean,
  because: string,
  frame: number,
): Parameter {
  const p: Parameter = { key, source: 'inferred', because };
  if (result !== undefined) p.result = result;
  if (bound) p.bound = 'at least';
  if (frame > 0) p.inferredFrame = frame;
  return p;
}

/** Those of `more` whose key is not known yet come behind what is. */
export function withInferred(known: readonly Parameter[], more: readonly Parameter[]): Parameter[] {
  const told = (key: string): boolean =>
    known.some(
      (p) =>
        p.key === key &&
        (p.result ?? p.initiatorInForce ?? p.targetInForce) !== undefined &&
        p.source !== 'inferred',
    );
  const own = more.filter((p) => !told(p.key));
  const keys = new Set(own.map((p) => p.key));
  return [...known.filter((p) => !keys.has(p.key)), ...own];
}
