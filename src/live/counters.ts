// What capturing programs say on stderr at their end: how many packets they received and how many
// the kernel dropped.

export interface CaptureCounters {
  received: number;
  dropped: number;
}

/** undefined where nothing of the kind was said. */
export function countersOf(said: string): CaptureCounters | undefined {
  return dumpcapCounters(said) ?? tcpdumpCounters(said);
}

/**
 * `Packets received/dropped on interface 'eth0': 12/3 (pcap:3/dumpcap:0/flushed:0/ps_ifdrop:0)`, a
 * line an interface. What dumpcap itself dropped is in its second number.
 */
function dumpcapCounters(said: string): CaptureCounters | undefined {
  const counters = { received: 0, dropped: 0 };
  let any = false;
  for (const match of said.matchAll(/received\/dropped on interface .*?: (\d+)\/(\d+) /g)) {
    any = true;
    counters.received += Number(match[1]);
    counters.dropped += Number(match[2]);
  }
  return any ? counters : undefined;
}

/**
 * `12 packets received by filter`, `3 packets dropped by kernel`, `1 packet dropped by interface`. On
 * SIGUSR1 tcpdump says so while it goes on: the last words hold.
 */
function tcpdumpCounters(said: string): CaptureCounters | undefined {
  const at = Math.max(
    said.lastIndexOf(' packets received by'),
    said.lastIndexOf(' packet received by'),
  );
  if (at < 0) return undefined;
  const last = said.slice(said.lastIndexOf('\n', said.lastIndexOf('captured', at)) + 1);
  const received = Number(/(\d+) packets? received by filter/.exec(last)?.[1] ?? 0);
  let dropped = 0;
  for (const match of last.matchAll(/(\d+) packets? dropped by (?:kernel|interface)/g)) {
    dropped += Number(match[1]);
  }
  return { received, dropped };
}
