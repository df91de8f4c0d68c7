// A load: sessions with several commands open at once, reads and writes of several sizes, written
// as a capture. Deterministic by its seed. PDUs are templates built from the field tables, patched
// through the same tables.

import { type Field, set } from '../src/wire/field.js';
import { BHS_BYTES } from '../src/wire/iscsi/bhs.js';
import { dataIn } from '../src/wire/iscsi/data-in.js';
import { dataOut } from '../src/wire/iscsi/data-out.js';
import { r2t } from '../src/wire/iscsi/r2t.js';
import { scsiCommand } from '../src/wire/iscsi/scsi-command.js';
import { scsiResponse } from '../src/wire/iscsi/scsi-response.js';
import { pdu } from '../test/support/build.js';
import { randomFrom } from '../test/support/mishaps.js';
import { Events } from './events.js';
import { FrameWriter } from './frames.js';
import { Link, type LinkOptions } from './link.js';

export interface LoadOptions extends LinkOptions {
  readonly seed: number;
  readonly sessions: number;
  /** CRC32C over headers and data. */
  readonly digests: boolean;
  /** Commands open at once in a session. */
  readonly depth: number;
  /** Share of commands that write. */
  readonly writes: number;
  /** Sizes in bytes, drawn evenly. */
  readonly sizes: readonly number[];
  /** Longest data segment, and bytes that one R2T asks for. */
  readonly segment: number;
  readonly burst: number;
  /** The load ends with so many commands, or when the file has so many bytes. */
  readonly commandsMax: number;
  readonly bytesMax: number;
}

/** What is in the capture, to check a report by. */
export interface Manifest {
  frames: number;
  bytes: number;
  reads: number;
  writes: number;
  /** Commands whose header the capture holds, and whose status' header it holds too. */
  commandsSeen: number;
  statusesSeen: number;
  sessions: number;
}

const DATA = new Uint8Array((1 << 20) + (1 << 19));
const FIRST_CMD_SN = 1;

export function writeLoad(path: string, options: LoadOptions): Manifest {
  const random = randomFrom(options.seed);
  for (let i = 0; i < DATA.length; i++) DATA[i] = random();
  const frames = new FrameWriter(path, options.snaplen);
  const events = new Events();
  const manifest: Manifest = {
    frames: 0,
    bytes: 0,
    reads: 0,
    writes: 0,
    commandsSeen: 0,
    statusesSeen: 0,
    sessions: options.sessions,
  };
  for (let i = 0; i < options.sessions; i++) {
    new SessionLoad(i, options, frames, events, manifest, random).start();
  }
  events.run();
  frames.close();
  manifest.frames = frames.frames;
  manifest.bytes = frames.bytes;
  return manifest;
}

interface Job {
  readonly tag: number;
  readonly write: boolean;
  readonly bytes: number;
  readonly dataAt: number;
  /** Whether the capture holds the header of the command. */
  seen: boolean;
}

class SessionLoad {
  readonly #id: number;
  readonly #options: LoadOptions;
  readonly #frames: FrameWriter;
  readonly #events: Events;
  readonly #manifest: Manifest;
  readonly #random: () => number;
  readonly #link: Link;
  #open = 0;
  #tag = 1;
  #transferTag = 1;
  #cmdSN = FIRST_CMD_SN;
  #statSN = 1;
  /** What the initiator has: all statuses that arrived. */
  #expStatSN = 1;
  #closing = false;

  constructor(
    id: number,
    options: LoadOptions,
    frames: FrameWriter,
    events: Events,
    manifest: Manifest,
    random: () => number,
  ) {
    this.#id = id;
    this.#options = options;
    this.#frames = frames;
    this.#events = events;
    this.#manifest = manifest;
    this.#random = random;
    const ends = { src: `10.0.0.${id + 1}`, dst: '10.0.1.1', srcPort: 40_000 + id };
    this.#link = new Link(frames, events, options, { ...ends, seed: random() });
  }

  /** Handshake, login, then as many commands as may be open. */
  start(): void {
    const start = this.#id * 500_000;
    this.#events.add(start, (t) =>
      this.#link.open(t, this.#events, (opened) => this.#login(opened)),
    );
  }

  #login(timeNs: number): void {
    const stage = { csg: 1, nsg: 3, transit: 1, isid: `00023d00000${this.#id.toString(16)}` };
    const offered = pdu(
      'login-request',
      { ...stage, initiatorTaskTag: 0, cmdSN: FIRST_CMD_SN, expStatSN: this.#expStatSN },
      { data: this.#offer() },
    );
    const numbers = { statSN: this.#statSN++, expCmdSN: FIRST_CMD_SN, maxCmdSN: 128 };
    const tsih = this.#id + 1;
    const answered = pdu(
      'login-response',
      { ...stage, ...numbers, tsih, initiatorTaskTag: 0 },
      { data: [['TargetPortalGroupTag', '1'], ...this.#parameters()] },
    );
    this.#say('initiator', timeNs, offered, (t) =>
      this.#say('target', t + 100_000, answered, (done) => {
        this.#expStatSN++;
        this.#link.initiator.digests = this.#options.digests;
        this.#link.target.digests = this.#options.digests;
        for (let i = 0; i < this.#options.depth; i++) this.#issue(done + i * 3_000);
      }),
    );
  }

  #offer(): (readonly [string, string])[] {
    return [
      ['InitiatorName', `iqn.2001-04.com.example:host${this.#id + 1}`],
      ['TargetName', 'iqn.2001-04.com.example:disk1'],
      ['SessionType', 'Normal'],
      ...this.#parameters(),
    ];
  }

  #parameters(): (readonly [string, string])[] {
    const digest = this.#options.digests ? 'CRC32C' : 'None';
    return [
      ['HeaderDigest', digest],
      ['DataDigest', digest],
      ['InitialR2T', 'Yes'],
      ['ImmediateData', 'Yes'],
      ['MaxRecvDataSegmentLength', String(this.#options.segment)],
      ['MaxBurstLength', String(this.#options.burst)],
      ['FirstBurstLength', String(Math.min(this.#options.burst, 65_536))],
    ];
  }

  #say(
    from: 'initiator' | 'target',
    timeNs: number,
    bytes: Uint8Array,
    arrived?: (t: number) => void,
  ) {
    this.#events.add(timeNs, (t) => this.#link[from].send(t, bytes, DATA, 0, 0, arrived));
  }

  /** The next command, or, when there were enough and all are done, the end. */
  #issue(timeNs: number): void {
    const done = this.#manifest.reads + this.#manifest.writes;
    if (done >= this.#options.commandsMax || this.#frames.size() >= this.#options.bytesMax) {
      if (this.#open === 0 && !this.#closing) this.#logout(timeNs);
      return;
    }
    const { sizes, writes } = this.#options;
    const job: Job = {
      tag: this.#tag++,
      write: this.#random() < writes * 4294967296,
      bytes: sizes[this.#random() % sizes.length],
      dataAt: (this.#random() % (DATA.length >> 10)) << 8,
      seen: false,
    };
    this.#open++;
    if (job.write) this.#manifest.writes++;
    else this.#manifest.reads++;
    this.#events.add(timeNs, (t) => this.#command(job, t));
  }

  #command(job: Job, timeNs: number): void {
    const header = COMMAND.slice();
    const view = new DataView(header.buffer);
    const immediate = job.write ? Math.min(job.bytes, this.#options.segment) : 0;
    const put = (f: Field, value: number) => set(view, 0, f, value);
    put(job.write ? scsiCommand.write : scsiCommand.read, 1);
    put(scsiCommand.initiatorTaskTag, job.tag);
    put(scsiCommand.expectedDataTransferLength, job.bytes);
    put(scsiCommand.cmdSN, this.#cmdSN++);
    put(scsiCommand.expStatSN, this.#expStatSN);
    put(scsiCommand.dataSegmentLength, immediate);
    view.setUint8(scsiCommand.cdb.byte, job.write ? 0x2a : 0x28);
    view.setUint32(scsiCommand.cdb.byte + 2, job.dataAt);
    view.setUint16(scsiCommand.cdb.byte + 7, job.bytes / 512);
    const arrived = (t: number) => {
      if (job.write) this.#solicit(job, immediate, 0, t + this.#service());
      else this.#events.add(t + this.#service(), (at) => this.#answerRead(job, at));
    };
    this.#link.initiator.send(timeNs, header, DATA, job.dataAt, immediate, arrived, (whole) => {
      job.seen = whole;
      if (whole) this.#manifest.commandsSeen++;
    });
  }

  /** All Data-In of a read; the status goes with the last one in every other session. */
  #answerRead(job: Job, timeNs: number): void {
    const { segment } = this.#options;
    const collapsed = this.#id % 2 === 1;
    for (let at = 0, sn = 0; at < job.bytes; at += segment, sn++) {
      const length = Math.min(segment, job.bytes - at);
      const last = at + length === job.bytes;
      const header = DATA_IN.slice();
      const view = new DataView(header.buffer);
      set(view, 0, dataIn.final, last ? 1 : 0);
      set(view, 0, dataIn.dataSegmentLength, length);
      set(view, 0, dataIn.initiatorTaskTag, job.tag);
      set(view, 0, dataIn.expCmdSN, this.#cmdSN);
      set(view, 0, dataIn.maxCmdSN, this.#cmdSN + 127);
      set(view, 0, dataIn.dataSN, sn);
      set(view, 0, dataIn.bufferOffset, at);
      if (last && collapsed) {
        set(view, 0, dataIn.statusPresent, 1);
        set(view, 0, dataIn.statSN, this.#statSN++);
      }
      const status = last && collapsed;
      const source = (job.dataAt + at) & 0xfffff;
      const done = status ? (t: number) => this.#done(t) : undefined;
      const seen = status ? (whole: boolean) => this.#statusSeen(job, whole) : undefined;
      this.#link.target.send(timeNs, header, DATA, source, length, done, seen);
    }
    if (!collapsed) this.#answer(job, timeNs);
  }

  /** One R2T and its data after the other, then the status. */
  #solicit(job: Job, at: number, sn: number, timeNs: number): void {
    if (at >= job.bytes) {
      this.#events.add(timeNs, (t) => this.#answer(job, t));
      return;
    }
    const length = Math.min(this.#options.burst, job.bytes - at);
    const header = R2T.slice();
    const view = new DataView(header.buffer);
    const transferTag = this.#transferTag++;
    set(view, 0, r2t.initiatorTaskTag, job.tag);
    set(view, 0, r2t.targetTransferTag, transferTag);
    set(view, 0, r2t.expCmdSN, this.#cmdSN);
    set(view, 0, r2t.maxCmdSN, this.#cmdSN + 127);
    set(view, 0, r2t.statSN, this.#statSN);
    set(view, 0, r2t.r2tSN, sn);
    set(view, 0, r2t.bufferOffset, at);
    set(view, 0, r2t.desiredDataTransferLength, length);
    this.#say('target', timeNs, header, (t) =>
      this.#events.add(t + 15_000, (when) =>
        this.#send(job, at, length, transferTag, when, (end) =>
          this.#solicit(job, at + length, sn + 1, end + 30_000),
        ),
      ),
    );
  }

  /** Data-Out of one R2T. */
  #send(
    job: Job,
    from: number,
    length: number,
    transferTag: number,
    timeNs: number,
    arrived: (t: number) => void,
  ): void {
    const { segment } = this.#options;
    for (let at = 0, sn = 0; at < length; at += segment, sn++) {
      const part = Math.min(segment, length - at);
      const last = at + part === length;
      const header = DATA_OUT.slice();
      const view = new DataView(header.buffer);
      set(view, 0, dataOut.final, last ? 1 : 0);
      set(view, 0, dataOut.dataSegmentLength, part);
      set(view, 0, dataOut.initiatorTaskTag, job.tag);
      set(view, 0, dataOut.targetTransferTag, transferTag);
      set(view, 0, dataOut.expStatSN, this.#expStatSN);
      set(view, 0, dataOut.dataSN, sn);
      set(view, 0, dataOut.bufferOffset, from + at);
      const source = (job.dataAt + from + at) & 0xfffff;
      const done = last ? arrived : undefined;
      this.#link.initiator.send(timeNs, header, DATA, source, part, done);
    }
  }

  #answer(job: Job, timeNs: number): void {
    const header = RESPONSE.slice();
    const view = new DataView(header.buffer);
    set(view, 0, scsiResponse.initiatorTaskTag, job.tag);
    set(view, 0, scsiResponse.statSN, this.#statSN++);
    set(view, 0, scsiResponse.expCmdSN, this.#cmdSN);
    set(view, 0, scsiResponse.maxCmdSN, this.#cmdSN + 127);
    const seen = (whole: boolean) => this.#statusSeen(job, whole);
    this.#link.target.send(timeNs, header, DATA, 0, 0, (t) => this.#done(t), seen);
  }

  #statusSeen(job: Job, whole: boolean): void {
    if (whole && job.seen) this.#manifest.statusesSeen++;
  }

  #done(timeNs: number): void {
    this.#expStatSN++;
    this.#open--;
    this.#issue(timeNs + 5_000 + (this.#random() % 20_000));
  }

  #logout(timeNs: number): void {
    this.#closing = true;
    const tag = { initiatorTaskTag: this.#tag++ };
    const asked = { ...tag, immediate: 1, cmdSN: this.#cmdSN, expStatSN: this.#expStatSN };
    const numbers = { statSN: this.#statSN, expCmdSN: this.#cmdSN, maxCmdSN: this.#cmdSN + 127 };
    const request = pdu('logout-request', asked);
    const response = pdu('logout-response', { ...tag, ...numbers });
    this.#say('initiator', timeNs, request, (t) =>
      this.#say('target', t + 50_000, response, (end) =>
        this.#link.close(end + 50_000, this.#events),
      ),
    );
  }

  /** How long the target thinks: 80 µs to 2 ms, mostly short. */
  #service(): number {
    const r = (this.#random() & 1023) / 1024;
    return 80_000 + Math.floor(r * r * r * 2_000_000);
  }
}

const LUN = '0000000000000000';
const COMMAND = pdu('scsi-command', { lun: LUN, attr: 1 });
const DATA_IN = pdu('data-in', { final: 0 });
const DATA_OUT = pdu('data-out', { lun: LUN, final: 0 });
const R2T = pdu('r2t', { lun: LUN });
const RESPONSE = pdu('scsi-response', {});
for (const header of [COMMAND, DATA_IN, DATA_OUT, R2T, RESPONSE]) {
  if (header.length !== BHS_BYTES) throw new Error('a template is a header');
}
