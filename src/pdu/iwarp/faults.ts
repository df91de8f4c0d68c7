// What is wrong with an FPDU, in words. Not for the hot road.

export function crcWrong(word: number, right: number): string {
  return `CRC ${hexWord(word)}, ${hexWord(right)} would be right`;
}

export function markerWrong(pointer: number, right: number): string {
  return `a marker points ${pointer} bytes back, and its FPDU begins ${right} bytes back`;
}

export function msnWrong(msn: number, due: number): string {
  return `Send Message ${msn} follows, and ${due} was due`;
}

function hexWord(word: number): string {
  return `0x${word.toString(16).padStart(8, '0')}`;
}
