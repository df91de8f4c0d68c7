// One TCP connection that carries MPA: how it started, what both directions know together, their framers.

import { PRIVATE_DATA_MAX } from '../../wire/rdma/mpa.js';
import type { MessageSink } from '../message.js';
import type { PduSink } from '../pdu.js';
import type { ConnectionFraming, FramingFacts } from '../protocol.js';
import type { RdmaSink, RdmaStart } from '../rdma/events.js';
import { ReadQueue } from '../rdma/read-queue.js';
import { FpduFramer } from './fpdu.js';
import type { MpaStart } from './mpa-start.js';
import { CRC_OFF, CRC_ON, CRC_UNDECIDED, type IwarpShared } from './shared.js';
import type { FpduWatch } from './watch.js';

/** RFC 5044 7.1.1 and RFC 6581 6: the revisions that are defined. */
const REVISION_MAX = 2;

export class IwarpConnection implements IwarpShared, ConnectionFraming {
  readonly id: number;
  readonly directions: readonly [FpduFramer, FpduFramer];
  /** RDMA Read Requests of each side that await their data. */
  readonly reads: readonly [ReadQueue, ReadQueue] = [new ReadQueue(), new ReadQueue()];
  /** Both MPA frames, by side; undefined where not seen. */
  readonly starts: (RdmaStart | undefined)[] = [undefined, undefined];
  /** CRC_OFF, CRC_ON or CRC_UNDECIDED; inferred where the MPA frames were not seen. */
  crc: number = CRC_UNDECIDED;
  crcIsInferred = false;
  iser = false;
  initiator = -1;
  pdus = 0;
  headersCut = 0;
  boundariesLost = 0;
  strangers = 0;
  markersWrong = 0;
  private readonly rdma: RdmaSink | undefined;
  /** Told where no MPA frame comes though one is due. */
  private readonly otherwise: (connection: number) => void;

  constructor(
    id: number,
    sink: PduSink,
    rdma: RdmaSink | undefined,
    otherwise: (connection: number) => void,
    messages?: MessageSink,
    watch?: FpduWatch,
  ) {
    this.id = id;
    this.rdma = rdma;
    this.otherwise = otherwise;
    this.directions = [
      new FpduFramer(this, id * 2, sink, rdma, messages, watch),
      new FpduFramer(this, id * 2 + 1, sink, rdma, messages, watch),
    ];
  }

  /** Markers in the FPDUs of a direction: as its receiver asked (RFC 5044 7.1.1). */
  markersOf(direction: number): boolean {
    return this.starts[1 - (direction & 1)]?.markers ?? false;
  }

  markersKnown(direction: number): boolean {
    return this.starts[1 - (direction & 1)] !== undefined;
  }

  started(start: RdmaStart): void {
    const side = start.direction & 1;
    this.starts[side] = start;
    const [a, b] = this.starts;
    if (a !== undefined && b !== undefined) this.crc = a.crc || b.crc ? CRC_ON : CRC_OFF;
    else if (start.crc) this.crc = CRC_ON;
    this.directions[1 - side].markersTold();
    this.rdma?.started(start);
    if (start.revision < 1 || start.revision > REVISION_MAX) {
      const text = `MPA revision ${start.revision}`;
      this.rdma?.fault(start.direction, 'revision', start.frame, start.timeNs, text);
    }
  }

  startFailed(direction: number, start: MpaStart, frame: number, timeNs: number): void {
    if (start.wrongKey) {
      this.rdma?.fault(direction, 'key', frame, timeNs, 'an MPA frame with another key');
    } else if (start.tooLong) {
      const text = `an MPA frame with more than ${PRIVATE_DATA_MAX} octets of private data`;
      this.rdma?.fault(direction, 'private-data', frame, timeNs, text);
    } else this.otherwise(this.id);
  }

  crcInferred(on: boolean): void {
    this.crc = on ? CRC_ON : CRC_OFF;
    this.crcIsInferred = true;
  }

  /** The data of a request of the other side has come, and so has that of all before it. */
  readDone(direction: number, serial: number): void {
    const reads = this.reads[1 - (direction & 1)];
    let n = 0;
    while (n < reads.count && serial > 0 && reads.serialOf(n) <= serial) n++;
    if (n > 0) reads.drop(n);
  }

  facts(): FramingFacts {
    const [a, b] = this.directions;
    const { pdus, headersCut, boundariesLost } = this;
    return { pdus, lost: [a.lostTotal, b.lostTotal], headersCut, boundariesLost };
  }

  closed(): void {}
}
