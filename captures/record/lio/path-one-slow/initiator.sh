# One host, two paths to one LUN: what goes to the second portal is held for 60 ms on the way (netem), the first path is quick.
random_data() { dd if=/dev/zero of=/tmp/r bs=64k count=${1:-16} 2>/dev/null; }
two_hosts() {
  await target-ready
  ip addr add 10.77.0.4/24 dev eth0; ip route add 10.77.0.3/32 dev eth0 src 10.77.0.4
  iscsiadm -m iface -I hostb -o new; iscsiadm -m iface -I hostb -o update -n iface.initiatorname -v iqn.2026-11.org.example:host-b
  iscsid_up; node; login; wait_disk; A=$D; AG=$G; random_data
  node 10.77.0.3:3260 $TARGET_IQN hostb
}
host_b() { login; sleep 3; B=/dev/sdb; BG=/dev/sg1; note "host A is $A $AG (10.77.0.1), host B is $B $BG (10.77.0.4)"; }
await target-ready; iscsid_up; node; login; wait_disk; random_data
node 10.77.0.3:3260 $TARGET_IQN; login; sleep 3
note "disks: $(echo /dev/sd?)"
D=/dev/sda read_ 8k 150 & a=$!; D=/dev/sdb read_ 8k 60 & b=$!; wait $a $b
D=/dev/sda write 8k 60 & a=$!; D=/dev/sdb write 8k 30 200 & b=$!; wait $a $b; logout
