// Captures that do not end by themselves: what a capturing program writes, and files that grow.

import type { Readable } from 'node:stream';
import { type Capture, type CaptureOptions, captureLane } from './capture.js';
import { type Followed, openFollowed } from './follow.js';
import { openStreamed } from './open-flowing.js';

/** What a capturing program writes, as a capture; `name` is for messages. Throws a CaptureError. */
export async function captureStream(
  name: string,
  stream: Readable,
  options: CaptureOptions = {},
): Promise<Capture> {
  return captureLane(name, options, (log) => openStreamed(name, stream, log, options.spool));
}

/** Files that another program is writing, one after the other, as a capture that does not end. */
export async function captureFollowed(
  followed: Followed,
  options: CaptureOptions = {},
): Promise<Capture> {
  return captureLane(followed.pattern, options, (log) =>
    openFollowed(followed, log, options.spool),
  );
}
