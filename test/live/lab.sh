#!/usr/bin/env bash
# A target and an initiator for the tests of sanscope live, driven line by line over standard input:
# every line is answered on standard output when it is done. Ends, and clears away, at the end of
# input.
#   reads N     N reads of 8 KiB, one after the other
#   writes N    N writes of 64 KiB, four outstanding
#   stall S     the target stops for S seconds while reads go on
#   down        the initiator's interface goes away
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../captures/record/lib.sh"

disk=iscsi://$TARGET_IP/$IQN/1
bench() { initiator_must qemu-img bench -f raw -t none "$@" "$disk"; }

lab_open
tgt_open 64M
echo "ready $INITIATOR_NS"
while read -r verb count; do
  case $verb in
    reads) bench -c "$count" -d 1 -s 8192 ;;
    writes) bench -w -c "$count" -d 4 -s 65536 ;;
    down) ip -n "$INITIATOR_NS" link delete ini0 ;;
    stall)
      load=()
      for ((i = 0; i < 40; i++)); do load+=(-c "aio_read -q $((i * 8))k 4k" -c 'sleep 10'); done
      initiator_start qemu-io -t none -f raw "${load[@]}" "$disk"
      sleep 0.3
      kill -STOP "$TGTD"
      sleep "$count"
      kill -CONT "$TGTD"
      wait "$INITIATOR"
      ;;
  esac
  echo "done $verb"
done
