plain_target
await flap; for i in 1 2 3; do ip link set eth0 down; note "switch port to the initiator down"; sleep 1; ip link set eth0 up; note "switch port up"; sleep 4; done
