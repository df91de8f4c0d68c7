// A finding: a statement about the capture, with the packets that prove it, how sure it is, what would
// disprove it, and what to do next.

/** How bad: `critical` lost work or access, `warning` cost time or data, `note` is good to know. */
export type Severity = 'critical' | 'warning' | 'note';

/** `certain`: the bytes say so. `likely`: they fit it better than all else. `possible`: they allow it. */
export type Confidence = 'certain' | 'likely' | 'possible';

/**
 * Whose move it was, or whose doing it is: `network` what lies between the ends, `capture` what was
 * recorded and how, `none` nobody (good to know), `unknown` what this capture cannot tell.
 */
export type Owes = 'initiator' | 'target' | 'network' | 'capture' | 'none' | 'unknown';

/** Where in a PDU of the finding's frames the proof stands: byte and length from the PDU's begin. */
export interface Proof {
  /** Key of the PDU's table (`scsi-response`), and the field's name in it. */
  readonly pdu: string;
  readonly field: string;
  readonly byte: number;
  readonly bytes: number;
}

/** What a rule says of one case. */
export interface Found {
  /** The rule's name: `login-rejected`. Stable; docs/FINDINGS.md explains it. */
  readonly id: string;
  readonly severity: Severity;
  /** One line for a list. */
  readonly title: string;
  /** What it means and what proves it. */
  readonly text: string;
  /** How often it was seen; `frames` are the first few. */
  readonly count: number;
  readonly frames: readonly number[];
  readonly session?: number;
  readonly connection?: number;
  /** 16 hex digits. */
  readonly lun?: string;
  /** True where it rests on something that was not captured but inferred. */
  readonly inferred?: boolean;
  /** When: ns since the capture's first packet; absent where it is about all of the capture. */
  readonly fromNs?: number;
  readonly toNs?: number;
  /** The numbers of the text, for programs; units last (`waitNsMax`). */
  readonly values?: Readonly<Record<string, number | string | boolean>>;
  /** Where the case differs from what holds of its id (rule.ts: FindingText). */
  readonly confidence?: Confidence;
  readonly owes?: Owes;
  readonly next?: string;
  /** The finding that proves to be its cause, of whichever session, or that it has none: for incidents.ts, told nowhere. */
  readonly because?: Because | 'nothing';
  /** Only these may follow from it, fewer than its rule says of the id: for incidents.ts, told nowhere. */
  readonly leads?: readonly string[];
  /** Its own text says why: not what its rule says of those that nothing explains. For incidents.ts, told nowhere. */
  readonly explained?: boolean;
}

/** A finding by its id and session. */
export interface Because {
  readonly id: string;
  readonly session: number;
}

export interface Finding extends Found {
  /** The standard's section, or whose rule it is. */
  readonly reference: string;
  readonly confidence: Confidence;
  /** Header fields of the PDUs in `frames` to look at; none where it is no PDU that proves it. */
  readonly proof: readonly Proof[];
  /** What would show that it is not so. */
  readonly disproof: string;
  readonly owes: Owes;
  /** What to do, or look at, next. */
  readonly next: string;
}

/** A cause with all that followed from it, as one story. */
export interface Incident {
  /** Of the cause. */
  readonly title: string;
  /** The gravest of its findings'. */
  readonly severity: Severity;
  readonly owes: Owes;
  /** What it was and what proves it, and what it led to. */
  readonly text: string;
  readonly next: string;
  /** Since the cause was there, to the last of what followed; absent where none has a time. */
  readonly fromNs?: number;
  readonly toNs?: number;
  /** Whom it hit, in order. */
  readonly sessions: readonly number[];
  /** Places in the report's list of findings: the cause first, then what followed, in order of time. */
  readonly findings: readonly number[];
}

/** Order of lists: the worst first. */
export const SEVERITIES: readonly Severity[] = ['critical', 'warning', 'note'];
