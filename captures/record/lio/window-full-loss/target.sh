disk_ram disk 64; target_make; attrib default_cmdsn_depth 4; lun 0 disk; portal 10.77.0.2:3260; target_on
await lossy; path to-target netem loss 5%
await clean; path clear
