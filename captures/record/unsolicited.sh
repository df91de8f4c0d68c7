#!/usr/bin/env bash
# Data that was not asked for: InitialR2T=No, first with immediate data too, then without. Only
# what goes beyond FirstBurstLength waits for an R2T.
source "$(dirname "$0")/lib.sh"
lab_open
tgt_open 64M
tgt_key InitialR2T No
tgt_key FirstBurstLength 65536
tgt_key MaxRecvDataSegmentLength 16384

bench() { # count, depth, size
  initiator_must qemu-img bench -t none -f raw -c "$1" -d "$2" -s "$3" -w --pattern=0xa5 "iscsi://$TARGET_IP/$IQN/1"
}

tape tgt-unsolicited-data.pcap.gz tcp port 3260
bench 12 2 4096
bench 12 2 65536
bench 6 2 262144
tgt_key ImmediateData No
bench 12 2 4096
bench 6 2 262144
tapes_end
ship tgt-unsolicited-data.pcap.gz
