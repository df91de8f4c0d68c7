// What pages are made from.

import type { Case } from '../case/case.js';
import type { CommandList } from '../case/command-list.js';
import type { LivePicture } from '../case/live.js';
import type { Outstanding } from '../case/outstanding.js';
import type { Details } from '../case/pdu-details.js';
import type { DiffReport } from '../diff/diff-report.js';
import type { PointsReport } from '../points/points-told.js';
import type { Work } from './work.js';

export type Compared =
  | { readonly kind: 'points'; readonly report: PointsReport }
  | { readonly kind: 'diff'; readonly report: DiffReport };

export interface Sources {
  readonly kase: Case;
  readonly list: CommandList;
  readonly details: Details;
  readonly outstanding: Outstanding;
  /** Makes pictures of very many commands in slices; absent: at once. */
  readonly work?: Work;
  /** What was found of several captures, of which this is one. */
  readonly compared?: Compared | undefined;
  /** Where the capture goes on. */
  readonly live?: LivePicture;
}
