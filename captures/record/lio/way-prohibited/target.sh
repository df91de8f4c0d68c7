sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0; note "the target's machine forwards: 10.88.0.0/24 is said to lie behind it"
ip route add prohibit 10.88.0.5/32; ip route add unreachable 10.88.0.6/32; ip route add blackhole 10.88.0.7/32; note "10.88.0.5 prohibited, 10.88.0.6 unreachable, 10.88.0.7 a black hole"
plain_target
