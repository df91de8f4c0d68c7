#!/usr/bin/env bash
# CRC32C behind every header: the same kind of load as load.sh, smaller, with HeaderDigest agreed.
source "$(dirname "$0")/lib.sh"
lab_open
tgt_open 64M
tgt_key HeaderDigest CRC32C

disk=driver=iscsi,transport=tcp,portal=$TARGET_IP:3260,target=$IQN,lun=1,header-digest=crc32c
bench() { # count, depth, size, then -w for writes
  initiator_must qemu-img bench -t none -c "$1" -d "$2" -s "$3" "${@:4}" --image-opts "$disk"
}

tape tgt-header-digest.pcap.gz tcp port 3260
bench 40 4 4096
bench 40 4 4096 -w --pattern=0xa5
bench 6 2 262144
bench 6 2 262144 -w --pattern=0x5a
tapes_end
ship tgt-header-digest.pcap.gz
