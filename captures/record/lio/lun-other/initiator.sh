# LUN 0 (64 MiB) is taken away and another disk of 32 MiB is put in its place under the same number; the host looks again.
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
read_ 16k 4; run sg_readcap $G; run sg_vpd -p di $G
signal swap; await swapped; sleep 1
run sg_turs $G; run sg_turs $G; run sg_readcap $G; run sg_vpd -p di $G
echo 1 > /sys/block/${D#/dev/}/device/rescan; note "rescan: $(cat /sys/block/${D#/dev/}/size) sectors"
read_ 16k 4; logout
