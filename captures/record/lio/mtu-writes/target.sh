plain_target
await narrow; for m in sch_ingress cls_matchall act_police act_gact; do modprobe $m; done
tc qdisc add dev wire clsact; tc filter add dev wire egress matchall action police rate 8gbit burst 8m mtu 1514 conform-exceed drop/ok && note "frames to the target above 1500 bytes (and Ethernet's 14) are dropped"
await wide; tc -s filter show dev wire egress >> /host/target.counters; tc qdisc del dev wire clsact; note "nothing is dropped any more"
