// The package has no types of its own. `buffer` and `errored` are public fields that its readme
// does not name: the guard needs them (pipe-records.ts).

declare module 'pcap-parser' {
  import type { EventEmitter } from 'node:events';
  import type { Readable } from 'node:stream';

  export interface PacketHeader {
    timestampSeconds: number;
    timestampMicroseconds: number;
    capturedLength: number;
    originalLength: number;
  }

  export interface Parser extends EventEmitter {
    readonly stream: Readable;
    /** What was not parsed yet. */
    buffer: Buffer | null;
    /** Set, the parser takes no more bytes. */
    errored?: boolean;
  }

  export function parse(input: string | Readable): Parser;
}
