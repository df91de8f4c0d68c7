slow_disk slow 64 5 5
disk_ram disk 64; disk_block other /dev/mapper/slow; target_make; lun 0 disk; lun 1 other; portal 10.77.0.2:3260; target_on
await slow; slow_disk slow 64 700 700
await quick; slow_disk slow 64 5 5
