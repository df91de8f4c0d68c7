#!/usr/bin/env bash
# A capture that knows neither the beginning nor the end: two initiators read and write 64 KiB
# blocks long before the tape starts, and go on after it has ended. No login, commands whose answer
# alone is captured, commands whose answer is not.
source "$(dirname "$0")/lib.sh"
lab_open
tgt_open 64M

disk=iscsi://$TARGET_IP/$IQN/1
initiator_start qemu-img bench -t none -f raw -c 20000 -d 8 -s 65536 "$disk"
initiator_start qemu-img bench -t none -f raw -c 20000 -d 8 -s 65536 -w --pattern=0xa5 "$disk"
sleep 0.5
tape tgt-mid-stream.pcap.gz -c 4000 tcp port 3260 # ends by itself
sleep 0.5
tapes_end
ship tgt-mid-stream.pcap.gz
