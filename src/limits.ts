// Every bound of sanscope, with its reason. Reaching one is itself reported (limit-reached).

/** Examples kept of each kind of problem: enough to see a pattern; the count is exact. */
export const PROBLEMS_KEPT_PER_KIND = 16;

/** A record longer than this is taken for damage: the largest frame that offload makes is 256 KiB. */
export const PACKET_BYTES_MAX = 1 << 20;

/** Window over a capture file. One read per window; records that straddle move to its front. */
export const FILE_WINDOW_BYTES = 1 << 21;

/** Bytes held out of order for one direction of one connection: 1 MiB is a full window at 10 Gb/s × 1 ms. */
export const POOL_BYTES_PER_DIRECTION = 1 << 20;

/** Bytes held out of order in all: a hostile capture may open many connections. */
export const POOL_BYTES_TOTAL = 64 << 20;

/** TCP connections followed at once; the one idle longest makes room. */
export const CONNECTIONS_MAX = 65_536;

/** Longest data segment believed where MaxRecvDataSegmentLength was not seen (RFC 7143 13.12: 2^24-1). */
export const DATA_SEGMENT_MAX = 16_777_215;

/** Data kept of one PDU whose data is read: RFC 7143 6.1 asks for 8,192 bytes of text at least. */
export const DATA_KEPT_MAX = 65_536;
