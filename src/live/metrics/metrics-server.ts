// GET /metrics over HTTP, for Prometheus. It tells what it counts and takes nothing.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { METRIC_CLIENTS_MAX } from '../../limits.js';
import type { LiveMetrics } from './live-metrics.js';
import { metricsText, OPENMETRICS_TYPE, PROMETHEUS_TYPE } from './prometheus-text.js';

const REQUEST_MS = 10_000;
const HEADERS_MS = 5_000;

export interface MetricsServer {
  /** `http://127.0.0.1:9464/metrics`. */
  readonly url: string;
  close(): void;
}

/** Rejects with what the system says where it cannot listen there. */
export function serveMetrics(
  metrics: LiveMetrics,
  host: string,
  port: number,
): Promise<MetricsServer> {
  const server = createServer(
    { requestTimeout: REQUEST_MS, headersTimeout: HEADERS_MS },
    (request, response) => answer(metrics, request, response),
  );
  server.maxConnections = METRIC_CLIENTS_MAX;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      server.on('error', () => {});
      // A run that is over does not wait for those who would ask again.
      server.unref();
      resolve({ url: urlOf(server), close: () => closed(server) });
    });
  });
}

function answer(metrics: LiveMetrics, request: IncomingMessage, response: ServerResponse): void {
  const { method, url = '/' } = request;
  const reads = method === 'GET' || method === 'HEAD';
  if (!reads) {
    say(response, 405, 'only GET\n', { allow: 'GET, HEAD' });
    return;
  }
  if (url.split('?')[0] !== '/metrics') {
    say(response, 404, 'metrics are at /metrics\n');
    return;
  }
  const openMetrics = /application\/openmetrics-text/i.test(request.headers.accept ?? '');
  let text: string;
  try {
    text = metricsText(metrics.families(), openMetrics);
  } catch (error) {
    // A mistake of ours ends no capture.
    say(response, 500, `${error instanceof Error ? error.message : error}\n`);
    return;
  }
  say(response, 200, method === 'HEAD' ? '' : text, {
    'content-type': openMetrics ? OPENMETRICS_TYPE : PROMETHEUS_TYPE,
  });
}

function say(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(text);
}

function urlOf(server: Server): string {
  const at = server.address();
  if (at === null || typeof at === 'string') return '';
  const host = at.family === 'IPv6' ? `[${at.address}]` : at.address;
  return `http://${host}:${at.port}/metrics`;
}

function closed(server: Server): void {
  server.close();
  server.closeAllConnections();
}
