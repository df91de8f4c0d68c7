// A finding: a statement about the capture, with the packets that prove it.

/** How bad: `critical` lost work or access, `warning` cost time or data, `note` is good to know. */
export type Severity = 'critical' | 'warning' | 'note';

export interface Finding {
  /** The rule's name: `login-rejected`. Stable; docs/FINDINGS.md explains it. */
  readonly id: string;
  readonly severity: Severity;
  /** One line for a list. */
  readonly title: string;
  /** What it means, what proves it, what to look at next. */
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
}

/** Order of lists: the worst first. */
export const SEVERITIES: readonly Severity[] = ['critical', 'warning', 'note'];
