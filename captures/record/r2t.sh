#!/usr/bin/env bash
# Several R2Ts outstanding at a time. istgt agrees to it, but libiscsi always offers
# MaxOutstandingR2T=1, so the initiator here is qemu-img with a copy of libiscsi in which one byte
# of that text is changed: it offers 8. Nothing else in it knows a limit. What istgt then does with
# it is its own affair: one R2T a command, several a connection.
source "$(dirname "$0")/lib.sh"
lab_open
istgt_open MaxOutstandingR2T 16 MaxR2T 32 MaxBurstLength 65536 FirstBurstLength 8192

library=$(ldconfig -p | awk '$1 == "libiscsi.so.7" { print $NF; exit }')
[ -n "$library" ] || die "libiscsi.so.7 is not installed"
mkdir "$WORK/lib"
sed 's/MaxOutstandingR2T=1\x00/MaxOutstandingR2T=8\x00/' "$library" >"$WORK/lib/libiscsi.so.7"
cmp -s "$library" "$WORK/lib/libiscsi.so.7" && die "this libiscsi has no MaxOutstandingR2T=1 to change"

bench() { # count, depth, size
  initiator_must env LD_LIBRARY_PATH="$WORK/lib" \
    qemu-img bench -t none -f raw -c "$1" -d "$2" -s "$3" -w "iscsi://$TARGET_IP/$IQN/0"
}

tape istgt-many-r2ts.pcap.gz tcp port 3260
bench 2 1 524288
bench 16 8 131072
bench 8 2 65536
tapes_end
ship istgt-many-r2ts.pcap.gz
