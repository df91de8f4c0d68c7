#!/usr/bin/env bash
# Reads and writes of several sizes and queue depths against tgt, solicited by R2T, at MTU 1500.
# Two tapes hear the same traffic: one whole with microseconds, one cut at 160 bytes with
# nanoseconds. The disk is sparse and the written pattern repeats, so that gzip has an easy life.
source "$(dirname "$0")/lib.sh"
lab_open
tgt_open 64M

disk=iscsi://$TARGET_IP/$IQN/1
bench() { # count, depth, size, then -w for writes
  initiator_must qemu-img bench -t none -f raw -c "$1" -d "$2" -s "$3" "${@:4}" "$disk"
  sleep 0.2 # between the phases, so that they stand apart on a time line
}

tape tgt-mixed-load.pcap.gz tcp port 3260
tape tgt-mixed-load-snaplen160.pcap.gz -s 160 --time-stamp-precision=nano tcp port 3260
bench 200 1 512
bench 200 8 4096
bench 200 8 4096 -w --pattern=0xa5
bench 60 4 65536
bench 60 4 65536 -w --pattern=0x5a --flush-interval=20
bench 24 16 262144
bench 24 16 262144 -w
bench 5 2 1048576
bench 5 2 1048576 -w
bench 100 1 512 -w
tapes_end
ship tgt-mixed-load.pcap.gz tgt-mixed-load-snaplen160.pcap.gz
