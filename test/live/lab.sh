#!/usr/bin/env bash
# A target and an initiator for the tests of sanscope live, driven line by line over standard input:
# every line answered on standard output when it is done. Ends, and clears away, at the end of input.
#   reads N     N reads of 8 KiB
#   writes N    N writes of 64 KiB
#   load N      N reads of 4 KiB, 16 outstanding
#   stall S     the target stops for S seconds while reads go on
set -euo pipefail
# shellcheck source=captures/record/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../captures/record/lib.sh"

bench() { # arguments of qemu-img bench
  NS=$INITIATOR_NS initiator_must qemu-img bench -f raw -t none "$@" "iscsi://$TARGET_IP/$IQN/1"
}

lab_open
tgt_open 64M
echo "ready $INITIATOR_NS $TARGET_NS"
while read -r verb count; do
  case $verb in
    reads) bench -c "$count" -d 1 -s 8192 ;;
    writes) bench -w -c "$count" -d 4 -s 65536 ;;
    load) bench -c "$count" -d 16 -s 4096 ;;
    down) ip -n "$INITIATOR_NS" link delete ini0 ;;
    stall)
      kill -STOP "$TGTD"
      (sleep "$count"; kill -CONT "$TGTD") &
      bench -c 20 -d 1 -s 4096
      ;;
  esac
  echo "done $verb"
done
