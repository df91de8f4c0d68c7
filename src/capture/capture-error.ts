// The world said no: a path that cannot be opened, or a file that is no capture. Thrown, and caught
// once in main.ts. What is wrong inside a capture is a Problem instead.

import type { ProblemKind } from '../problem.js';

export class CaptureError extends Error {
  override readonly name = 'CaptureError';
  /** What the process ends with: unreadable, or not a capture. */
  readonly exitCode = 3;
  /** What it is in a list of problems, where other files could be read. */
  readonly kind: ProblemKind;
  /** The path as it was given. */
  readonly file: string;

  constructor(file: string, message: string, kind: ProblemKind = 'not-a-capture') {
    super(message);
    this.file = file;
    this.kind = kind;
  }
}

const WHAT_IS_READ = 'pcap, pcapng, and those in gzip, zstd or lz4 are read';

export function emptyFile(file: string): CaptureError {
  return new CaptureError(file, `${label(file)} is empty: there is nothing to read`, 'empty-file');
}

/** `start` holds the first bytes; as many as there are, up to some 16. */
export function notACapture(file: string, start: Uint8Array, unpacked: boolean): CaptureError {
  const known = KNOWN_KINDS.find(([magic]) => magic.every((byte, i) => start[i] === byte));
  const what =
    start.length === 0
      ? 'there is nothing in it'
      : known
        ? known[1]
        : `it starts with ${quote(start)}`;
  const where = unpacked ? ' (unpacked)' : '';
  return new CaptureError(
    file,
    `${label(file)} is not a capture file${where}: ${what}; ${WHAT_IS_READ}`,
  );
}

export function cutHeader(file: string, kind: string, there: number, wanted: number): CaptureError {
  return new CaptureError(
    file,
    `${label(file)} is a ${kind} file cut within its header: ${there} of ${wanted} bytes are there`,
  );
}

export function unknownVersion(file: string, kind: string, version: string, known: string) {
  return new CaptureError(
    file,
    `${label(file)} is ${kind} version ${version}; only version ${known} is known`,
  );
}

/** What was packed could be unpacked to its end, and is not what was packed, or something else follows. */
export class UnpackedWhole extends Error {}

export function unpackingFailed(file: string, why: string): CaptureError {
  return new CaptureError(file, `${label(file)} cannot be unpacked: ${why}`);
}

/** An error of the file system, in words. */
export function unreadable(file: string, error: unknown): CaptureError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const why = SYSTEM_WORDS[code] ?? `cannot be read: ${(error as Error).message}`;
  return new CaptureError(file, `${label(file)} ${why}`);
}

export function label(file: string): string {
  return file === '-' ? 'standard input' : JSON.stringify(file);
}

const SYSTEM_WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist: check the path',
  EACCES: 'may not be read: you lack the permission (ls -l shows whose it is)',
  EPERM: 'may not be read: you lack the permission (ls -l shows whose it is)',
  EISDIR: 'is a directory: name the capture files in it',
  ENOTDIR: 'does not exist: a part of its path is not a directory',
  ELOOP: 'cannot be reached: its symbolic links go in a circle',
  EMFILE: 'cannot be opened: too many files are open (ulimit -n)',
  EIO: 'cannot be read: the disk or network file system reports an error',
};

const KNOWN_KINDS: readonly (readonly [readonly number[], string])[] = [
  [[0x7f, 0x45, 0x4c, 0x46], 'it is a program (ELF)'],
  [[0x4d, 0x5a], 'it is a program (Windows)'],
  [[0x50, 0x4b, 0x03, 0x04], 'it is a zip archive: unpack it first'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'it is packed by xz: unpack it first (xz -d)'],
  [[0x42, 0x5a, 0x68], 'it is packed by bzip2: unpack it first (bzip2 -d)'],
  [[0x37, 0x7a, 0xbc, 0xaf], 'it is a 7z archive: unpack it first'],
  [[0x25, 0x50, 0x44, 0x46], 'it is a PDF document'],
  [[0x73, 0x6e, 0x6f, 0x6f, 0x70], 'it is a snoop file: turn it into pcap first (editcap -F pcap)'],
  [[0x47, 0x4d, 0x42, 0x55], 'it is a Network Monitor file: turn it into pcapng first (editcap)'],
];

/** The first bytes as text where they are text, else in hexadecimal. */
function quote(start: Uint8Array): string {
  const head = Array.from(start.slice(0, 4));
  const text = head.every((c) => c >= 0x20 && c < 0x7f);
  if (text) return JSON.stringify(String.fromCharCode(...head));
  return `the bytes ${head.map((c) => c.toString(16).padStart(2, '0')).join(' ')}`;
}
