#!/usr/bin/env bash
# Makes every capture of this folder again, and brings the figures in INDEX.md up to date. Takes
# two minutes. OUT=/a/folder writes the captures there (and leaves INDEX.md alone).
#
# Needs Linux and root, for network namespaces and packet capture, and these Debian packages:
#   tgt istgt libiscsi-bin qemu-utils qemu-block-extra        targets and initiators
#   tcpdump tshark iproute2 ethtool                           tapes, figures, the network
#   python3                                                   for initiator.py
# It changes nothing on the machine outside its own namespaces and a work folder under TMPDIR.
set -euo pipefail
cd "$(dirname "$0")"
[ -z "${OUT:-}" ] || mkdir -p "$OUT"

for family in discovery load logins digests r2t unsolicited istgt libiscsi-tests hostile-data \
  midstream stall reordered links; do
  echo "$family"
  "./$family.sh"
done
[ -n "${OUT:-}" ] || ./figures.sh
