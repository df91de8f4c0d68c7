#!/usr/bin/env bash
# Writes what tshark counts in each capture into INDEX.md, between the marks
# <!-- figures NAME --> and <!-- end -->. The stories around them are written by hand.
set -euo pipefail
cd "$(dirname "$0")/.."

figures() { # capture
  echo
  capinfos -M -r -T -c -u -s -E "$1" | awk -F'\t' '{
    printf "- %s packets in %.3f s, %.0f KB as a file, %s\n", $3, $5, $4 / 1000, $2 }'
  printf -- '- PDUs (tshark): '
  tshark -r "$1" -Y iscsi -T fields -e iscsi.opcode 2>/dev/null | tr ',' '\n' | sort | uniq -c | awk '
    BEGIN {
      split("00 NOP-Out,01 SCSI Command,02 Task Management Request,03 Login Request,04 Text Request," \
        "05 Data-Out,06 Logout Request,20 NOP-In,21 SCSI Response,22 Task Management Response," \
        "23 Login Response,24 Text Response,25 Data-In,26 Logout Response,31 R2T,32 Async Message," \
        "3f Reject", rows, ",")
      for (i in rows) name["0x" substr(rows[i], 1, 2)] = substr(rows[i], 4)
    }
    { printf "%s%s %s", (NR > 1 ? ", " : ""), $1, ($2 in name ? name[$2] : $2) }
    END { print NR ? "" : "none" }'
  printf -- '- commands with their answer (tshark scsi,srt): '
  tshark -r "$1" -q -z scsi,srt,0 2>/dev/null | awk '
    /^ +[0-9]+ / {
      name = substr($0, 8, 22); sub(/ +$/, "", name); sub(/^ +/, "", name)
      n = split(substr($0, 30), f, " ")
      printf "%s%s %s (%s to %s, mean %s)", (rows++ ? "; " : ""), name, f[1], us(f[2]), us(f[3]), us(f[4])
    }
    END { print rows ? "" : "none" }
    function us(s) { return s < 0.001 ? sprintf("%.0f µs", s * 1e6) : s < 1 ? sprintf("%.2f ms", s * 1e3) : sprintf("%.2f s", s) }'
  echo
}

while IFS= read -r line; do
  case $line in
    '<!-- figures '*)
      skipping=1
      name=${line#<!-- figures }
      name=${name% -->}
      echo "$line"
      figures "$name"
      ;;
    '<!-- end -->') skipping=; echo "$line" ;;
    *) [ -n "${skipping:-}" ] || echo "$line" ;;
  esac
done <INDEX.md >INDEX.md.new
mv INDEX.md.new INDEX.md
