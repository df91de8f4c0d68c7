// Every bound of sanscope, with its reason. Reaching one is itself reported (limit-reached).

/** Examples kept of each kind of problem: enough to see a pattern; the count is exact. */
export const PROBLEMS_KEPT_PER_KIND = 16;

/** A record longer than this is taken for damage: the largest frame that offload makes is 256 KiB. */
export const PACKET_BYTES_MAX = 1 << 20;

/** A pcapng block longer than this is not read whole: a packet, and room for its comments. */
export const BLOCK_BYTES_MAX = PACKET_BYTES_MAX + (1 << 18);

/** A pcapng block of no packet (names, secrets, custom) is stepped over up to this length. */
export const BLOCK_SKIP_MAX = 1 << 26;

/** Interfaces of a pcapng section, and of all sections of a file; characters kept of a name or filter of one. */
export const INTERFACES_MAX = 16_384;
export const INTERFACE_TEXT_MAX = 1024;

/** Window over a capture file. One read per window; records that straddle move to its front. */
export const FILE_WINDOW_BYTES = 1 << 21;

/** … of which so much is used while records are short: what was read is still in the processor's cache. */
export const FILE_READ_BYTES = 1 << 19;

/** Reads slower than 0.5 GB/s come from a disk; after so many of them the next part is read ahead. */
export const SLOW_BYTES_PER_MS = 500_000;
export const SLOW_READS = 4;

/** Of long files parts are read ahead from here on: until then the engine compiles on other processors. */
export const AHEAD_AFTER_BYTES = 1 << 28;

/**
 * So much at once, for to wake a thread takes as long as to copy 256 KiB; so many parts at a time. (4 MiB are no
 * faster and take 6 MB more; with 1 MiB frames of 64 KiB take 5 % more of the processor.)
 */
export const AHEAD_BYTES = 1 << 21;
export const AHEAD_PARTS = 2;

/** Room before a part for the record that straddles two. */
export const AHEAD_TAIL_BYTES = 1 << 18;

/** Bytes held out of order for one direction: above what a receive window of 6 MiB (Linux) can hold. */
export const POOL_BYTES_PER_DIRECTION = 4 << 20;

/** Bytes held out of order in all: a hostile capture may open many connections. */
export const POOL_BYTES_TOTAL = 64 << 20;

/** Pieces held out of order for one direction: a full pool of 1,000-byte segments. */
export const POOL_STRETCHES_MAX = 4096;

/** A hole that ACKs prove is told after so many more packets of its connection, or so much time: */
export const REORDER_GRACE_PACKETS = 16;
/** a mirror port or several receive queues may record an ACK shortly before the data it is for. */
export const REORDER_GRACE_NS = 5e6;

/** What comes after all, too late, doubles the grace; at most so often: to 512 packets or 160 ms. */
export const REORDER_DOUBLED_MAX = 5;

/** Where the other side is silent no ACK can prove a hole: it is told after so many bytes, or so long. */
export const ONE_SIDED_POOL_BYTES = 256 << 10;
export const ONE_SIDED_WAIT_NS = 1e9;

/** Retransmissions of one direction kept until a DSACK tells that they were in vain: more than are under way. */
export const RESENT_KEPT = 64;

/** A jump in sequence beyond this, and beyond four windows, must be confirmed before it is believed. */
export const SEQUENCE_JUMP_BYTES = 16 << 20;

/** No hole is larger: RFC 7323 2.3 bounds a window at 2^30. Beyond it is another connection. */
export const HOLE_BYTES_MAX = 2 ** 30;

/** A packet that comes again within this time, byte for byte the same headers, is a mirror's copy. */
export const MIRROR_COPY_NS = 10e6;

/** A closed connection is remembered so long, for its late packets. */
export const CLOSED_LINGER_NS = 30e9;

/** … and no more than so many of them: at 500 closed a second, for 4 s. */
export const LINGERING_MAX = 2048;

/** TCP connections followed at once (some 4 KB each); the one idle longest makes room. */
export const CONNECTIONS_MAX = 16_384;

/**
 * Idle for less, it does not: connections that push each other out in turn would cost more than
 * they tell. Further ones are then not followed, and whether one may be is asked again after:
 */
export const EVICTED_IDLE_NS = 10e9;
export const FULL_RETRY_NS = 100e6;

/** Data kept of one PDU whose data is read: RFC 7143 6.1 asks for 8,192 bytes of text at least. */
export const DATA_KEPT_MAX = 65_536;

/** … and of all PDUs under way: a header may claim 16 MB, and 1,000 connections send 64 KiB of it each. */
export const DATA_KEPT_TOTAL = 64 << 20;

/** The same of a read's or write's data: it is not decoded, only shown in hex where it is asked for. */
export const USER_DATA_KEPT_MAX = 4096;

/** Payload kept of one Fibre Channel frame: a frame has 2,112 bytes at most (FC-FS), and 64 of options. */
export const FC_FRAME_KEPT_MAX = 2176;

/** N_Ports of a link whose names are kept: a large fabric has some ten thousand. */
export const FC_PORTS_MAX = 16_384;

/** Nexuses followed (pairs of N_Ports that carry FCP, some 35 KB each); what comes then is counted with the last. */
export const FC_NEXUSES_MAX = 4096;

/** Open exchanges of a nexus: OX_ID has 16 bits, of which FFFFh is none. */
export const FC_EXCHANGES_MAX = 65_535;

/** Requests of link services kept with their answers, and those that await one, in all. */
export const FC_REQUESTS_MAX = 16_384;
export const FC_REQUESTS_PENDING_MAX = 4096;

/** Aborted exchanges, RSCNs and places of lost synchronisation that are listed. */
export const FC_ABORTS_MAX = 4096;
export const FC_STATE_CHANGES_MAX = 1024;
export const FC_PLACES_MAX = 64;

/** Ages of frames told apart, a direction, in ms: E_D_TOV is 2,000. */
export const FC_AGES_MAX = 16_384;

/** Latencies kept as they are in one cell (32 KiB); beyond, a histogram with 0.4 % error. */
export const EXACT_VALUES_PER_CELL = 4096;

/**
 * … and of all of them together (128 MB): of as many LUNs as are measured apart one operation each, whole.
 * Beyond, a cell goes over to its histogram early (some 2 KB, where 32 KiB were).
 */
export const EXACT_VALUES_TOTAL = 1 << 24;

/** LUNs measured apart (a session's LUN is one): a large host sees some hundreds. Others share one. */
export const METRIC_LUNS_MAX = 4096;

/** Cells of session, LUN and operation: some ten operations a LUN are usual. Others share one. */
export const METRIC_CELLS_MAX = 16_384;

/** Block sizes of a LUN told apart, each way: a load has a handful. */
export const BLOCK_SIZES_MAX = 64;

/** Starts among which a command may continue: streams that interleave, as the field guide has it. */
export const SEQUENTIAL_STARTS = 32;

/** Queue depths told apart by their time: window and queue sizes of real targets end at 2,048. */
export const QUEUE_DEPTHS_MAX = 4096;

/** Buckets of a series over time: as many as a wide screen has columns of dots. */
export const SERIES_BUCKETS_MAX = 512;

/** … and of what does little: twice as many as it has commands or steps, and no fewer than these. */
export const SERIES_BUCKETS_LEAST = 16;

/**
 * Sessions share so many buckets of their command windows: the n-th has the n-th part, so that all of
 * them together stay below 70 MB. The first 256 have all that a wide screen shows.
 */
export const WINDOW_BUCKETS_SHARED = 1 << 17;

/** First width of such a bucket; it doubles whenever the capture outgrows the buckets. */
export const SERIES_BUCKET_NS = 1_000_000;

/** Columns of a heat map over time, and the width of the first ones: as many as a page shows apart. */
export const HEAT_COLUMNS_MAX = 160;
export const HEAT_COLUMN_NS = 1000;

/** Evidence kept a finding: enough to go and look; the count is exact. */
export const EVIDENCE_PER_FINDING = 20;

/** What begins so long after a trouble may still be its consequence: open-iscsi tries for 120 s to come back. */
export const INCIDENT_FOLLOWS_NS = 130e9;

/** Different findings of one rule (a connection each, a sense code each): more is a flood. */
export const FINDINGS_PER_RULE = 200;

/** Tasks open at once in a session: windows end at some 2,048; a one-sided capture opens them for ever. */
export const OPEN_TASKS_PER_SESSION = 16_384;

/** Tasks open at once in all (some 7 KB each). */
export const OPEN_TASKS_MAX = 65_536;

/** Closures of a session's command window that are listed; all are counted. */
export const CLOSURES_MAX = 256;

/** Ranges of CmdSN passed over that are remembered, a session: one is a fault, some are a flood. */
export const CMD_SN_HOLES_MAX = 64;

/** Changes of a list of LUNs, and port groups of a LUN, that are kept. */
export const LUN_CHANGES_MAX = 64;

/** R2Ts kept of one task with their times: a write of 4 MiB in 64 KiB bursts has 64. */
export const BURSTS_PER_TASK = 64;

/** Pairs of a host and an address that it failed to reach: a scan of ports has thousands, a SAN a few. */
export const FAILED_CONNECTS_MAX = 1024;

/** Ends of whose packets a router or host said that they did not get there (ICMP), each with who said it: as above. */
export const UNREACHABLES_MAX = 1024;

/** Connections of which findings watch pings, ends and TCP: some KB each, and a login storm has thousands. */
export const WATCHED_CONNECTIONS_MAX = 4096;

/** Events listed of a session; pings and rejects of a broken one come by thousands. */
export const SESSION_EVENTS_MAX = 1024;

/** LUNs of a session that INQUIRY and its like are kept for: REPORT LUNS at its largest seen is 16,384. */
export const LUNS_PER_SESSION = 4096;

/** Statuses not captured whose owner is still sought, a connection. */
export const STATUS_HOLES_MAX = 64;

/** Of an UNMAP's list, to count its blocks: 256 ranges, which is what disks and arrays take at most. */
export const UNMAP_LIST_MAX = 8 + 256 * 16;

/** Steps kept of a login, of its begin and its end: RFC 7143 6.2 asks for six exchanges at least; real ones need two to ten. */
export const LOGIN_STEPS_MAX = 64;

/** Parameter data of one task joined over its PDUs, and pieces of it with gaps between them. */
export const DATA_JOINED_MAX = 65_536;
export const DATA_PARTS_MAX = 256;

/** Tasks whose data is being joined at once: the oldest goes. */
export const DATA_JOINS_MAX = 256;

/** Text of one login or text sequence joined over C-bit PDUs. */
export const TEXT_JOINED_MAX = 65_536;

/** Pairs read of one text. */
export const TEXT_PAIRS_MAX = 1024;

/** Names that one SendTargets answer is believed to hold; large arrays have some thousands. */
export const DISCOVERED_TARGETS_MAX = 4096;

/** Portals of such a target, and characters of all names and addresses of a session: 500 for each target. */
export const DISCOVERED_ADDRESSES_MAX = 256;
export const DISCOVERED_TEXT_MAX = 2 << 20;

/** Sessions that go on, and those of which who and when is kept (250 bytes each): a login storm of days. */
export const SESSIONS_MAX = 65_536;

/** … and of which all is kept (some 30 KB each, and 9 KB in JSON); beyond, the oldest that are over go. */
export const SESSIONS_IN_FULL = 2560;

/** Connections without sessions (iSNS) that are over and can still be asked for by number: some 5 KB each; the oldest go. */
export const CONNECTIONS_OVER_KEPT = 1024;

/** Requests other than commands (task management, pings, text) that await an answer, a connection. */
export const REQUESTS_PENDING_MAX = 64;

/** Tags remembered of tasks that ended early, or of which data was asked for again, by session. */
export const RECENT_TAGS_MAX = 32;

/** Bytes journalled of a connection not yet recognised: two PDUs of 256 KiB and what lies between. */
export const JOURNAL_BYTES_PER_CONNECTION = 1 << 20;

/** Bytes journalled in all. */
export const JOURNAL_BYTES_TOTAL = 64 << 20;

/** Bytes looked at before a connection on a port that is not iSCSI's is given up. */
export const RECOGNISE_BYTES_MAX = 4 << 20;

/** Candidate headers remembered of a connection not yet recognised. */
export const CANDIDATES_MAX = 64;

/** RDMA Read Requests of one side that await their data: RFC 6581's depths are small, 128 in practice. */
export const READS_OUTSTANDING_MAX = 512;

/** Bytes journalled while an FPDU's beginning is sought: some of the longest FPDUs, 64 KiB each. */
export const FPDU_SEARCH_BYTES = 1 << 19;

/** Buffers that commands advertise, remembered a connection: two a command, and those just over. */
export const STAGS_MAX = 65_536;

/** RoCE packets of a side that wait for one before them: a window of 512 KiB at a path MTU of 1024. */
export const ROCE_HELD_MAX = 512;

/** Connections of RoCE that are followed (some 20 KB each). */
export const ROCE_CONNECTIONS_MAX = 4096;

/** Places remembered that may begin an FPDU. */
export const FPDU_CANDIDATES_MAX = 64;

/** Layers walked from the link to TCP: two tunnels of Ethernet, tags and extension headers take 12. */
export const PACKET_LAYERS_MAX = 24;

/** VLAN tags in a row: provider and customer are two, mirrors add one or two. */
export const VLAN_TAGS_MAX = 8;

/** MPLS labels in a row: fast reroute and services stack some six. */
export const MPLS_LABELS_MAX = 16;

/** IP datagrams joined at once: at 1 % loss and 10 Gb/s of fragments, those of a second. */
export const FRAGMENT_DATAGRAMS_MAX = 1024;

/** Bytes of all IP fragments held: 64 datagrams of the largest size, or all of them at 4 KiB. */
export const FRAGMENT_BYTES_TOTAL = 4 << 20;

/** In capture time, an IP datagram is given up after this: Linux's ipfrag_time, 30 s. */
export const FRAGMENT_AGE_NS = 30e9;

/**
 * A fragment of a datagram that was whole less than this ago is a mirror's second copy; later it is
 * a new datagram: 2^16 identifications of two fragments take at least 15 ms at 100 Gb/s.
 */
export const FRAGMENT_AGAIN_NS = 10e6;

/** Packets of chosen PDUs that are remembered for the events that they made: events are few. */
export const CHOSEN_FRAMES_MAX = 1 << 20;

/** What a capturing program wrote while we were busy: four seconds of 20,000 packets a second. */
export const RELAY_BYTES_MAX = 64 << 20;

/** Text of a timeline held in memory before it goes to a temporary file. */
export const SPOOL_BYTES_MAX = 32 << 20;

/** Commands listed as the slowest (and as open) where the user does not say: a screen's worth. */
export const TOP_DEFAULT = 20;

/** Most that a user may ask for: they are kept in memory. */
export const TOP_MAX = 10_000;

/** Files up to this are read once for the slowest commands, and all is kept meanwhile: some 30 MB. */
export const READ_ONCE_BYTES_MAX = 16 << 20;

/** Entries shown of one list of SCSI parameter data: as many LUNs as DATA_KEPT_MAX holds. */
export const SCSI_ENTRIES_MAX = 8192;

/** Octets shown in hex of one field of SCSI data; its length is told beside them. */
export const SCSI_OCTETS_SHOWN = 512;

/** PDUs of one task that are listed with its command: a write of 4 MiB in 64 KiB R2Ts has some 130. */
export const LINKED_PDUS_MAX = 256;

/** PDUs read on after the last one that was asked for (-c), so that it can name its answer. */
export const LOOKAHEAD_PDUS_MAX = 20_000;

/** Detailed PDUs held back until their task has ended, so that they can name its end. */
export const DETAILS_WAITING_MAX = 512;

/** What TCP did, kept for ladders and screens: beyond it a capture is lossy as a whole. */
export const TCP_EVENTS_KEPT = 131_072;

/** A LUN on which commands wait and none ends for so long stands still: sd's error handling begins at 30 s, people notice 1. */
export const STALL_NS = 1e9;

/** What happens again and again is told as an event not more often than that. */
export const EVENT_AGAIN_NS = 10e9;

/** Events that the screens keep, the last ones. */
export const EVENTS_KEPT = 2000;

/** Files that --save-on writes in one run, at most: a rule that always matches must not fill a disk. */
export const SAVED_FILES_MAX = 100;

/** A file of --save-on joins matches of so long at most: a storm becomes files, not one that never ends. */
export const SAVED_JOINED_NS = 60e9;

/** Packets of a command that matched are kept from its begin, as far as that: no timeout waits longer (sd: 30 to 180 s). */
export const SAVED_COMMAND_NS = 600e9;

/** Packets of such a file that say which command matched: whoever reads more has the filter. */
export const SAVED_COMMENTS_MAX = 10_000;

/** A pipe's bytes copied to a temporary file for details on demand: most disks have that to spare. */
export const SPOOLED_BYTES_MAX = 1 << 30;

/** LUNs of a session that has ended stand on the live screen for so long: what happened is still seen. */
export const SESSION_LINGER_NS = 60e9;

/** Of forgotten rows so many chunks (of 16,384) stay for commands in them that are open: 150 MB at most. */
export const PINNED_CHUNKS_MAX = 64;

/** Commands and PDUs that the screens of a live capture keep: the last 3 million commands of four PDUs. */
export const LIVE_KEPT_BYTES = 768 << 20;

/** Connections of one capture point that are followed for a comparison of points: ports in use at once. */
export const POINT_CONNECTIONS_MAX = 65_536;

/** Segments of a direction remembered to know the connection at another point: 45 parts to one of offload leave 11. */
export const POINT_SAMPLES_MAX = 512;

/** All samples of a point: with more, each direction has fewer, at least POINT_SAMPLES_LEAST. 200 bytes each. */
export const POINT_SAMPLES_TOTAL = 131_072;
export const POINT_SAMPLES_LEAST = 16;

/** Segments of a direction remembered by how their payload begins: where sequence numbers are rewritten between the points. */
export const POINT_HEADS_MAX = 64;

/** What receivers said that they have twice, of a direction: of the time that segments wait for a verdict. */
export const POINT_TWICE_MAX = 4096;

/** Parts that are so much off the usual way are another sending of the bytes: RTOs are 200 ms and more (RFC 6298). */
export const POINT_COPY_NEAR_NS = 100e6;

/** Segments of a direction that wait for their copies: readers are apart by a window of 32 MiB at most. */
export const COPIES_ALONE_MAX = 262_144;

/** A segment that waited so long for its copy has none: TCP's longest retransmission timeout is 120 s in Linux. */
export const POINT_ALONE_NS = 125e9;

/** Acknowledgments of a direction that are remembered at a point: of the time that segments wait for a verdict. */
export const ACK_LINE_MAX = 262_144;

/** Commands that are listed one by one in a comparison of points, and those of a point that wait for their copies. */
export const POINT_COMMANDS_MAX = 100_000;
export const POINT_COMMANDS_WAITING_MAX = 65_536;

/** Stretches of packets of one connection in a slice: beyond, neighbours are joined and more is kept. */
export const SLICE_STRETCHES_MAX = 65_536;

/**
 * Packets that a stretch of a slice may begin earlier, so that it begins with a PDU: gateways of FCIP pack
 * frames into full segments, and none begins where a packet does.
 */
export const SLICE_ALIGN_PACKETS_MAX = 1024;

/** Packets that slice keeps around what was asked for of RDMA: a reader needs them to find boundaries again. */
export const SLICE_RDMA_PACKETS = 48;

/** Exchanges of Fibre Channel that slice remembers, for frames that a filter chose: OX_IDs have 16 bits. */
export const SLICE_EXCHANGES_MAX = 65_536;

/** Packets of a slice that get a comment. */
export const SLICE_COMMENTS_MAX = 100_000;

/**
 * A zstd frame's window is held in memory while it is unpacked. The default of the program zstd and of
 * Node: more needs --long=31, which no capture tool uses.
 */
export const ZSTD_WINDOW_BYTES_MAX = 128 * 2 ** 20;
/** The package fzstd copies its window with each block: larger ones are left to faster unpackers. */
export const FZSTD_WINDOW_BYTES_MAX = 8 * 2 ** 20;
/**
 * With fzstd (25 MB/s) a file of a few KB could take minutes. Captures of zeros shrink by some 5000 to 1
 * in places, but not for so long.
 */
export const FZSTD_RATIO_MAX = 1000;
export const FZSTD_FREE_BYTES = 256 * 2 ** 20;
/** Prefixes of names whose pseudonyms scrub remembers: made anew beyond (the same, only slower). */
export const SCRUB_PREFIXES_MAX = 1 << 20;

/** Commands of Fibre Channel or RDMA whose data scrub must understand, at once: tags have 16 bits. */
export const SCRUB_EXCHANGES_MAX = 65_536;

/** Packets that wait until their bytes are understood; beyond, what is not understood is zeroed. */
export const SCRUB_HELD_BYTES = 64 << 20;

/** Bytes of a direction of which scrub remembers what they became, for what is sent again. */
export const SCRUB_REMEMBERED_BYTES = 16 << 20;

/** Groups of commands (initiator, target, LUN, operation, size) that diff tells apart: 50 KB each at most. */
export const DIFF_GROUPS_MAX = 4096;

/** An iSNS message of several PDUs is joined up to this; a server with 10,000 nodes answers with 2 MB. */
export const ISNS_MESSAGE_BYTES_MAX = 4 << 20;
/** iSNS messages whose PDUs have not all come, and requests that await an answer, at a time. */
export const ISNS_OPEN_MAX = 4096;
/** Payload of either, in all: eight of the longest answers. */
export const ISNS_OPEN_BYTES_MAX = 32 << 20;
/** Characters of an iSNS name, the longest of RFC 4171 section 6.1; what is longer is none. */
export const ISNS_NAME_MAX = 256;
/** Characters of a query, as text, whose answers are compared: key and a dozen attributes. */
export const ISNS_QUESTION_MAX = 1024;
/** iSNS transactions that are listed; all are counted. */
export const ISNS_TRANSACTIONS_MAX = 20_000;
/** Objects of the iSNS database that are remembered, of each kind. */
export const ISNS_OBJECTS_MAX = 10_000;
/** Members of discovery domains and nodes of portals, in all: 100 domains of 1,000; 80 bytes each. */
export const ISNS_MEMBERS_MAX = 100_000;
/** Members of an initiator's domains that are looked through for a target; beyond, one is taken to be there. */
export const ISNS_MEMBERS_LOOKED_AT = 1000;
/** Addresses of a target that are told with it: an array has 2 to 64 portals. */
export const ISNS_ADDRESSES_MAX = 64;
/** Names that servers told to nodes and that are remembered, in all: 500 hosts that know 400 targets; 60 bytes each. */
export const ISNS_TOLD_MAX = 200_000;

/**
 * Commands begun since the oldest that is open, for whose ends the queue depth waits: one that hangs for 0.6 s
 * at 100,000 IOPS. Beyond, the oldest is taken for open until its end is told.
 */
export const DEPTH_COMMANDS_MAX = 65_536;

/** A file of settings: 10,000 names for addresses are 1 MB. */
export const CONFIG_BYTES_MAX = 4 << 20;
export const CONFIG_NAMES_MAX = 20_000;
/** A page of HTML goes by mail: under 2 MB whatever the capture; parts that have no room are named in it. */
export const HTML_BYTES_MAX = 1_950_000;

/** A text in it: names of iSCSI have 223 bytes at most (RFC 7143 4.2.7.1), sentences of findings some 600. */
export const HTML_TEXT_CHARS_MAX = 2000;

/** Commands and PDUs kept while it is made, for its ladders: those of some 4 GB of traffic with short frames. */
export const HTML_KEPT_BYTES = 128 << 20;
/** Rows of a Parquet row group: what engines read in parallel, some 15 MB of columns before it is written. */
export const PARQUET_GROUP_ROWS = 32_768;
/** Rows of a Parquet file: its footer, 100 KB a group, is kept until it is closed. */
export const PARQUET_FILE_ROWS_MAX = 1 << 20;
/** Hours of a table that are written at once: a command that ends after the hour belongs to the one before. */
export const PARQUET_HOURS_OPEN_MAX = 2;

/** Sets of labels of live metrics (initiator, target, LUN, operation): 25 lines a scrape and 2 KB each. */
export const METRIC_LABEL_SETS_MAX = 1000;
/** Characters of a label's value: names of iSCSI have 223 bytes (RFC 7143 4.2.7.1). */
export const METRIC_LABEL_CHARS_MAX = 256;
/** Connections to /metrics at a time: a few servers scrape, nobody else. */
export const METRIC_CLIENTS_MAX = 16;
/** Exports that wait to be sent: the counts of the last one hold those of all before it. */
export const OTLP_QUEUE_MAX = 8;

/** An answer of `mcp`: some 15,000 tokens, of which an assistant can hold a few. */
export const MCP_ANSWER_CHARS_MAX = 60_000;
/** Rows of an answer, and where nobody says how many. */
export const MCP_ROWS_MAX = 500;
export const MCP_ROWS_DEFAULT = 50;
/** What is read of an answer's program: the report of 10,000 sessions in JSON has 40 MB. */
export const MCP_OUTPUT_BYTES_MAX = 64 << 20;
/** Processes at a time, and questions that wait for one. */
export const MCP_CHILDREN_MAX = 2;
export const MCP_WAITING_MAX = 32;
/** A capture of 50 GB takes a minute; who waits for an assistant does not wait longer than two. */
export const MCP_ANSWER_SECONDS_MAX = 120;
/** A question's bytes: paths and a filter. */
export const MCP_QUESTION_BYTES_MAX = 1 << 20;
/** Captures that are listed, and how deep folders are looked into. */
export const MCP_FILES_MAX = 10_000;
export const MCP_FOLDERS_DEEP_MAX = 16;
/** Bytes of an unread tunnel whose octets are counted: entropy is sure to a hundredth from some 16 KiB on. */
export const BYTE_SAMPLE_MAX = 1 << 16;

/** Unread connections on tunnels' ports that are told one by one: gateways have some dozens. */
export const UNREAD_CONNECTIONS_MAX = 256;

/** Bytes of one sequence of FC-CT that are joined: a list of some thousand ports. */
export const FC_CT_JOINED_MAX = 1 << 17;
