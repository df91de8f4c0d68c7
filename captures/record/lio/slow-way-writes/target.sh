plain_target
await narrow; path to-target netem rate 2mbit
await wide; path clear
