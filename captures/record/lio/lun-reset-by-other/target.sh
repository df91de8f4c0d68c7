slow_disk slow 64 80 80
disk_block disk /dev/mapper/slow; target_make; lun 0 disk; portal 10.77.0.2:3260; portal 10.77.0.3:3260; target_on
