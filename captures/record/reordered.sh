#!/usr/bin/env bash
# The kernel's own disorder: with two processors at work, a veth pair delivers segments out of
# order, and TCP sends some again that were never lost. All bytes are in the capture.
source "$(dirname "$0")/lib.sh"
PIN=
lab_open
tgt_open 64M

disk=iscsi://$TARGET_IP/$IQN/1
for try in 1 2 3 4 5 6 7 8; do
  tape tgt-reordered.pcap.gz tcp port 3260
  initiator_must qemu-img bench -t none -f raw -c 40 -d 16 -s 65536 "$disk"
  initiator_must qemu-img bench -t none -f raw -c 30 -d 16 -s 65536 -w --pattern=0xa5 "$disk"
  tapes_end
  disorder=$(tshark -r "$WORK/tgt-reordered.pcap" -Y 'tcp.analysis.out_of_order || tcp.analysis.retransmission' 2>/dev/null | wc -l)
  say "try $try: $disorder segments out of order or again"
  [ "$disorder" -ge 20 ] && break
done
ship tgt-reordered.pcap.gz
