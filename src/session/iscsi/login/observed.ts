// What PDUs prove of parameters that no captured login told: filled where nothing was agreed on that is
// known (operational-limits.ts), made parameters at the end (inferred-parameters.ts).

/** The largest so far, and the packet that showed it first (0: none did). */
export class Most {
  value = 0;
  frame = 0;

  see(value: number, frame: number): void {
    if (value <= this.value) return;
    this.value = value;
    this.frame = frame;
  }
}

export class Observed {
  /** Bytes of data segments. */
  readonly toInitiator = new Most();
  readonly toTarget = new Most();
  /** Bytes of a task without an R2T, and those that one R2T asked for. */
  readonly firstBurst = new Most();
  readonly burst = new Most();
  readonly outstandingR2ts = new Most();
  readonly errorRecoveryLevel = new Most();
  /** 1 where it was seen. */
  readonly immediate = new Most();
  readonly unsolicited = new Most();
}
