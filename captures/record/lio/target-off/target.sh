plain_target
await away; echo 0 > $P/enable; note "portal group off"; sleep 8; echo 1 > $P/enable; note "portal group on"
