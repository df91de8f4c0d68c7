slow_disk slow 64 5 5
disk_block disk /dev/mapper/slow; target_make; lun 0 disk; portal 10.77.0.2:3260; target_on
await hang; dmsetup suspend --nolockfs --noflush slow; note "disk suspended"; sleep 14; dmsetup resume slow; note "disk resumed"
