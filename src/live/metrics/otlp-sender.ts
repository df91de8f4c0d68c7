// Sends exports one after the other, and again where that helps (OTLP/HTTP, "Failures" and "Retryable Response Codes":
// 429, 502, 503, 504). It never keeps the capture waiting: what cannot be sent waits in a bounded queue, the oldest
// goes first, and since all counts are cumulative the next one tells it too.

import { harmless } from '../../lib/harmless.js';
import { OTLP_QUEUE_MAX } from '../../limits.js';

const TIMEOUT_MS = 10_000;
const RETRY_MS = 1_000;
const RETRY_MS_MAX = 30_000;
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** A failure that goes on is told again after this time. */
const TOLD_AGAIN_MS = 60_000;

export class OtlpSender {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #say: (text: string) => void;
  readonly #queue: string[] = [];
  #busy: Promise<void> | undefined = undefined;
  #wake: (() => void) | undefined = undefined;
  #closing = false;
  #dropped = 0;
  #failing = false;
  #toldMs = Number.NEGATIVE_INFINITY;

  constructor(url: string, headers: Readonly<Record<string, string>>, say: (text: string) => void) {
    this.#url = url;
    this.#headers = { 'content-type': 'application/json', ...headers };
    this.#say = say;
  }

  /** Takes an export and returns at once. */
  send(body: string): void {
    this.#queue.push(body);
    if (this.#queue.length > OTLP_QUEUE_MAX) {
      this.#queue.shift();
      this.#dropped++;
    }
    this.#busy ??= this.#work().finally(() => {
      this.#busy = undefined;
    });
  }

  /** Waits for what is under way, so long at most. */
  async close(waitMs: number): Promise<void> {
    this.#closing = true;
    this.#wake?.();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, waitMs);
    });
    await Promise.race([this.#busy ?? Promise.resolve(), late]);
    clearTimeout(timer);
    const lost = this.#queue.length + this.#dropped;
    if (lost > 0) this.#say(`OTLP: ${lost} of the exports could not be sent`);
  }

  async #work(): Promise<void> {
    let waitMs = RETRY_MS;
    while (this.#queue.length > 0) {
      const body = this.#queue[0];
      const { done, why, afterMs } = await this.#post(body);
      if (why === '') this.#recovered();
      else this.#failed(why);
      // It may have been pushed out meanwhile.
      if (done && this.#queue[0] === body) this.#queue.shift();
      if (done) {
        waitMs = RETRY_MS;
        continue;
      }
      if (this.#closing) return;
      await this.#pause(Math.max(afterMs, waitMs));
      waitMs = Math.min(RETRY_MS_MAX, waitMs * 2);
    }
  }

  /** `done`: it need not be sent again. */
  async #post(body: string): Promise<{ done: boolean; why: string; afterMs: number }> {
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: this.#headers,
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await response.body?.cancel();
      if (response.ok) return { done: true, why: '', afterMs: 0 };
      const seconds = Number(response.headers.get('retry-after') ?? 0);
      const afterMs = seconds > 0 ? Math.min(seconds * 1000, RETRY_MS_MAX) : 0;
      return {
        done: !RETRYABLE.has(response.status),
        why: `it answered ${response.status}`,
        afterMs,
      };
    } catch (error) {
      return { done: false, why: reasonOf(error), afterMs: 0 };
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      timer.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #failed(why: string): void {
    this.#failing = true;
    const nowMs = performance.now();
    if (nowMs - this.#toldMs < TOLD_AGAIN_MS) return;
    this.#toldMs = nowMs;
    this.#say(`OTLP: metrics cannot be sent: ${harmless(why)}; it is tried again`);
  }

  #recovered(): void {
    if (!this.#failing) return;
    this.#failing = false;
    this.#toldMs = Number.NEGATIVE_INFINITY;
    this.#say('OTLP: metrics are sent again');
  }
}

/** fetch says "fetch failed"; what it was stands in its cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && cause.message !== '') return cause.message;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return error instanceof Error ? error.message : String(error);
}
