#!/usr/bin/env bash
# A target in trouble, under a load of a 4 KiB read and a 4 KiB write every ten milliseconds:
# first it stops for two seconds and goes on, then it is killed and comes back half a second later.
source "$(dirname "$0")/lib.sh"
lab_open
tgt_open 64M

disk=iscsi://$TARGET_IP/$IQN/1
load=()
for ((i = 0; i < 150; i++)); do
  load+=(-c "aio_read -q $((i * 8))k 4k" -c "aio_write -q -P 0xa5 $((32768 + i * 8))k 4k" -c 'sleep 10')
done

tape tgt-stalls-two-seconds.pcap.gz tcp port 3260
initiator_start qemu-io -t none -f raw "${load[@]}" "$disk"
sleep 0.7
kill -STOP "$TGTD"
sleep 2
kill -CONT "$TGTD"
wait "$INITIATOR" || say "the initiator ended with status $?"
tapes_end
ship tgt-stalls-two-seconds.pcap.gz

tape tgt-killed-and-back.pcap.gz tcp port 3260
initiator_start qemu-io -t none -f raw "${load[@]}" "$disk"
sleep 0.7
tgt_kill
sleep 0.5
tgt_open 64M
wait "$INITIATOR" || say "the initiator ended with status $?"
tapes_end
ship tgt-killed-and-back.pcap.gz
