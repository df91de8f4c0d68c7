#!/usr/bin/env bash
# libiscsi's whole test suite against tgt and against istgt, for the figures of docs/CHECK.md: too large to
# ship. OUT=folder says where the captures go; SECONDS_EACH bounds a run.
source "$(dirname "$0")/lib.sh"
[ -n "${OUT:-}" ] && [ "$OUT" != "$(cd "$(dirname "$0")/.." && pwd)" ] || die "say where: OUT=/some/folder"
lab_open
BOUND=${SECONDS_EACH:-900}

tgt_open 64M
# Headers only: the data of its tests fills gigabytes.
tape suite-tgt.pcap -s 192 -B 524288 tcp port 3260
initiator iscsi-test-cu -d -n "iscsi://$TARGET_IP/$IQN/1"
tapes_end
ship suite-tgt.pcap
cp "$WORK/initiator.log" "$OUT/suite-tgt.log"
end_process "$TGTD" KILL

: >"$WORK/initiator.log"
istgt_open FirstBurstLength 65536 MaxBurstLength 262144
tape suite-istgt.pcap -s 192 -B 524288 tcp port 3260
initiator iscsi-test-cu -d -n "iscsi://$TARGET_IP/$IQN/0"
tapes_end
ship suite-istgt.pcap
cp "$WORK/initiator.log" "$OUT/suite-istgt.log"
