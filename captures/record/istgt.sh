#!/usr/bin/env bash
# istgt: logins answered after a second, NOP-Ins, a session of three
# connections, a virtual tape and a DVD.
here=$(cd "$(dirname "$0")" && pwd)
source "$here/lib.sh"
lab_open
small() { # a target's last word, its LUN, then keys and steps
  BOUND=30 initiator "$here/initiator.py" "$TARGET_IP" "iqn.2024-01.org.example:$1" "${@:2}"
}

istgt_open FirstBurstLength 65536 MaxBurstLength 262144 MaxConnections 4 NopInInterval 2

disk=iscsi://$TARGET_IP/$IQN/0
tape istgt-mixed-load.pcap.gz tcp port 3260
initiator_must iscsi-inq "$disk"
initiator_must qemu-img bench -t none -f raw -c 20 -d 4 -s 4096 "$disk"
initiator_must qemu-img bench -t none -f raw -c 20 -d 4 -s 4096 -w --pattern=0xa5 "$disk"
initiator_must qemu-img bench -t none -f raw -c 6 -d 2 -s 262144 -w --pattern=0x5a "$disk"
initiator_must qemu-img bench -t none -f raw -c 6 -d 2 -s 262144 "$disk"
tapes_end

tape istgt-nop-in.pcap.gz tcp port 3260
small disk 0 -- none:00 none:00 read:0:8 sleep:9 read:0:8
tapes_end

tape istgt-three-connections.pcap.gz tcp port 3260
small disk 0 MaxConnections=4 --connections 3 -- none:00 +read:0:128 +write:0:128 +read:128:64 \
  +write:256:512 +read:0:8 +write:1024:128 +read:512:128 wait +read:0:1 +read:1:1 +read:2:1 wait
tapes_end

# Tape: block limits, position, rewind, write 4 KiB, a filemark, rewind, read it back, read on into
# the filemark. DVD: TOC, configuration, two reads, disc information.
tape istgt-tape.pcap tcp port 3260
small tape 0 -- none:00 none:00 in:6:050000000000 in:20:340000000000000000000000 none:010000000000 \
  out:4096:0a0000100000 none:100000000100 none:010000000000 in:4096:080000100000 in:4096:080000100000
tapes_end
tape istgt-dvd.pcap tcp port 3260
small dvd 0 -- none:00 none:00 in:64:43000000000000004000 in:32:46000000000000002000 \
  in:2048:a80000000000000000010000 in:2048:28000000000100000100 in:32:51000000000000002000
tapes_end

# iscsi-ls and istgt do not get on: it never ends. Meanwhile istgt sends NOP-In on every
# connection, the one of the discovery session included.
end_process "$ISTGT" KILL
istgt_open NopInInterval 1
tape istgt-discovery-hang.pcap tcp port 3260
BOUND=9 initiator iscsi-ls -s "iscsi://$TARGET_IP/"
tapes_end

ship istgt-discovery-hang.pcap istgt-mixed-load.pcap.gz istgt-nop-in.pcap.gz istgt-three-connections.pcap.gz \
  istgt-tape.pcap istgt-dvd.pcap
