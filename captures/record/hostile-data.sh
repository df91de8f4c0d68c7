#!/usr/bin/env bash
# User data that looks like the protocol. The disk holds random bytes, and then a recorded iSCSI
# conversation as a file system would hold it: whoever looks for PDU headers in the middle of a
# stream finds plenty that are none.
source "$(dirname "$0")/lib.sh"
lab_open
tgt_open 4M

disk=iscsi://$TARGET_IP/$IQN/1
head -c 262144 /dev/urandom | dd of="$WORK/disk" conv=notrunc status=none
dd if="$OUT/tgt-discovery-login.pcap" of="$WORK/disk" bs=64k seek=4 conv=notrunc status=none
dd if="$OUT/tgt-discovery-login.pcap" of="$WORK/copy" bs=512 conv=sync status=none

tape tgt-hostile-data.pcap.gz tcp port 3260
initiator_must qemu-io -t none -f raw \
  -c 'read -q 0 256k' -c 'read -q 256k 64k' -c "write -q -s $WORK/copy 1m 24k" \
  -c 'aio_read -q 256k 16k' -c 'aio_read -q 260k 16k' -c 'aio_read -q 264k 8k' -c aio_flush "$disk"
tapes_end
ship tgt-hostile-data.pcap.gz
