// What tells a packet's road, whatever carries it: ends of a TCP connection, hosts and queue pair of
// RoCEv2, port IDs of captured Fibre Channel. Strings, so that the second reading finds them in a table.

import type { Connection } from '../stream/connection.js';

/** Datagrams of InfiniBand's connection manager go to queue pair 1 (IBTA 3.9.1). */
const MANAGER_QP = 1;

export function tcpKeys(c: Connection): string[] {
  const a = [c.a0, c.a1, c.a2, c.a3, c.aPort];
  const b = [c.b0, c.b1, c.b2, c.b3, c.bPort];
  return [keyOf('t', ...a, ...b), keyOf('t', ...b, ...a)];
}

/** Each direction of a pair of queue pairs: the packets of side A go to `queuePairs[0]`. */
export function roceKeys(c: Connection, queuePairs: readonly [number, number]): string[] {
  const a = [c.a0, c.a1, c.a2, c.a3];
  const b = [c.b0, c.b1, c.b2, c.b3];
  return [keyOf('r', ...a, ...b, queuePairs[0]), keyOf('r', ...b, ...a, queuePairs[1])];
}

/** The connection manager's datagrams between its hosts. */
export function managerKeys(c: Connection): string[] {
  return roceKeys(c, [MANAGER_QP, MANAGER_QP]);
}

/** Frames between two N_Ports, in either direction. */
export function portsKey(one: number, other: number): string {
  return one < other ? keyOf('f', one, other) : keyOf('f', other, one);
}

export function keyOf(kind: string, ...words: readonly number[]): string {
  return kind + words.map((word) => (word | 0).toString(36)).join('/');
}
