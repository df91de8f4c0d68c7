# The target lets 4 commands be open; one packet in twenty to the target is lost for as long as the host reads and writes with more than 4 at once.
random_data() { dd if=/dev/zero of=/tmp/r bs=64k count=${1:-16} 2>/dev/null; }
two_hosts() {
  await target-ready
  ip addr add 10.77.0.4/24 dev eth0; ip route add 10.77.0.3/32 dev eth0 src 10.77.0.4
  iscsiadm -m iface -I hostb -o new; iscsiadm -m iface -I hostb -o update -n iface.initiatorname -v iqn.2026-11.org.example:host-b
  iscsid_up; node; login; wait_disk; A=$D; AG=$G; random_data
  node 10.77.0.3:3260 $TARGET_IQN hostb
}
host_b() { login; sleep 3; B=/dev/sdb; BG=/dev/sg1; note "host A is $A $AG (10.77.0.1), host B is $B $BG (10.77.0.4)"; }
plain_login
echo 4 > /sys/block/${D#/dev/}/queue/max_sectors_kb; note "the host splits its I/O into commands of 4 KiB"
read_ 64k 1 1; signal lossy; sleep 1
for i in 1 2 3 4; do read_ 128k 1 $i; write 128k 1 $((i + 8)); done
signal clean; sleep 1; read_ 64k 2; logout
