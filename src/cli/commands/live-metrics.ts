// sanscope live --metrics, --otlp: what was asked for, checked; the server and the sender, begun and ended.

import { isIP } from 'node:net';
import { OutputError, UsageError } from '../../lib/exit.js';
import { harmless } from '../../lib/harmless.js';
import type { LiveMetrics } from '../../live/metrics/live-metrics.js';
import { type CommandContext, text } from '../run.js';

const OTLP_EVERY_MS = 10_000;
/** The last export may take so long: the report is there already. */
const OTLP_CLOSE_MS = 3_000;
const NS_PER_MS = 1_000_000n;

export interface RunningMetrics {
  /** undefined where nobody wants any. */
  readonly metrics: LiveMetrics | undefined;
  /** Takes what there is to say while it runs; stderr until somebody else does (screens). */
  say: (what: string) => void;
  close(): Promise<void>;
}

/** Throws a UsageError for a wrong address, an OutputError where it cannot be served there. */
export async function liveMetrics(context: CommandContext): Promise<RunningMetrics> {
  const serve = text(context, 'metrics');
  const send = text(context, 'otlp');
  const say = (what: string) => context.say(`sanscope: ${what}\n`);
  if (serve === '' && send === '') return { metrics: undefined, say, close: async () => {} };
  const at = serve === '' ? undefined : hostAndPort(serve);
  const url = send === '' ? undefined : otlpUrl(send);
  const { LiveMetrics } = await import('../../live/metrics/live-metrics.js');
  const metrics = new LiveMetrics(context.version);
  const closing: (() => Promise<void> | void)[] = [];
  if (at !== undefined) {
    const { serveMetrics } = await import('../../live/metrics/metrics-server.js');
    const server = await serveMetrics(metrics, at.host, at.port).catch((error: unknown) => {
      throw new OutputError(`metrics cannot be served on ${harmless(serve)}: ${why(error)}`);
    });
    if (context.options['quiet'] !== true || at.port === 0) say(`metrics at ${server.url}`);
    closing.push(() => server.close());
  }
  const running: RunningMetrics = {
    metrics,
    say,
    close: async () => {
      for (const close of closing) await close();
    },
  };
  if (url !== undefined) closing.push(await sending(context, running, metrics, url));
  return running;
}

/** Sends now and then; what is returned sends for the last time. */
async function sending(
  context: CommandContext,
  running: RunningMetrics,
  metrics: LiveMetrics,
  url: string,
): Promise<() => Promise<void>> {
  const { otlpRequest } = await import('../../live/metrics/otlp.js');
  const { OtlpSender } = await import('../../live/metrics/otlp-sender.js');
  const headers = headersOf(context.env['OTEL_EXPORTER_OTLP_HEADERS'] ?? '');
  const sender = new OtlpSender(url, headers, (what) => running.say(what));
  const now = () => BigInt(Date.now()) * NS_PER_MS;
  const startNs = now();
  const send = () =>
    sender.send(JSON.stringify(otlpRequest(metrics.families(), context.version, startNs, now())));
  const timer = setInterval(send, OTLP_EVERY_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    send();
    await sender.close(OTLP_CLOSE_MS);
  };
}

/** `9464`, `0.0.0.0:9464`, `[::]:9464`, `host:9464`. */
function hostAndPort(of: string): { readonly host: string; readonly port: number } {
  const match = /^(?:(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9.-]{1,253}):)?(\d{1,5})$/.exec(of);
  const port = Number(match?.[2]);
  const host = match?.[1]?.replace(/^\[|\]$/g, '') ?? '127.0.0.1';
  const bracketed = match?.[1]?.startsWith('[') === true;
  if (match === null || port > 65_535 || bracketed !== (isIP(host) === 6)) {
    throw new UsageError(
      `--metrics takes a port, or an address and a port: 9464, 10.0.0.1:9464, [::1]:9464; not ${harmless(of)}`,
    );
  }
  return { host, port };
}

/** A collector's address stands for its path of metrics (OTLP/HTTP: /v1/metrics). */
function otlpUrl(of: string): string {
  const wrong = () =>
    new UsageError(
      `--otlp takes the URL of a collector: http://localhost:4318; not ${harmless(of)}`,
    );
  let url: URL;
  try {
    url = new URL(of);
  } catch {
    throw wrong();
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw wrong();
  if (url.username !== '' || url.password !== '') {
    throw new UsageError(
      '--otlp takes no password: others see command lines; OTEL_EXPORTER_OTLP_HEADERS has the headers',
    );
  }
  if (url.pathname === '/' || url.pathname === '') url.pathname = '/v1/metrics';
  return url.href;
}

/** `key=value,key2=value2`, percent-encoded as in W3C Baggage (OpenTelemetry, exporter configuration). */
function headersOf(of: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const part of of.split(',')) {
    const at = part.indexOf('=');
    const name = part.slice(0, at).trim();
    if (at < 1) {
      if (part.trim() !== '') throw wrongHeaders();
      continue;
    }
    try {
      headers[name] = decodeURIComponent(part.slice(at + 1).trim());
    } catch {
      throw wrongHeaders();
    }
  }
  try {
    new Headers(headers);
  } catch {
    throw wrongHeaders();
  }
  return headers;
}

/** Without the headers: they are secrets. */
function wrongHeaders(): UsageError {
  return new UsageError('OTEL_EXPORTER_OTLP_HEADERS takes name=value,name=value');
}

function why(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return WORDS[code ?? ''] ?? message;
}

const WORDS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there',
  EACCES: 'you lack the permission (ports below 1024 are for root)',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no such host',
};
