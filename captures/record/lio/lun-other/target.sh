disk_ram disk 64; disk_ram other 32; target_make; lun 0 disk; portal 10.77.0.2:3260; target_on
await swap; lun_remove 0; lun 0 other; signal swapped
