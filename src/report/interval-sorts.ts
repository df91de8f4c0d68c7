// What the rows of a capture that goes on can be sorted by.

export const LIVE_SORTS = ['IOPS', 'MB/s', 'p99', 'open', 'oldest', 'again'] as const;
export type LiveSort = (typeof LIVE_SORTS)[number];
