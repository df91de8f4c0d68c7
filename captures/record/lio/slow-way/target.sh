plain_target
await narrow; path to-initiator netem rate 1mbit
await wide; path clear
