// How far down the road a measurement goes; each depth includes those before it.

export const DEPTHS = ['capture', 'stream', 'pdu', 'session', 'report'] as const;
export type Depth = (typeof DEPTHS)[number];
