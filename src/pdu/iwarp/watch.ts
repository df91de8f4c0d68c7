// Who wants to know where MPA's frames and FPDUs lie in a direction's bytes, and nothing else of them.

export interface Fpdu {
  readonly direction: number;
  /** From its length field to behind its CRC, markers in it included. */
  readonly begin: number;
  readonly end: number;
  /** Where a marker stands, behind it: others every 512 bytes before. -1: there are none. */
  readonly markerAt: number;
}

export interface FpduWatch {
  fpdu(fpdu: Fpdu): void;
  /** A start-up frame, which ends at `end`. `bytes` are borrowed. */
  mpa(direction: number, end: number, bytes: Uint8Array): void;
}
