// Why a file cannot be written, in words that stand behind "cannot be written: ".

import { harmless } from './harmless.js';

const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'your disk quota is used up',
  EACCES: 'you lack the permission',
  EPERM: 'you lack the permission',
  EEXIST: 'it is there already',
  EISDIR: 'it is a directory: name a file',
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of its path is not a directory',
  ENAMETOOLONG: 'its name is too long',
  EROFS: 'the file system is read-only',
  EFBIG: 'it grew too large',
  EBADF: 'it is closed',
  EINPUT: 'it is the capture that is read',
  EFIFO: 'it is a pipe: name a file',
};

/** `own`: words of whoever asks, by the same codes. */
export function whyNotWritten(error: unknown, own: Readonly<Record<string, string>> = {}): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return own[code] ?? WORDS[code] ?? harmless(message ?? String(error));
}
