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

/** Latencies kept as they are in one cell (32 KiB); beyond, a histogram with 0.4 % error. */
export const EXACT_VALUES_PER_CELL = 4096;

/** LUNs measured apart (a session's LUN is one): a large host sees some hundreds. Others share one. */
export const METRIC_LUNS_MAX = 4096;

/** Cells of session, LUN and operation: some ten operations a LUN are usual. Others share one. */
export const METRIC_CELLS_MAX = 16_384;

/** Queue depths told apart by their time: window and queue sizes of real targets end at 2,048. */
export const QUEUE_DEPTHS_MAX = 4096;

/** Buckets of a series over time: as many as a wide screen has columns of dots. */
export const SERIES_BUCKETS_MAX = 512;

/** First width of such a bucket; it doubles whenever the capture outgrows the buckets. */
export const SERIES_BUCKET_NS = 1_000_000;

/** Evidence kept a finding: enough to go and look; the count is exact. */
export const EVIDENCE_PER_FINDING = 20;

/** Different findings of one rule (a connection each, a sense code each): more is a flood. */
export const FINDINGS_PER_RULE = 200;

/** Tasks open at once in a session: windows end at some 2,048; a one-sided capture opens them for ever. */
export const OPEN_TASKS_PER_SESSION = 16_384;

/** Tasks open at once in all (about 1 KiB each). */
export const OPEN_TASKS_MAX = 65_536;

/** Events listed of a session; pings and rejects of a broken one come by thousands. */
export const SESSION_EVENTS_MAX = 1024;

/** LUNs of a session that INQUIRY and its like are kept for: REPORT LUNS at its largest seen is 16,384. */
export const LUNS_PER_SESSION = 4096;

/** Statuses not captured whose owner is still sought, a connection. */
export const STATUS_HOLES_MAX = 64;

/** Steps kept of a login: RFC 7143 6.2 asks for six exchanges at least; real ones need two to ten. */
export const LOGIN_STEPS_MAX = 64;

/** Text of one login or text sequence joined over C-bit PDUs. */
export const TEXT_JOINED_MAX = 65_536;

/** Pairs read of one text. */
export const TEXT_PAIRS_MAX = 1024;

/** Names that one SendTargets answer is believed to hold; large arrays have some thousands. */
export const DISCOVERED_TARGETS_MAX = 4096;

/** Sessions kept: a login storm of a day. */
export const SESSIONS_MAX = 65_536;

/** Requests other than commands (task management, pings, text) that await an answer, a connection. */
export const REQUESTS_PENDING_MAX = 64;
