#!/usr/bin/env bash
# The same small work seen through other glasses: loopback with its frames of up to 64 KiB, IPv6,
# the "any" interface in both its formats, pcapng with two interfaces, two CPUs that reorder.
source "$(dirname "$0")/lib.sh"
lab_open
tgt_open 64M

disk=iscsi://$TARGET_IP/$IQN/1
work() { # a URL: one login, INQUIRY and a little of everything
  initiator_must qemu-io -t none -f raw \
    -c 'read -q 0 512' -c 'read -q 64k 64k' -c 'write -q -P 0xa5 1m 4k' -c 'write -q -P 0x5a 2m 256k' \
    -c 'aio_read -q 4m 1m' -c 'aio_read -q 8m 8k' -c 'aio_write -q 16m 512k' -c aio_flush -c flush "$1"
}

# Linux cooked capture, in both its versions.
tape_on "$TARGET_NS" any tgt-any-interface-sll2.pcap.gz -y LINUX_SLL2 tcp port 3260
tape_on "$TARGET_NS" any tgt-any-interface-sll.pcap.gz -y LINUX_SLL tcp port 3260
work "$disk"
tapes_end

# On "any", libpcap keeps one of the two sights (leaving, arriving) of what goes over loopback.
tape_on "$TARGET_NS" any tgt-any-interface-loopback.pcap.gz -y LINUX_SLL2 tcp port 3260
NS=$TARGET_NS work "$disk"
tapes_end

# Initiator and target on one machine, no MTU in between.
tape_on "$TARGET_NS" lo tgt-loopback-super-frames.pcap.gz tcp port 3260
NS=$TARGET_NS work "$disk"
NS=$TARGET_NS initiator_must qemu-img bench -t none -f raw -c 24 -d 8 -s 262144 "$disk"
NS=$TARGET_NS initiator_must qemu-img bench -t none -f raw -c 24 -d 8 -s 262144 -w "$disk"
tapes_end

# Two interfaces in one pcapng: one initiator comes over the link, one over loopback.
tape_pcapng "$TARGET_NS" tgt-two-interfaces.pcapng.gz -i tgt0 -i lo -f 'tcp port 3260'
work "$disk"
NS=$TARGET_NS work "$disk"
tapes_end

ship tgt-any-interface-sll2.pcap.gz tgt-any-interface-sll.pcap.gz tgt-any-interface-loopback.pcap.gz \
  tgt-loopback-super-frames.pcap.gz tgt-two-interfaces.pcapng.gz

tgt_kill
tgt_open 64M "$TARGET_IP6"
tape tgt-ipv6.pcap.gz
initiator_must iscsi-ls -s "iscsi://[$TARGET_IP6]/"
work "iscsi://[$TARGET_IP6]/$IQN/1"
tapes_end
ship tgt-ipv6.pcap.gz
