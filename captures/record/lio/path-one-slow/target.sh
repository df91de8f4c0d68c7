disk_ram disk 64; target_make; lun 0 disk; portal 10.77.0.2:3260; portal 10.77.0.3:3260
modprobe sch_prio; tc qdisc add dev wire root handle 1: prio priomap 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
tc qdisc add dev wire parent 1:3 handle 30: netem delay 60ms
tc filter add dev wire parent 1: protocol ip prio 1 u32 match ip dst 10.77.0.3/32 flowid 1:3 && note "packets to 10.77.0.3 are held for 60 ms on the way"
target_on
