# The way from the host to the target passes 2 Mbit/s (netem) while the host writes; before and after it is quick.
random_data() { dd if=/dev/zero of=/tmp/r bs=64k count=${1:-16} 2>/dev/null; }
plain_login; write 64k 4
signal narrow; sleep 1
write 64k 8 16 & a=$!; wait $a
write 64k 4 32 & a=$!; write 64k 4 48 & b=$!; wait $a $b
signal wide; sleep 1
write 64k 4 64; logout
