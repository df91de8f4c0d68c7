# A working session; then the host tries four other addresses: a router forbids the first (ICMP 13), has no way to the second (host unreachable), a third answers for a closed port (RST), the fourth is silent.
random_data() { dd if=/dev/zero of=/tmp/r bs=64k count=${1:-16} 2>/dev/null; }
two_hosts() {
  await target-ready
  ip addr add 10.77.0.4/24 dev eth0; ip route add 10.77.0.3/32 dev eth0 src 10.77.0.4
  iscsiadm -m iface -I hostb -o new; iscsiadm -m iface -I hostb -o update -n iface.initiatorname -v iqn.2026-11.org.example:host-b
  iscsid_up; node; login; wait_disk; A=$D; AG=$G; random_data
  node 10.77.0.3:3260 $TARGET_IQN hostb
}
host_b() { login; sleep 3; B=/dev/sdb; BG=/dev/sg1; note "host A is $A $AG (10.77.0.1), host B is $B $BG (10.77.0.4)"; }
await target-ready; iscsid_up; node; login; wait_disk; read_ 16k 4
ip route add 10.88.0.0/24 via 10.77.0.2
for a in 10.88.0.5:3260 10.88.0.6:3260 10.77.0.3:3261 10.88.0.7:3260; do
  node $a $TARGET_IQN; node_set node.session.initial_login_retry_max 1; node_set 'node.conn[0].timeo.login_timeout' 5; login
done
read_ 16k 2; logout
