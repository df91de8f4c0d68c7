disk_ram disk 64; target_make; lun 0 disk; attrib authentication 1; attrib generate_node_acls 0
acl iqn.2026-11.org.example:host-a host-a secret-of-a-1; acl iqn.2026-11.org.example:host-b host-b secret-of-b-2
portal 10.77.0.2:3260; portal 10.77.0.3:3260; target_on
