# Shared by the recording scripts: two network namespaces joined by a veth pair, a target in one,
# initiators in the other, tapes (tcpdump, dumpcap) on the link between them.
#
# Source this file, call lab_open, and everything started through it is ended again when the script
# exits, however it exits: processes by their id, namespaces by name, files with the work folder.
# Namespaces carry the process id in their names and every address lives inside a namespace, so two
# recordings at the same time do not meet.

set -euo pipefail

readonly INITIATOR_IP=10.77.0.1 TARGET_IP=10.77.0.2
readonly INITIATOR_IP6=fd77::1 TARGET_IP6=fd77::2
readonly IQN=iqn.2024-01.org.example:disk
readonly INITIATOR_NS=sanrec-i-$$ TARGET_NS=sanrec-t-$$

# One processor for the target and the initiators: with two, the kernel's per-processor receive
# queues reorder segments on a veth pair. A script that wants that empties PIN.
PIN="taskset -c $(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')"

OUT=${OUT:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}
WORK=
TGTD=
ISTGT=
INITIATOR=
STARTED=()     # process ids of all we started in the background
TAPE_PIDS=()   # the tapes that run, side by side with TAPE_FILES
TAPE_FILES=()

die() { echo "$(basename "$0"): $*" >&2; exit 1; }
say() { echo "    $*" >&2; }

# --- the laboratory ---------------------------------------------------------------------------

lab_open() {
  [ "$(id -u)" = 0 ] || die "needs root: it makes network namespaces and captures packets"
  WORK=$(mktemp -d "${TMPDIR:-/tmp}/sanrec.XXXXXX")
  trap lab_close EXIT
  trap 'exit 130' INT TERM
  ip netns add "$INITIATOR_NS"
  ip netns add "$TARGET_NS"
  # MTU 1500 and no offloads: the capture shows the frames a wire would carry, checksums included.
  ip link add ini0 netns "$INITIATOR_NS" address 02:00:0a:4d:00:01 mtu 1500 type veth \
    peer name tgt0 netns "$TARGET_NS" address 02:00:0a:4d:00:02 mtu 1500
  lab_link "$INITIATOR_NS" ini0 "$INITIATOR_IP" "$INITIATOR_IP6"
  lab_link "$TARGET_NS" tgt0 "$TARGET_IP" "$TARGET_IP6"
}

lab_link() { # namespace, interface, IPv4, IPv6
  ip -n "$1" address add "$3/24" dev "$2"
  ip -n "$1" address add "$4/64" dev "$2" nodad
  ip -n "$1" link set lo up
  ip -n "$1" link set "$2" up
  # Packets cannot leave the namespaces: the only other link in each is its own loopback.
  ip netns exec "$1" ethtool -K "$2" tso off gso off gro off tx off rx off >/dev/null
}

lab_close() {
  local status=$? pid
  trap - EXIT
  set +e
  for pid in "${STARTED[@]}"; do
    kill -CONT "$pid" 2>/dev/null
    kill "$pid" 2>/dev/null
  done
  for pid in "${STARTED[@]}"; do
    for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -KILL "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
  done
  ip netns delete "$INITIATOR_NS" 2>/dev/null
  ip netns delete "$TARGET_NS" 2>/dev/null
  [ -n "$WORK" ] && rm -rf "$WORK"
  exit "$status"
}

# Runs an initiator to its end: bounded, with its input closed and its chatter kept out of the way.
# A failing initiator is often the point of the recording, so its status is told, not obeyed.
initiator() {
  local status=0
  in_bounds "$@" || status=$?
  say "$(basename "$1") ended with status $status"
}

# The same, but its failure ends the recording.
initiator_must() {
  in_bounds "$@" || { tail -5 "$WORK/initiator.log" >&2; die "failed: $*"; }
}

# The same in the background; its process id is in INITIATOR.
initiator_start() {
  in_bounds "$@" &
  INITIATOR=$!; STARTED+=("$INITIATOR")
}

in_bounds() {
  ip netns exec "${NS:-$INITIATOR_NS}" $PIN timeout -k 2 "${BOUND:-60}" "$@" \
    </dev/null >>"$WORK/initiator.log" 2>&1
}

await() { # seconds, then a command: wait until it succeeds
  local tries=$(($1 * 20)); shift
  until "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    if [ "$tries" -le 0 ]; then
      tail -n 5 "$WORK"/*.log "$WORK"/*.said >&2 || true
      die "waited in vain for: $*"
    fi
    sleep 0.05
  done
}

end_process() { # process id, signal
  kill "-${2:-TERM}" "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}

# --- tapes --------------------------------------------------------------------------------------

# tape NAME [tcpdump arguments]: starts a capture on the initiator's end of the link. NAME ends in
# .pcap, or in .pcap.gz to be compressed at the end.
tape() {
  local name=$1; shift
  tape_on "$INITIATOR_NS" ini0 "$name" "$@"
}

tape_on() { # namespace, interface, name, tcpdump arguments
  local namespace=$1 link=$2 file=$WORK/${3%.gz}; shift 3
  ip netns exec "$namespace" tcpdump -i "$link" -n -B 65536 -Z root -w "$file" "$@" \
    </dev/null 2>"$file.said" &
  TAPE_PIDS+=($!); STARTED+=($!)
  await 60 grep -q 'listening on' "$file.said"
  TAPE_FILES+=("$file")
}

# The same by dumpcap, as pcapng: namespace, name, dumpcap arguments (one -i an interface).
tape_pcapng() {
  local namespace=$1 file=$WORK/${2%.gz}; shift 2
  ip netns exec "$namespace" dumpcap -q -B 64 -N 100000 -C 67108864 -w "$file" "$@" </dev/null 2>"$file.said" &
  TAPE_PIDS+=($!); STARTED+=($!)
  await 60 grep -q '^File: ' "$file.said"
  TAPE_FILES+=("$file")
}

# Ends all tapes, and refuses a recording in which the kernel dropped a packet.
tapes_end() {
  local i file
  sleep 1 # the kernel hands packets over in blocks: let the last block come
  for i in "${!TAPE_PIDS[@]}"; do end_process "${TAPE_PIDS[$i]}" INT; done
  for file in "${TAPE_FILES[@]}"; do
    if grep -Eq '^[1-9][0-9]* packets? dropped|: [0-9]+/[1-9][0-9]* \(pcap' "$file.said" ||
      ! grep -Eq '^0 packets dropped by kernel|: [0-9]+/0 \(pcap' "$file.said"; then
      cat "$file.said" >&2
      die "the kernel dropped packets of $file"
    fi
    say "$(basename "$file"): $(grep -E 'packets (captured|dropped)|dropped on' "$file.said" | paste -sd,)"
  done
  TAPE_PIDS=() TAPE_FILES=()
}

# ship NAME…: compress what ends in .gz, and put it beside its siblings.
ship() {
  local name
  for name in "$@"; do
    case $name in *.gz) gzip -9nf "$WORK/${name%.gz}" ;; esac
    mv "$WORK/$name" "$OUT/$name"
    chmod 644 "$OUT/$name" # dumpcap keeps its files to itself
    say "$name: $(stat -c %s "$OUT/$name") bytes"
  done
}

# --- tgt ------------------------------------------------------------------------------------------

# tgt_open SIZE [ADDRESS]: tgtd with one target IQN, a sparse disk of SIZE as LUN 1, open to
# everybody. What `tgt` says goes to the tgtd opened last.
tgt_open() {
  local address=${2:-$TARGET_IP}
  export TGT_IPC_SOCKET=$WORK/tgtd.socket.${address//[^0-9a-f]/-}
  case $address in *:*) address="[$address]" ;; esac
  ip netns exec "$TARGET_NS" $PIN tgtd -f -d 0 --iscsi "portal=$address:3260" \
    </dev/null >"$WORK/tgtd.log" 2>&1 &
  TGTD=$!; STARTED+=("$TGTD")
  await 60 tgtadm --lld iscsi --mode sys --op show
  truncate -s "$1" "$WORK/disk"
  tgt --mode target --op new --tid 1 --targetname "$IQN"
  tgt --mode logicalunit --op new --tid 1 --lun 1 -b "$WORK/disk"
  tgt --mode logicalunit --op update --tid 1 --lun 1 \
    --params thin_provisioning=1,vendor_id=EXAMPLE,product_id=DISK,scsi_sn=00000001
  tgt --mode target --op bind --tid 1 -I ALL
}

tgt() { ip netns exec "$TARGET_NS" tgtadm --lld iscsi "$@"; }

tgt_key() { tgt --mode target --op update --tid 1 --name "$1" --value "$2"; }

# Ends tgtd without a goodbye; tgt_open brings it back with the same disk.
tgt_kill() {
  end_process "$TGTD" KILL
  rm -f "$TGT_IPC_SOCKET"*
}

# --- istgt ----------------------------------------------------------------------------------------

# istgt_open [Key Value]…: istgt with a disk, a tape and a DVD, each a target of its own. What is
# given is added to the Global section, and wins over what stands there.
istgt_open() {
  local keys='' name
  while [ $# -gt 0 ]; do keys+="  $1 $2"$'\n'; shift 2; done
  for name in disk dvd; do [ -e "$WORK/istgt-$name" ] || truncate -s 16M "$WORK/istgt-$name"; done
  : >"$WORK/auth.conf"
  chmod 600 "$WORK/auth.conf"
  {
    printf '%s\n' '[Global]' '  NodeBase "iqn.2024-01.org.example"' "  PidFile $WORK/istgt.pid" \
      "  AuthFile $WORK/auth.conf" "  MediaDirectory $WORK" '  LogFacility "local7"' '  Timeout 30' \
      '  DiscoveryAuthMethod None' '  MaxSessions 16' "$keys"
    printf '%s\n' '[UnitControl]' '  AuthMethod None' '  Portal UC1 127.0.0.1:3261' '  Netmask 127.0.0.1' \
      '[PortalGroup1]' "  Portal DA1 $TARGET_IP:3260" \
      '[InitiatorGroup1]' '  InitiatorName "ALL"' "  Netmask $INITIATOR_IP/24"
    istgt_unit 1 disk "UnitType Disk" "LUN0 Storage $WORK/istgt-disk 16MB" 32
    istgt_unit 2 tape "UnitType Tape" "LUN0 Removable rw $WORK/istgt-tape 64MB" 0
    istgt_unit 3 dvd "UnitType DVD" "LUN0 Removable ro $WORK/istgt-dvd auto" 0
  } >"$WORK/istgt.conf"
  ip netns exec "$TARGET_NS" $PIN istgt -c "$WORK/istgt.conf" -D </dev/null >"$WORK/istgt.log" 2>&1 &
  ISTGT=$!; STARTED+=("$ISTGT")
  await 60 ip netns exec "$TARGET_NS" bash -c "exec 3<>/dev/tcp/$TARGET_IP/3260"
}

istgt_unit() { # number, target name, type, unit, queue depth
  printf '%s\n' "[LogicalUnit$1]" "  TargetName $2" "  Mapping PortalGroup1 InitiatorGroup1" \
    '  AuthMethod None' '  UseDigest Auto' "  $3" "  QueueDepth $5" "  $4"
}
