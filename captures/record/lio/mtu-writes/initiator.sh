# Both ends have MTU 9000; from some moment on the way to the target drops frames above 1500 and says nothing; the way back is whole.
random_data() { dd if=/dev/zero of=/tmp/r bs=64k count=${1:-16} 2>/dev/null; }
two_hosts() {
  await target-ready
  ip addr add 10.77.0.4/24 dev eth0; ip route add 10.77.0.3/32 dev eth0 src 10.77.0.4
  iscsiadm -m iface -I hostb -o new; iscsiadm -m iface -I hostb -o update -n iface.initiatorname -v iqn.2026-11.org.example:host-b
  iscsid_up; node; login; wait_disk; A=$D; AG=$G; random_data
  node 10.77.0.3:3260 $TARGET_IQN hostb
}
host_b() { login; sleep 3; B=/dev/sdb; BG=/dev/sg1; note "host A is $A $AG (10.77.0.1), host B is $B $BG (10.77.0.4)"; }
plain_login; write 64k 2; read_ 64k 4
signal narrow; sleep 1
read_ 64k 4 & r=$!; wait $r
write 64k 2 8 & w=$!
sleep 12; signal wide; wait $w; note "write ended"; sleep 2; logout
