# Two hosts with CHAP: host A's secret is right, host B's is wrong; B tries three times.
random_data() { dd if=/dev/zero of=/tmp/r bs=64k count=${1:-16} 2>/dev/null; }
two_hosts() {
  await target-ready
  ip addr add 10.77.0.4/24 dev eth0; ip route add 10.77.0.3/32 dev eth0 src 10.77.0.4
  iscsiadm -m iface -I hostb -o new; iscsiadm -m iface -I hostb -o update -n iface.initiatorname -v iqn.2026-11.org.example:host-b
  iscsid_up; node; login; wait_disk; A=$D; AG=$G; random_data
  node 10.77.0.3:3260 $TARGET_IQN hostb
}
host_b() { login; sleep 3; B=/dev/sdb; BG=/dev/sg1; note "host A is $A $AG (10.77.0.1), host B is $B $BG (10.77.0.4)"; }
await target-ready
ip addr add 10.77.0.4/24 dev eth0; ip route add 10.77.0.3/32 dev eth0 src 10.77.0.4
iscsiadm -m iface -I hostb -o new; iscsiadm -m iface -I hostb -o update -n iface.initiatorname -v iqn.2026-11.org.example:host-b
iscsid_up; node
chap() { node_set node.session.initial_login_retry_max 1; node_set node.session.auth.authmethod CHAP; node_set node.session.auth.username $1; node_set node.session.auth.password $2; }
chap host-a secret-of-a-1; login; wait_disk; random_data; read_ 16k 4
node 10.77.0.3:3260 $TARGET_IQN hostb; chap host-b secret-of-a-1
for i in 1 2 3; do login; read_ 16k 2; sleep 1; done
logout
