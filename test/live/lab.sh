#!/usr/bin/env bash
# A target and an initiator for the tests of sanscope live, driven line by line over standard input:
# every line is answered on standard output when it is done. Nothing waits for a time, all for what
# can be seen: a busy machine is only slower. Ends, and clears away, at the end of input.
#   knock       a SYN to a port of iSCSI at which nobody listens, and its RST: is it captured yet?
#   reads N     N reads of 8 KiB, one after the other
#   writes N    N writes of 64 KiB, four outstanding
#   stall       the target stops while a read of a session that works waits for its answer
#   go          … and goes on; done when the initiator has its answer and has logged out
#   down        the initiator's interface goes away
#   load        reads that do not end by themselves, four at once; done when the first are answered
#   pause       the target stops, whatever it is at; resume: it goes on
#   lose-target, lose-initiator   it is killed;  lose-lun: the target deletes the LUN
#   wrong-secret  the target asks for a password, the initiator has another one
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../captures/record/lib.sh"

BOUND=600 # so long nothing takes
disk=iscsi://$TARGET_IP/$IQN/1
bench() { initiator_must qemu-img bench -f raw -t none "$@" "$disk"; }

# An initiator that reads when it is told to, and says when it has its answer.
teller_start() {
  rm -f "$WORK/words"
  mkfifo "$WORK/words"
  : >"$WORK/teller.log" # what the one before said is no answer of this one
  exec 3<>"$WORK/words"
  ip netns exec "$INITIATOR_NS" $PIN timeout -k 2 "$BOUND" qemu-io -t none -f raw "$disk" \
    <"$WORK/words" >>"$WORK/teller.log" 2>&1 3>&- &
  INITIATOR=$!; STARTED+=("$INITIATOR")
}
ask() { echo "read $(($1 * 8))k 4k" >&3; }
answered() { [ "$(grep -c 'bytes at offset' "$WORK/teller.log")" -ge "$1" ]; }
stopped() { grep -q '^State:[[:space:]]*T' "/proc/$TGTD/status"; }
# A request has come that the target has not looked at.
request_waits() {
  ip netns exec "$TARGET_NS" ss -Htn state established '( sport = :3260 )' |
    awk '$1 >= 48 { found = 1 } END { exit !found }'
}

# Four reads at once, and so again each 2 ms: a load that a busy machine can capture.
paced() {
  while :; do
    for i in 0 1 2 3; do echo "aio_read -q ${i}M 4k"; done
    echo 'aio_flush'
    echo 'sleep 2'
  done 2>/dev/null
}
reader() {
  local pid
  for pid in $(ip netns pids "$INITIATOR_NS"); do
    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = qemu-io ] && echo "$pid"
  done
}
# The target has sent some MB to a session that is open.
reads_go_on() {
  ip netns exec "$TARGET_NS" ss -Htin state established '( sport = :3260 )' |
    grep -oE 'bytes_sent:[0-9]+' | awk -F: '$2 > 500000 { found = 1 } END { exit !found }'
}

lab_open
tgt_open 64M
echo "ready $INITIATOR_NS"
while read -r verb count; do
  case $verb in
    knock) in_bounds bash -c "exec 4<>/dev/tcp/$TARGET_IP/860" || true ;;
    reads) bench -c "$count" -d 1 -s 8192 ;;
    writes) bench -w -c "$count" -d 4 -s 65536 ;;
    load)
      paced | ip netns exec "$INITIATOR_NS" $PIN timeout -k 2 "$BOUND" \
        qemu-io -t none -f raw "$disk" >>"$WORK/load.log" 2>&1 &
      STARTED+=("$!")
      await "$BOUND" reads_go_on
      ;;
    pause) kill -STOP "$TGTD" && await "$BOUND" stopped ;;
    resume) kill -CONT "$TGTD" ;;
    lose-target) tgt_kill ;;
    lose-initiator) kill -KILL "$(reader)" ;;
    lose-lun) await "$BOUND" tgt --mode logicalunit --op delete --tid 1 --lun 1 ;;
    wrong-secret)
      tgt --mode account --op new --user alice --password correct-horse
      tgt --mode account --op bind --tid 1 --user alice
      initiator qemu-img info -f raw "iscsi://alice%wrong-donkey@$TARGET_IP/$IQN/1"
      ;;
    down) ip -n "$INITIATOR_NS" link delete ini0 ;;
    stall)
      teller_start
      for i in {1..8}; do
        ask "$i"
        await "$BOUND" answered "$i"
      done
      kill -STOP "$TGTD"
      await "$BOUND" stopped
      ask 9
      await "$BOUND" request_waits
      ;;
    go)
      kill -CONT "$TGTD"
      await "$BOUND" answered 9
      echo quit >&3
      exec 3>&-
      wait "$INITIATOR"
      ;;
  esac
  echo "done $verb"
done
