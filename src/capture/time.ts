// Time of packets: seconds and nanoseconds since 1970, apart, since together they pass 2^53.

export interface Epoch {
  /** Whole seconds since 1970-01-01 00:00:00 UTC. */
  seconds: number;
  /** 0 to 999,999,999. */
  nanoseconds: number;
}

const NS = 1_000_000_000;
/** What a Date can say: 100,000,000 days either side of 1970. */
const SECONDS_MAX = 8_640_000_000_000;

/** ISO 8601 in UTC with 9 decimals of the instant `timeNs` after `epoch`. */
export function isoTime(epoch: Epoch, timeNs: number): string {
  // The sum of nanoseconds may pass 2^53 for a capture of 104 days: split before adding.
  const whole = Math.floor(timeNs / NS);
  let seconds = epoch.seconds + whole;
  let rest = epoch.nanoseconds + (timeNs - whole * NS);
  if (rest >= NS) {
    rest -= NS;
    seconds += 1;
  }
  const limited = Math.max(-SECONDS_MAX, Math.min(SECONDS_MAX, seconds));
  const text = new Date(limited * 1000).toISOString();
  return `${text.slice(0, -5)}.${String(Math.floor(rest)).padStart(9, '0')}Z`;
}

/** A double, not a small integer: so products with it are computed as doubles from the first packet on. */
export const SECOND_NS = Float64Array.of(1e9);
