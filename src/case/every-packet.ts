// All packets of an open capture once more, with the numbers and times that they had: from its files, or
// from what is kept of a capture that goes on.

import { openCapture } from '../capture/capture.js';
import type { PacketSink } from '../capture/packet.js';
import { packetsFrom } from '../capture/packets-from.js';
import { ProblemLog } from '../problem.js';
import type { Case } from './case.js';
import type { PlaceOf } from './reread.js';

/** Asked now and then; packets go on when it is settled, and end where it says false. */
export type Turn = (done: number, total: number) => Promise<boolean>;

/** So many bytes before others have their turn. */
const TURN_BYTES = 8 << 20;

/** False where it was ended. Throws where the files cannot be read any more. */
export async function wholeAgain(
  paths: readonly string[],
  sink: PacketSink,
  turn: Turn,
): Promise<boolean> {
  const capture = await openCapture(paths, { problems: new ProblemLog(0) });
  let goes = true;
  let next = TURN_BYTES;
  await capture.run(sink, async (done, total) => {
    if (done < next) return;
    next = done + TURN_BYTES;
    goes = await turn(done, total);
    if (!goes) capture.stop();
  });
  return goes;
}

/** From the oldest PDU that is kept on. */
export async function keptAgain(
  { pdus, epoch }: Case,
  placeOf: PlaceOf,
  sink: PacketSink,
  turn: Turn,
): Promise<boolean> {
  let row = pdus.first;
  while (row < pdus.count && placeOf(0, pdus.fileOffset(row)) === undefined) row++;
  if (row >= pdus.count || epoch === undefined) return true;
  const end = pdus.fileOffset(pdus.count - 1);
  const begin = pdus.fileOffset(row);
  let frame = pdus.frame(row);
  /** Where the next packet stands in what came. */
  let position = begin;
  for (;;) {
    const place = placeOf(0, position);
    if (place === undefined) return true;
    const from = position;
    let told = 0;
    let moved = false;
    packetsFrom(place.path, place.offset, (packet, clock) => {
      position = from + packet.fileOffset - place.offset;
      // Files overlap: a later one goes on.
      moved = told > 0 && placeOf(0, position)?.path !== place.path;
      if (moved || position - from > TURN_BYTES) {
        moved = true;
        return false;
      }
      packet.frame = frame++;
      packet.timeNs =
        (clock.seconds - epoch.seconds) * 1e9 + (clock.nanoseconds - epoch.nanoseconds);
      sink.packet(packet);
      told++;
      return true;
    });
    if (!moved || position > end) return true;
    if (!(await turn(position - begin, Math.max(1, end - begin)))) return false;
  }
}
