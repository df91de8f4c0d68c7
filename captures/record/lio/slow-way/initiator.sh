# The way from the target to the host passes 1 Mbit/s (netem) while the host reads; before and after it is quick.
random_data() { dd if=/dev/zero of=/tmp/r bs=64k count=${1:-16} 2>/dev/null; }
plain_login; read_ 32k 12
signal narrow; sleep 1
read_ 32k 12 16 & a=$!; wait $a
read_ 32k 8 32 & a=$!; read_ 32k 8 48 & b=$!; wait $a $b
signal wide; sleep 1
read_ 32k 12 64; logout
