#!/usr/bin/env bash
# CRC32C behind every header: the same kind of load as load.sh, smaller, with HeaderDigest agreed;
# then behind every header and all data, which no packaged initiator does: initiator.py does, from
# tgt and from istgt. And behind data only.
here=$(cd "$(dirname "$0")" && pwd)
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

small() { # keys and steps
  initiator_must "$here/initiator.py" "$TARGET_IP" "$@"
}

# Odd sizes, so that padding is digested too: INQUIRY data of 5 and 66 bytes.
steps=(none:00 none:00 in:5:120000000500 in:255:12000000ff00 read:0:1 read:8:128 write:8:1 write:64:256 nop:16)
tgt_key DataDigest CRC32C
tape tgt-both-digests.pcap.gz tcp port 3260
small "$IQN" 1 HeaderDigest=CRC32C DataDigest=CRC32C ImmediateData=Yes -- "${steps[@]}"
tapes_end

tgt_kill
istgt_open
tape istgt-both-digests.pcap.gz tcp port 3260
small "$IQN" 0 HeaderDigest=CRC32C DataDigest=CRC32C ImmediateData=Yes -- "${steps[@]}"
tapes_end

tape istgt-data-digest-only.pcap.gz tcp port 3260
small "$IQN" 0 HeaderDigest=None DataDigest=CRC32C -- "${steps[@]}"
tapes_end

ship tgt-header-digest.pcap.gz tgt-both-digests.pcap.gz istgt-both-digests.pcap.gz \
  istgt-data-digest-only.pcap.gz
