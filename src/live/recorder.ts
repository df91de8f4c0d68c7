// -w: keeps the capture, in one file or in a ring of them (-b).

import { rmSync } from 'node:fs';
import { extname } from 'node:path';
import type { Packet } from '../capture/packet.js';
import type { Epoch } from '../capture/time.js';
import { PcapFile, type PcapStyle } from './pcap-file.js';

export interface RingLimits {
  /** Bytes and ns after which the next file begins; how many are kept. Infinity: no limit. */
  readonly bytes: number;
  readonly spanNs: number;
  readonly files: number;
}

/** Why the capture is not kept any further. */
export interface WriteFailure {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export class Recorder {
  failure: WriteFailure | undefined = undefined;
  /** Packets of another link type, which a pcap file cannot hold. */
  otherLinkType = 0;
  readonly #path: string;
  readonly #ring: RingLimits | undefined;
  readonly #nanoseconds: () => boolean;
  readonly #isRead: (path: string) => boolean;
  readonly #paths: string[] = [];
  #number = 0;
  #file: PcapFile | undefined = undefined;
  #packetsBefore = 0;
  /** Of the file that is written, or should be. */
  #named: string;

  /** `nanoseconds` is asked when the first packet is there, `isRead` of each file before it is written. */
  constructor(
    path: string,
    ring: RingLimits | undefined,
    nanoseconds: () => boolean,
    isRead: (path: string) => boolean = () => false,
  ) {
    this.#path = path;
    this.#named = path;
    this.#ring = ring;
    this.#nanoseconds = nanoseconds;
    this.#isRead = isRead;
  }

  packet(packet: Packet, epoch: Epoch): void {
    if (this.failure !== undefined) return;
    try {
      const file = this.#fileFor(packet, epoch);
      if (file.style.linkType !== packet.linkType) {
        this.otherLinkType++;
        return;
      }
      file.write(packet, epoch);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Written, also to files of a ring that are gone. */
  get packets(): number {
    return this.#packetsBefore + (this.#file?.packets ?? 0);
  }

  /** What was captured lies on the disk. */
  flush(): void {
    if (this.failure !== undefined) return;
    try {
      this.#file?.flush();
    } catch (error) {
      this.#failed(error);
    }
  }

  close(): void {
    const file = this.#file;
    try {
      file?.close();
    } catch (error) {
      this.#failed(error);
    }
    this.#packetsBefore = this.packets;
    this.#file = undefined;
    // Not even its header had room: nobody can read it.
    if (file?.packets === 0 && this.#ring !== undefined && this.failure !== undefined) {
      rmSync(file.path, { force: true });
      this.#paths.pop();
    }
  }

  /** Names of the files that are kept. */
  paths(): readonly string[] {
    return this.#paths;
  }

  #fileFor(packet: Packet, epoch: Epoch): PcapFile {
    const file = this.#file;
    const ring = this.#ring;
    if (file !== undefined && (ring === undefined || !isFull(file, packet, ring))) return file;
    file?.close();
    this.#packetsBefore = this.packets;
    this.#file = undefined;
    const style: PcapStyle = {
      nanoseconds: this.#nanoseconds(),
      linkType: packet.linkType,
      snaplen: packet.snaplen,
    };
    this.#number++;
    const path =
      ring === undefined
        ? this.#path
        : ringName(this.#path, this.#number, stamp(epoch, packet.timeNs));
    this.#named = path;
    if (this.#isRead(path)) throw new Error('it is one of the captures to read');
    const next = new PcapFile(path, style);
    this.#file = next;
    this.#paths.push(path);
    while (ring !== undefined && this.#paths.length > ring.files) {
      rmSync(this.#paths.shift()!, { force: true });
    }
    return next;
  }

  #failed(error: unknown): void {
    const { code, message } = error as NodeJS.ErrnoException;
    this.failure ??= { path: this.#named, code: code ?? '', message };
  }
}

function isFull(file: PcapFile, packet: Packet, ring: RingLimits): boolean {
  if (file.packets === 0) return false;
  return (
    file.bytes + packet.capturedLength > ring.bytes || packet.timeNs - file.firstNs >= ring.spanNs
  );
}

/** As dumpcap names them: trace_00001_20251123204501.pcap. */
export function ringName(path: string, number: number, when: string): string {
  const end = extname(path);
  const stem = end === '' ? path : path.slice(0, -end.length);
  return `${stem}_${String(number).padStart(5, '0')}_${when}${end}`;
}

/** 20251123204501, UTC. */
export function stamp(epoch: Epoch, timeNs: number): string {
  const ms = epoch.seconds * 1000 + (epoch.nanoseconds + timeNs) / 1e6;
  return new Date(Math.floor(ms)).toISOString().slice(0, 19).replace(/\D/g, '');
}
