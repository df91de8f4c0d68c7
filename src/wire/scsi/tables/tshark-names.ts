// Made by tools/generate-tshark-names.ts: do not edit.
// tshark’s field (=text or =octets, else a number)|its places: "c 2.0+32 28,2a" are bits of a CDB, "d group/name 12:83" a node of data

export const TSHARK_NAME_ROWS = `
scsi.blockdescs.block_length|d blockDescriptor/logicalBlockLength 15,1a,55,5a
scsi.blockdescs.density_code|d blockDescriptor/densityCode 15,1a,55,5a
scsi.blockdescs.no_of_blocks64|d blockDescriptor/numberOfLogicalBlocks 15,1a,55,5a
scsi.blockdescs.no_of_blocks|d blockDescriptor/numberOfLogicalBlocks 15,1a,55,5a
scsi.cdb.alloclen16|c 3.0+16 12|c 7.0+16 43,46,4a,4d,51,52,5a,5c,5e|c 8.0+16 a4,ad
scsi.cdb.alloclen32|c 10.0+32 84|c 6.0+32 a0,a3.c
scsi.cdb.alloclen|c 4.0+8 03,1a
scsi.cdb.control.naca|c 11.5+1 a0,a3,a5,a6,a7,a8,aa,ac,ad,ae,af,b4,b6,b7,b8,bb|c 15.5+1 80,81,83,84,88,89,8a,8b,8e,8f,90,91,92,93,9c,9e.10,9e.11,9e.12,9e.13,9f.11,a4|c 5.5+1 00,01,03,04,05,07,08,0a,0b,0f,10,11,13,14,15,16,17,19,1a,1b,1d,1e|c 9.5+1 25,28,2a,2b,2e,2f,34,35,37,3b,3e,3f,41,42,43,44,46,48,4a,4c,4d,50,51,52,53,55,56,57,5a,5b,5c,5e,5f
scsi.cdb.control.obs1|c 11.6+1 a0,a3,a5,a6,a7,a8,aa,ac,ad,ae,af,b4,b6,b7,b8,bb|c 15.6+1 80,81,83,84,88,89,8a,8b,8e,8f,90,91,92,93,9c,9e.10,9e.11,9e.12,9e.13,9f.11,a4|c 5.6+1 00,01,03,04,05,07,08,0a,0b,0f,10,11,13,14,15,16,17,19,1a,1b,1d,1e|c 9.6+1 25,28,2a,2b,2e,2f,34,35,37,3b,3e,3f,41,42,43,44,46,48,4a,4c,4d,50,51,52,53,55,56,57,5a,5b,5c,5e,5f
scsi.cdb.control.obs2|c 11.7+1 a0,a3,a5,a6,a7,a8,aa,ac,ad,ae,af,b4,b6,b7,b8,bb|c 15.7+1 80,81,83,84,88,89,8a,8b,8e,8f,90,91,92,93,9c,9e.10,9e.11,9e.12,9e.13,9f.11,a4|c 5.7+1 00,01,03,04,05,07,08,0a,0b,0f,10,11,13,14,15,16,17,19,1a,1b,1d,1e|c 9.7+1 25,28,2a,2b,2e,2f,34,35,37,3b,3e,3f,41,42,43,44,46,48,4a,4c,4d,50,51,52,53,55,56,57,5a,5b,5c,5e,5f
scsi.cdb.control.reserved|c 11.2+3 a0,a3,a5,a6,a7,a8,aa,ac,ad,ae,af,b4,b6,b7,b8,bb|c 15.2+3 80,81,83,84,88,89,8a,8b,8e,8f,90,91,92,93,9c,9e.10,9e.11,9e.12,9e.13,9f.11,a4|c 5.2+3 00,01,03,04,05,07,08,0a,0b,0f,10,11,13,14,15,16,17,19,1a,1b,1d,1e|c 9.2+3 25,28,2a,2b,2e,2f,34,35,37,3b,3e,3f,41,42,43,44,46,48,4a,4c,4d,50,51,52,53,55,56,57,5a,5b,5c,5e,5f
scsi.cdb.control.vendorspecific|c 11.0+2 a0,a3,a5,a6,a7,a8,aa,ac,ad,ae,af,b4,b6,b7,b8,bb|c 15.0+2 80,81,83,84,88,89,8a,8b,8e,8f,90,91,92,93,9c,9e.10,9e.11,9e.12,9e.13,9f.11,a4|c 5.0+2 00,01,03,04,05,07,08,0a,0b,0f,10,11,13,14,15,16,17,19,1a,1b,1d,1e|c 9.0+2 25,28,2a,2b,2e,2f,34,35,37,3b,3e,3f,41,42,43,44,46,48,4a,4c,4d,50,51,52,53,55,56,57,5a,5b,5c,5e,5f
scsi.cdb.control|c 1.0+8 7f|c 11.0+8 a0,a3,a5,a6,a7,a8,aa,ac,ad,ae,af,b4,b6,b7,b8,bb|c 15.0+8 80,81,83,84,88,89,8a,8b,8e,8f,90,91,92,93,9c,9e.10,9e.11,9e.12,9e.13,9f.11,a4|c 5.0+8 00,01,03,04,05,07,08,0a,0b,0f,10,11,13,14,15,16,17,19,1a,1b,1d,1e|c 9.0+8 25,28,2a,2b,2e,2f,34,35,37,3b,3e,3f,41,42,43,44,46,48,4a,4c,4d,50,51,52,53,55,56,57,5a,5b,5c,5e,5f
scsi.cdb.inq.control|c 5.0+8 12
scsi.cdb.mode.block_descriptor_length|d blockDescriptorLength 15,1a,55,5a
scsi.cdb.mode.device_specific_parameter|d 2.0+8 15,1a|d 3.0+8 55,5a|d deviceSpecificParameter 1a,5a
scsi.cdb.mode.flags|c 1.0+8 15,55
scsi.cdb.mode.longlba|d longlba 55,5a
scsi.cdb.mode.medium_type|d mediumType 15,1a,55,5a
scsi.cdb.mode.mode_data_length|d modeDataLength 15,1a,55,5a
scsi.cdb.paramlen16|c 3.0+16 1d|c 5.0+32 5f|c 7.0+16 4c,55,56,57|d pageLength 1d
scsi.cdb.paramlen24|c 6.0+24 3b
scsi.cdb.paramlen|c 4.0+8 15
scsi.cscd_desc_type_code|d cscdDescriptor/descriptorTypeCode 83.0|d implementedDescriptor/typeCode 84.3
scsi.extcopy.cscd_assoc|d designationDescriptor/association 83.0
scsi.extcopy.cscd_code_set|d designationDescriptor/codeSet 83.0
scsi.extcopy.cscd_des_len|d designationDescriptor/designatorLength 83.0
scsi.extcopy.cscd_des_type|d designationDescriptor/designatorType 83.0
scsi.extcopy.cscd_list_len|d cscdDescriptorListLength 83.0
scsi.extcopy.dest_lba|d segmentDescriptor/destinationBlockDeviceLogicalBlockAddress 83.0
scsi.extcopy.disk_block_len|d cscdDescriptor/diskBlockLength 83.0
scsi.extcopy.inline_data_len|d inlineDataLength 83.0
scsi.extcopy.list_id|d listIdentifier 83.0
scsi.extcopy.lu_type|d cscdDescriptor/luIdType 83.0
scsi.extcopy.param_list_len|c 10.0+32 83
scsi.extcopy.per_dev_type|d cscdDescriptor/peripheralDeviceType 83.0
scsi.extcopy.rel_init_port_id|d cscdDescriptor/relativeInitiatorPortIdentifier 83.0
scsi.extcopy.seg_desc_cat|d segmentDescriptor/cat 83.0
scsi.extcopy.seg_desc_dc|d segmentDescriptor/dc 83.0
scsi.extcopy.seg_desc_dest_id|d segmentDescriptor/destinationCscdDescriptorId 83.0
scsi.extcopy.seg_desc_list_len|d segmentDescriptorListLength 83.0
scsi.extcopy.seg_desc_num_of_blocks|d segmentDescriptor/blockDeviceNumberOfBlocks 83.0
scsi.extcopy.seg_desc_src_id|d segmentDescriptor/sourceCscdDescriptorId 83.0
scsi.extcopy.seg_desc_type|d segmentDescriptor/descriptorTypeCode 83.0
scsi.extcopy.service_action|c 1.0+8 83
scsi.extcopy.source_lba|d segmentDescriptor/sourceBlockDeviceLogicalBlockAddress 83.0
scsi.extcopy.xcopy_param_list_id_usage|d listIdUsage 83.0
scsi.extcopy.xcopy_param_priority|d priority 83.0
scsi.extcopy.xcopy_param_str|d str 83.0
scsi.inquiry.acaflags|d 3.0+8 12
scsi.inquiry.acc|d acc 12
scsi.inquiry.add_len|d additionalLength 12
scsi.inquiry.bdc.fuab|d 8.6+1 12:b1|d fuab 12:b1
scsi.inquiry.bdc.mrr|d 4.0+16 12:b1|d mediumRotationRate 12:b1
scsi.inquiry.bdc.nff|d 7.4+4 12:b1|d nominalFormFactor 12:b1
scsi.inquiry.bdc.pt|d 6.0+8 12:b1|d productType 12:b1
scsi.inquiry.bdc.vbuls|d 8.7+1 12:b1|d vbuls 12:b1
scsi.inquiry.bdc.wabereq|d 7.0+2 12:b1|d wabereq 12:b1
scsi.inquiry.bdc.wacereq|d 7.2+2 12:b1|d wacereq 12:b1
scsi.inquiry.bqueflags|d 6.0+8 12
scsi.inquiry.bque|d bque 12
scsi.inquiry.cmdque|d cmdque 12
scsi.inquiry.control.naca|c 5.5+1 12
scsi.inquiry.control.obs1|c 5.6+1 12
scsi.inquiry.control.obs2|c 5.7+1 12
scsi.inquiry.control.reserved|c 5.2+3 12
scsi.inquiry.control.vendorspecific|c 5.0+2 12
scsi.inquiry.devtype|d peripheralDeviceType 12,12:00,12:01,12:02,12:03,12:04,12:05,12:06,12:07,12:08,12:09,12:0a,12:0b,12:0c,12:0d,12:0e,12:0f,12:10,12:11,12:12,12:13,12:14,12:15,12:16,12:17,12:18,12:19,12:1a,12:1b,12:1c,12:1d,12:1e,12:1f,12:20,12:21,12:22,12:23,12:24,12:25,12:26,12:27,12:28,12:29,12:2a,12:2b,12:2c,12:2d,12:2e,12:2f,12:30,12:31,12:32,12:33,12:34,12:35,12:36,12:37,12:38,12:39,12:3a,12:3b,12:3c,12:3d,12:3e,12:3f,12:40,12:41,12:42,12:43,12:44,12:45,12:46,12:47,12:48,12:49,12:4a,12:4b,12:4c,12:4d,12:4e,12:4f,12:50,12:51,12:52,12:53,12:54,12:55,12:56,12:57,12:58,12:59,12:5a,12:5b,12:5c,12:5d,12:5e,12:5f,12:60,12:61,12:62,12:63,12:64,12:65,12:66,12:67,12:68,12:69,12:6a,12:6b,12:6c,12:6d,12:6e,12:6f,12:70,12:71,12:72,12:73,12:74,12:75,12:76,12:77,12:78,12:79,12:7a,12:7b,12:7c,12:7d,12:7e,12:7f,12:80,12:81,12:82,12:83,12:84,12:85,12:86,12:87,12:88,12:89,12:8a,12:8b,12:8c,12:8d,12:8e,12:8f,12:90,12:91,12:92,12:93,12:94,12:95,12:96,12:97,12:98,12:99,12:9a,12:9b,12:9c,12:9d,12:9e,12:9f,12:a0,12:a1,12:a2,12:a3,12:a4,12:a5,12:a6,12:a7,12:a8,12:a9,12:aa,12:ab,12:ac,12:ad,12:ae,12:af,12:b0,12:b1,12:b2,12:b3,12:b4,12:b5,12:b6,12:b7,12:b8,12:b9,12:ba,12:bb,12:bc,12:bd,12:be,12:bf,12:c0,12:c1,12:c2,12:c3,12:c4,12:c5,12:c6,12:c7,12:c8,12:c9,12:ca,12:cb,12:cc,12:cd,12:ce,12:cf,12:d0,12:d1,12:d2,12:d3,12:d4,12:d5,12:d6,12:d7,12:d8,12:d9,12:da,12:db,12:dc,12:dd,12:de,12:df,12:e0,12:e1,12:e2,12:e3,12:e4,12:e5,12:e6,12:e7,12:e8,12:e9,12:ea,12:eb,12:ec,12:ed,12:ee,12:ef,12:f0,12:f1,12:f2,12:f3,12:f4,12:f5,12:f6,12:f7,12:f8,12:f9,12:fa,12:fb,12:fc,12:fd,12:fe,12:ff
scsi.inquiry.encserv|d encserv 12
scsi.inquiry.evpd.devid.association|d designationDescriptor/association 12:83
scsi.inquiry.evpd.devid.code_set|d designationDescriptor/codeSet 12:83
scsi.inquiry.evpd.devid.identifier_bytes=octets|d designationDescriptor/designator 12:83|d designationDescriptor/eui64Identifier 12:83|d designationDescriptor/naaIdentifier 12:83|d designationDescriptor/scsiNameString 12:83
scsi.inquiry.evpd.devid.identifier_length|d designationDescriptor/designatorLength 12:83
scsi.inquiry.evpd.devid.identifier_str=text|d designationDescriptor/designator 12:83|d designationDescriptor/eui64Identifier 12:83|d designationDescriptor/naaIdentifier 12:83|d designationDescriptor/scsiNameString 12:83|d designationDescriptor/vendorSpecificIdentifier 12:83
scsi.inquiry.evpd.devid.identifier_type|d designationDescriptor/designatorType 12:83
scsi.inquiry.evpd.pagecode|c 2.0+8 12|d pageCode 12:00,12:01,12:02,12:03,12:04,12:05,12:06,12:07,12:08,12:09,12:0a,12:0b,12:0c,12:0d,12:0e,12:0f,12:10,12:11,12:12,12:13,12:14,12:15,12:16,12:17,12:18,12:19,12:1a,12:1b,12:1c,12:1d,12:1e,12:1f,12:20,12:21,12:22,12:23,12:24,12:25,12:26,12:27,12:28,12:29,12:2a,12:2b,12:2c,12:2d,12:2e,12:2f,12:30,12:31,12:32,12:33,12:34,12:35,12:36,12:37,12:38,12:39,12:3a,12:3b,12:3c,12:3d,12:3e,12:3f,12:40,12:41,12:42,12:43,12:44,12:45,12:46,12:47,12:48,12:49,12:4a,12:4b,12:4c,12:4d,12:4e,12:4f,12:50,12:51,12:52,12:53,12:54,12:55,12:56,12:57,12:58,12:59,12:5a,12:5b,12:5c,12:5d,12:5e,12:5f,12:60,12:61,12:62,12:63,12:64,12:65,12:66,12:67,12:68,12:69,12:6a,12:6b,12:6c,12:6d,12:6e,12:6f,12:70,12:71,12:72,12:73,12:74,12:75,12:76,12:77,12:78,12:79,12:7a,12:7b,12:7c,12:7d,12:7e,12:7f,12:80,12:81,12:82,12:83,12:84,12:85,12:86,12:87,12:88,12:89,12:8a,12:8b,12:8c,12:8d,12:8e,12:8f,12:90,12:91,12:92,12:93,12:94,12:95,12:96,12:97,12:98,12:99,12:9a,12:9b,12:9c,12:9d,12:9e,12:9f,12:a0,12:a1,12:a2,12:a3,12:a4,12:a5,12:a6,12:a7,12:a8,12:a9,12:aa,12:ab,12:ac,12:ad,12:ae,12:af,12:b0,12:b1,12:b2,12:b3,12:b4,12:b5,12:b6,12:b7,12:b8,12:b9,12:ba,12:bb,12:bc,12:bd,12:be,12:bf,12:c0,12:c1,12:c2,12:c3,12:c4,12:c5,12:c6,12:c7,12:c8,12:c9,12:ca,12:cb,12:cc,12:cd,12:ce,12:cf,12:d0,12:d1,12:d2,12:d3,12:d4,12:d5,12:d6,12:d7,12:d8,12:d9,12:da,12:db,12:dc,12:dd,12:de,12:df,12:e0,12:e1,12:e2,12:e3,12:e4,12:e5,12:e6,12:e7,12:e8,12:e9,12:ea,12:eb,12:ec,12:ed,12:ee,12:ef,12:f0,12:f1,12:f2,12:f3,12:f4,12:f5,12:f6,12:f7,12:f8,12:f9,12:fa,12:fb,12:fc,12:fd,12:fe,12:ff
scsi.inquiry.evpd.pagelength|d pageLength 12:00,12:01,12:02,12:03,12:04,12:05,12:06,12:07,12:08,12:09,12:0a,12:0b,12:0c,12:0d,12:0e,12:0f,12:10,12:11,12:12,12:13,12:14,12:15,12:16,12:17,12:18,12:19,12:1a,12:1b,12:1c,12:1d,12:1e,12:1f,12:20,12:21,12:22,12:23,12:24,12:25,12:26,12:27,12:28,12:29,12:2a,12:2b,12:2c,12:2d,12:2e,12:2f,12:30,12:31,12:32,12:33,12:34,12:35,12:36,12:37,12:38,12:39,12:3a,12:3b,12:3c,12:3d,12:3e,12:3f,12:40,12:41,12:42,12:43,12:44,12:45,12:46,12:47,12:48,12:49,12:4a,12:4b,12:4c,12:4d,12:4e,12:4f,12:50,12:51,12:52,12:53,12:54,12:55,12:56,12:57,12:58,12:59,12:5a,12:5b,12:5c,12:5d,12:5e,12:5f,12:60,12:61,12:62,12:63,12:64,12:65,12:66,12:67,12:68,12:69,12:6a,12:6b,12:6c,12:6d,12:6e,12:6f,12:70,12:71,12:72,12:73,12:74,12:75,12:76,12:77,12:78,12:79,12:7a,12:7b,12:7c,12:7d,12:7e,12:7f,12:80,12:81,12:82,12:83,12:84,12:85,12:86,12:87,12:88,12:89,12:8a,12:8b,12:8c,12:8d,12:8e,12:8f,12:90,12:91,12:92,12:93,12:94,12:95,12:96,12:97,12:98,12:99,12:9a,12:9b,12:9c,12:9d,12:9e,12:9f,12:a0,12:a1,12:a2,12:a3,12:a4,12:a5,12:a6,12:a7,12:a8,12:a9,12:aa,12:ab,12:ac,12:ad,12:ae,12:af,12:b0,12:b1,12:b2,12:b3,12:b4,12:b5,12:b6,12:b7,12:b8,12:b9,12:ba,12:bb,12:bc,12:bd,12:be,12:bf,12:c0,12:c1,12:c2,12:c3,12:c4,12:c5,12:c6,12:c7,12:c8,12:c9,12:ca,12:cb,12:cc,12:cd,12:ce,12:cf,12:d0,12:d1,12:d2,12:d3,12:d4,12:d5,12:d6,12:d7,12:d8,12:d9,12:da,12:db,12:dc,12:dd,12:de,12:df,12:e0,12:e1,12:e2,12:e3,12:e4,12:e5,12:e6,12:e7,12:e8,12:e9,12:ea,12:eb,12:ec,12:ed,12:ee,12:ef,12:f0,12:f1,12:f2,12:f3,12:f4,12:f5,12:f6,12:f7,12:f8,12:f9,12:fa,12:fb,12:fc,12:fd,12:fe,12:ff
scsi.inquiry.evpd.product_serial_number=text|d productSerialNumber 12:80
scsi.inquiry.evpd.supported_page|d supportedPage/pageCode 12:00
scsi.inquiry.flags|c 1.0+8 12
scsi.inquiry.hisup|d hisup 12
scsi.inquiry.linked|d linked 12
scsi.inquiry.mchngr|d mchngr 12
scsi.inquiry.multip|d multip 12
scsi.inquiry.normaca|d normaca 12
scsi.inquiry.peripheral|d 0.0+8 12
scsi.inquiry.product_id=text|d productIdentification 12
scsi.inquiry.product_rev=text|d productRevisionLevel 12
scsi.inquiry.protect|d protect 12
scsi.inquiry.qualifier|d peripheralQualifier 12,12:00,12:01,12:02,12:03,12:04,12:05,12:06,12:07,12:08,12:09,12:0a,12:0b,12:0c,12:0d,12:0e,12:0f,12:10,12:11,12:12,12:13,12:14,12:15,12:16,12:17,12:18,12:19,12:1a,12:1b,12:1c,12:1d,12:1e,12:1f,12:20,12:21,12:22,12:23,12:24,12:25,12:26,12:27,12:28,12:29,12:2a,12:2b,12:2c,12:2d,12:2e,12:2f,12:30,12:31,12:32,12:33,12:34,12:35,12:36,12:37,12:38,12:39,12:3a,12:3b,12:3c,12:3d,12:3e,12:3f,12:40,12:41,12:42,12:43,12:44,12:45,12:46,12:47,12:48,12:49,12:4a,12:4b,12:4c,12:4d,12:4e,12:4f,12:50,12:51,12:52,12:53,12:54,12:55,12:56,12:57,12:58,12:59,12:5a,12:5b,12:5c,12:5d,12:5e,12:5f,12:60,12:61,12:62,12:63,12:64,12:65,12:66,12:67,12:68,12:69,12:6a,12:6b,12:6c,12:6d,12:6e,12:6f,12:70,12:71,12:72,12:73,12:74,12:75,12:76,12:77,12:78,12:79,12:7a,12:7b,12:7c,12:7d,12:7e,12:7f,12:80,12:81,12:82,12:83,12:84,12:85,12:86,12:87,12:88,12:89,12:8a,12:8b,12:8c,12:8d,12:8e,12:8f,12:90,12:91,12:92,12:93,12:94,12:95,12:96,12:97,12:98,12:99,12:9a,12:9b,12:9c,12:9d,12:9e,12:9f,12:a0,12:a1,12:a2,12:a3,12:a4,12:a5,12:a6,12:a7,12:a8,12:a9,12:aa,12:ab,12:ac,12:ad,12:ae,12:af,12:b0,12:b1,12:b2,12:b3,12:b4,12:b5,12:b6,12:b7,12:b8,12:b9,12:ba,12:bb,12:bc,12:bd,12:be,12:bf,12:c0,12:c1,12:c2,12:c3,12:c4,12:c5,12:c6,12:c7,12:c8,12:c9,12:ca,12:cb,12:cc,12:cd,12:ce,12:cf,12:d0,12:d1,12:d2,12:d3,12:d4,12:d5,12:d6,12:d7,12:d8,12:d9,12:da,12:db,12:dc,12:dd,12:de,12:df,12:e0,12:e1,12:e2,12:e3,12:e4,12:e5,12:e6,12:e7,12:e8,12:e9,12:ea,12:eb,12:ec,12:ed,12:ee,12:ef,12:f0,12:f1,12:f2,12:f3,12:f4,12:f5,12:f6,12:f7,12:f8,12:f9,12:fa,12:fb,12:fc,12:fd,12:fe,12:ff
scsi.inquiry.rdf|d responseDataFormat 12
scsi.inquiry.reladrflags|d 7.0+8 12
scsi.inquiry.removable|d rmb 12
scsi.inquiry.rmbflags|d 1.0+8 12
scsi.inquiry.sccsflags|d 5.0+8 12
scsi.inquiry.sccs|d sccs 12
scsi.inquiry.tpc|d thirdPartyCopy 12
scsi.inquiry.tpgs|d tpgs 12
scsi.inquiry.vendor_id=text|d designationDescriptor/t10VendorIdentification 12:83|d t10VendorIdentification 12
scsi.inquiry.vendor_specific=octets|d vendorSpecific 12
scsi.inquiry.version_desc|d versionDescriptor 12
scsi.inquiry.version|d version 12
scsi.log.page_length|d pageLength 4d
scsi.log.pagecode|c 2.2+6 4d|d pageCode 4d
scsi.log.param_data=octets|d logParameter/accumulatedPowerOnMinutes 4d|d logParameter/exponent 4d|d logParameter/idleTimeIntervals 4d|d logParameter/parameterValue 4d
scsi.log.param_len|d logParameter/parameterLength 4d
scsi.log.param_ptr|c 5.0+16 4d
scsi.log.parameter_code|d logParameter/parameterCode 4d
scsi.log.pc.flags|c 2.0+8 4c,4d|d 0.0+8 4d
scsi.log.pcr|c 1.6+1 4c
scsi.log.pc|c 2.0+2 4c,4d
scsi.log.pf.ds|d logParameter/ds 4d
scsi.log.pf.du|d logParameter/du 4d
scsi.log.pf.etc|d logParameter/etc 4d
scsi.log.pf.tmc|d logParameter/tmc 4d
scsi.log.pf.tsd|d logParameter/tsd 4d
scsi.log.ppc.flags|c 1.0+8 4c,4d
scsi.log.ppc|c 1.6+1 4d
scsi.log.sp|c 1.7+1 4c,4d
scsi.log.ta.aif|d logParameter#0039/flag 4d
scsi.log.ta.cff|d logParameter#001a/flag 4d
scsi.log.ta.cm|d logParameter#000b/flag 4d
scsi.log.ta.cn|d logParameter#0014/flag 4d
scsi.log.ta.cp|d logParameter#0015/flag 4d
scsi.log.ta.dire|d logParameter#0027/flag 4d
scsi.log.ta.dm|d logParameter#001d/flag 4d
scsi.log.ta.dpie|d logParameter#0019/flag 4d
scsi.log.ta.drhu|d logParameter#0023/flag 4d
scsi.log.ta.drtm|d logParameter#0024/flag 4d
scsi.log.ta.drvo|d logParameter#0025/flag 4d
scsi.log.ta.dwf|d logParameter#0022/flag 4d
scsi.log.ta.ecm|d logParameter#0016/flag 4d
scsi.log.ta.em|d logParameter#0021/flag 4d
scsi.log.ta.fe|d logParameter#0010/flag 4d
scsi.log.ta.fwf|d logParameter#003a/flag 4d
scsi.log.ta.he|d logParameter#0003/flag 4d
scsi.log.ta.hwa|d logParameter#001e/flag 4d
scsi.log.ta.hwb|d logParameter#001f/flag 4d
scsi.log.ta.ict|d logParameter#0017/flag 4d
scsi.log.ta.if|d logParameter#0020/flag 4d
scsi.log.ta.lofa|d logParameter#0037/flag 4d
scsi.log.ta.lost|d logParameter#0032/flag 4d
scsi.log.ta.mcicf|d logParameter#000f/flag 4d
scsi.log.ta.media|d logParameter#0004/flag 4d
scsi.log.ta.ml|d logParameter#0007/flag 4d
scsi.log.ta.ndg|d logParameter#0008/flag 4d
scsi.log.ta.nml|d logParameter#0013/flag 4d
scsi.log.ta.nr|d logParameter#000a/flag 4d
scsi.log.ta.nsod|d logParameter#0036/flag 4d
scsi.log.ta.pc|d logParameter#001c/flag 4d
scsi.log.ta.pefa|d logParameter#0026/flag 4d
scsi.log.ta.psf|d logParameter#001b/flag 4d
scsi.log.ta.rf|d logParameter#0005/flag 4d
scsi.log.ta.rmcf|d logParameter#000d/flag 4d
scsi.log.ta.rof|d logParameter#0011/flag 4d
scsi.log.ta.rr|d logParameter#0018/flag 4d
scsi.log.ta.rw|d logParameter#0001/flag 4d
scsi.log.ta.tdcol|d logParameter#0012/flag 4d
scsi.log.ta.tduau|d logParameter#0033/flag 4d
scsi.log.ta.tsarf|d logParameter#0035/flag 4d
scsi.log.ta.tsawf|d logParameter#0034/flag 4d
scsi.log.ta.uf|d logParameter#000c/flag 4d
scsi.log.ta.umcf|d logParameter#000e/flag 4d
scsi.log.ta.uuf|d logParameter#0038/flag 4d
scsi.log.ta.wf|d logParameter#0006/flag 4d
scsi.log.ta.wmicf|d logParameter#003b/flag 4d
scsi.log.ta.wmoa|d logParameter#003c/flag 4d
scsi.log.ta.wp|d logParameter#0009/flag 4d
scsi.log.ta.ww|d logParameter#0002/flag 4d
scsi.lun.address_mode|d lun/addressMethod a0
scsi.mmc5.modepage.audio_play|d modePage/audioPlay R15,R1a,R55,R5a
scsi.mmc5.modepage.bckf|d modePage/bckf R15,R1a,R55,R5a
scsi.mmc5.modepage.buffer_size_supported|d modePage/bufferSizeSupported R15,R1a,R55,R5a
scsi.mmc5.modepage.buf|d modePage/buf R15,R1a,R55,R5a
scsi.mmc5.modepage.c2_pointers_supported|d modePage/c2PointersSupported R15,R1a,R55,R5a
scsi.mmc5.modepage.cd_da_cmds_supported|d modePage/cdDaCmdsSupported R15,R1a,R55,R5a
scsi.mmc5.modepage.cd_da_stream_is_accurate|d modePage/cdDaStreamIsAccurate R15,R1a,R55,R5a
scsi.mmc5.modepage.cd_r_read|d modePage/cdRRead R15,R1a,R55,R5a
scsi.mmc5.modepage.cd_r_write|d modePage/cdRWrite R15,R1a,R55,R5a
scsi.mmc5.modepage.cd_rw_read|d modePage/cdRwRead R15,R1a,R55,R5a
scsi.mmc5.modepage.cd_rw_write|d modePage/cdRwWrite R15,R1a,R55,R5a
scsi.mmc5.modepage.changer_supports_disc_present|d modePage/changerSupportsDiscPresent R15,R1a,R55,R5a
scsi.mmc5.modepage.composite|d modePage/composite R15,R1a,R55,R5a
scsi.mmc5.modepage.copy_management_revision_support|d modePage/copyManagementRevisionSupported R15,R1a,R55,R5a
scsi.mmc5.modepage.current_write_speed_selected|d modePage/currentWriteSpeedSelected R15,R1a,R55,R5a
scsi.mmc5.modepage.digital_port1|d modePage/digitalPort1 R15,R1a,R55,R5a
scsi.mmc5.modepage.digital_port2|d modePage/digitalPort2 R15,R1a,R55,R5a
scsi.mmc5.modepage.dvd_r_read|d modePage/dvdRRead R15,R1a,R55,R5a
scsi.mmc5.modepage.dvd_r_write|d modePage/dvdRWrite R15,R1a,R55,R5a
scsi.mmc5.modepage.dvd_ram_read|d modePage/dvdRamRead R15,R1a,R55,R5a
scsi.mmc5.modepage.dvd_ram_write|d modePage/dvdRamWrite R15,R1a,R55,R5a
scsi.mmc5.modepage.dvd_rom_read|d modePage/dvdRomRead R15,R1a,R55,R5a
scsi.mmc5.modepage.eject|d modePage/eject R15,R1a,R55,R5a
scsi.mmc5.modepage.isrc|d modePage/isrc R15,R1a,R55,R5a
scsi.mmc5.modepage.length|d modePage/length R15,R1a,R55,R5a
scsi.mmc5.modepage.loading_mechanism_type|d modePage/loadingMechanismType R15,R1a,R55,R5a
scsi.mmc5.modepage.lock_state|d modePage/lockState R15,R1a,R55,R5a
scsi.mmc5.modepage.lock|d modePage/lock R15,R1a,R55,R5a
scsi.mmc5.modepage.lsbf|d modePage/length R15,R1a,R55,R5a
scsi.mmc5.modepage.method_2|d modePage/method2 R15,R1a,R55,R5a
scsi.mmc5.modepage.mmcap_multi_session|d modePage/multiSession R15,R1a,R55,R5a
scsi.mmc5.modepage.mmcap_test_write|d modePage/testWrite R15,R1a,R55,R5a
scsi.mmc5.modepage.mode_2_form1|d modePage/mode2Form1 R15,R1a,R55,R5a
scsi.mmc5.modepage.mode_2_form2|d modePage/mode2Form2 R15,R1a,R55,R5a
scsi.mmc5.modepage.num_write_speed_performance|d modePage/numberOfLogicalUnitWriteSpeedPerformanceDescriptors R15,R1a,R55,R5a
scsi.mmc5.modepage.number_of_volume_levels_supported|d modePage/numberOfVolumeLevelsSupported R15,R1a,R55,R5a
scsi.mmc5.modepage.prevent_jumper|d modePage/preventJumper R15,R1a,R55,R5a
scsi.mmc5.modepage.rck|d modePage/rck R15,R1a,R55,R5a
scsi.mmc5.modepage.read_bar_code|d modePage/readBarCode R15,R1a,R55,R5a
scsi.mmc5.modepage.rotation_control_selected|d modePage/rotationControlSelected R15,R1a,R55,R5a
scsi.mmc5.modepage.rw_deinterleaved_corrected|d modePage/rWDeInterleavedCorrected R15,R1a,R55,R5a
scsi.mmc5.modepage.rw_in_lead_in|d modePage/rWInLeadIn R15,R1a,R55,R5a
scsi.mmc5.modepage.rw_supported|d modePage/rWSupported R15,R1a,R55,R5a
scsi.mmc5.modepage.separate_channel_mute|d modePage/separateChannelMute R15,R1a,R55,R5a
scsi.mmc5.modepage.separate_volume_levels|d modePage/separateVolumeLevels R15,R1a,R55,R5a
scsi.mmc5.modepage.side_change_capable|d modePage/sideChangeCapable R15,R1a,R55,R5a
scsi.mmc5.modepage.sw_slot_selection|d modePage/sss R15,R1a,R55,R5a
scsi.mmc5.modepage.upc|d modePage/upc R15,R1a,R55,R5a
scsi.mode.flags|c 1.0+8 1a,5a
scsi.mode.mmc.pagecode|c 2.2+6 R1a,R5a|d modePage/pageCode R15,R1a,R55,R5a
scsi.mode.mrie|d modePage/mrie 15,1a,55,5a
scsi.mode.pc|c 2.0+2 1a,5a
scsi.mode.qmod|d modePage/queueAlgorithmModifier 15,1a,55,5a
scsi.mode.rac|d modePage/rac 15,1a,55,5a
scsi.mode.sbc.pagecode|c 2.2+6 1a,5a|d modePage/pageCode 15,1a,55,5a
scsi.mode.smc.dt_dt|d modePage/dtToDt M15,M1a,M55,M5a
scsi.mode.smc.dt_ie|d modePage/dtToIE M15,M1a,M55,M5a
scsi.mode.smc.dt_mt|d modePage/dtToMt M15,M1a,M55,M5a
scsi.mode.smc.dt_ne_dt|d modePage/dtWithDt M15,M1a,M55,M5a
scsi.mode.smc.dt_ne_ie|d modePage/dtWithIE M15,M1a,M55,M5a
scsi.mode.smc.dt_ne_mt|d modePage/dtWithMt M15,M1a,M55,M5a
scsi.mode.smc.dt_ne_st|d modePage/dtWithSt M15,M1a,M55,M5a
scsi.mode.smc.dt_st|d modePage/dtToSt M15,M1a,M55,M5a
scsi.mode.smc.first_data_transfer_element_address|d modePage/firstDataTransferElementAddress M15,M1a,M55,M5a
scsi.mode.smc.first_import_export_element_address|d modePage/firstImportExportElementAddress M15,M1a,M55,M5a
scsi.mode.smc.first_medium_transport_element_address|d modePage/firstMediumTransportElementAddress M15,M1a,M55,M5a
scsi.mode.smc.first_storage_element_address|d modePage/firstStorageElementAddress M15,M1a,M55,M5a
scsi.mode.smc.ie_dt|d modePage/iEToDt M15,M1a,M55,M5a
scsi.mode.smc.ie_ie|d modePage/iEToIE M15,M1a,M55,M5a
scsi.mode.smc.ie_mt|d modePage/iEToMt M15,M1a,M55,M5a
scsi.mode.smc.ie_ne_dt|d modePage/iEWithDt M15,M1a,M55,M5a
scsi.mode.smc.ie_ne_ie|d modePage/iEWithIE M15,M1a,M55,M5a
scsi.mode.smc.ie_ne_mt|d modePage/iEWithMt M15,M1a,M55,M5a
scsi.mode.smc.ie_ne_st|d modePage/iEWithSt M15,M1a,M55,M5a
scsi.mode.smc.ie_st|d modePage/iEToSt M15,M1a,M55,M5a
scsi.mode.smc.mt_dt|d modePage/mtToDt M15,M1a,M55,M5a
scsi.mode.smc.mt_ie|d modePage/mtToIE M15,M1a,M55,M5a
scsi.mode.smc.mt_mt|d modePage/mtToMt M15,M1a,M55,M5a
scsi.mode.smc.mt_ne_dt|d modePage/mtWithDt M15,M1a,M55,M5a
scsi.mode.smc.mt_ne_ie|d modePage/mtWithIE M15,M1a,M55,M5a
scsi.mode.smc.mt_ne_mt|d modePage/mtWithMt M15,M1a,M55,M5a
scsi.mode.smc.mt_ne_st|d modePage/mtWithSt M15,M1a,M55,M5a
scsi.mode.smc.mt_st|d modePage/mtToSt M15,M1a,M55,M5a
scsi.mode.smc.number_of_data_transfer_elements|d modePage/numberOfDataTransferElements M15,M1a,M55,M5a
scsi.mode.smc.number_of_import_export_elements|d modePage/numberOfImportExportElements M15,M1a,M55,M5a
scsi.mode.smc.number_of_medium_transport_elements|d modePage/numberOfMediumTransportElements M15,M1a,M55,M5a
scsi.mode.smc.number_of_storage_elements|d modePage/numberOfStorageElements M15,M1a,M55,M5a
scsi.mode.smc.pagecode|c 2.2+6 M1a,M5a|d modePage/pageCode M15,M1a,M55,M5a
scsi.mode.smc.st_dt|d modePage/stToDt M15,M1a,M55,M5a
scsi.mode.smc.st_ie|d modePage/stToIE M15,M1a,M55,M5a
scsi.mode.smc.st_mt|d modePage/stToMt M15,M1a,M55,M5a
scsi.mode.smc.st_ne_dt|d modePage/stWithDt M15,M1a,M55,M5a
scsi.mode.smc.st_ne_ie|d modePage/stWithIE M15,M1a,M55,M5a
scsi.mode.smc.st_ne_mt|d modePage/stWithMt M15,M1a,M55,M5a
scsi.mode.smc.st_ne_st|d modePage/stWithSt M15,M1a,M55,M5a
scsi.mode.smc.st_st|d modePage/stToSt M15,M1a,M55,M5a
scsi.mode.smc.stordt|d modePage/stordt M15,M1a,M55,M5a
scsi.mode.smc.storie|d modePage/storiE M15,M1a,M55,M5a
scsi.mode.smc.stormt|d modePage/stormt M15,M1a,M55,M5a
scsi.mode.smc.storst|d modePage/storst M15,M1a,M55,M5a
scsi.mode.spc.pagecode|c 2.2+6 1a,5a|d modePage/pageCode 15,1a,55,5a
scsi.mode.spc.subpagecode|d modePage/subpageCode 15,1a,55,5a
scsi.mode.ssc.pagecode|c 2.2+6 T1a,T5a|d modePage/pageCode T15,T1a,T55,T5a
scsi.mode.tac|d modePage/vs 15,1a,55,5a
scsi.mode.tst|d modePage/tst 15,1a,55,5a
scsi.mpi.service_action|c 1.3+5 a3
scsi.naa.ieee_company_id|d designationDescriptor/ieeeCompanyId 12:83
scsi.naa.type|d designationDescriptor/naa 12:83,83.0
scsi.naa.vendor_specific.extension=octets|d designationDescriptor/vendorSpecificIdentifierExtension 12:83,83.0
scsi.naa.vendor_specific|d designationDescriptor/vendorSpecificIdentifierB 12:83
scsi.persresv.control.all_tg_pt|d allTgPt 5f
scsi.persresv.control.aptpl|d aptpl 5f
scsi.persresv.control.spec_i_pt|d specIPt 5f
scsi.persresv.control.unreg|d unreg 5f.7
scsi.persresv.rel_tpi|d relativeTargetPortIdentifier 5f.7
scsi.persresv.reskey=octets|d reservationKey 5f
scsi.persresv.sareskey=octets|d serviceActionReservationKey 5f
scsi.persresv.scope|c 2.0+4 5f|d scope 5e.1
scsi.persresv.transportid_len|d transportidLength 5f.7
scsi.persresv.type|c 2.4+4 5f|d type 5e.1
scsi.persresvin.additional_length|d additionalLength 5e.0,5e.1
scsi.persresvin.generation_number|d prgeneration 5e.0,5e.1
scsi.persresvin.svcaction|c 1.3+5 5e
scsi.persresvout.svcaction|c 1.3+5 5f
scsi.presresv.obs=octets|d scopeSpecificAddress 5f
scsi.prevent_allow.flags|c 4.0+8 1e
scsi.prevent_allow.prevent|c 4.7+1 1e
scsi.proto|d modePage/protocolIdentifier 15,1a,55,5a
scsi.recv_copy.avail_data|d availableData 84.3
scsi.recv_copy.data_seg_gran|d dataSegmentGranularity 84.3
scsi.recv_copy.held_data_gran|d heldDataGranularity 84.3
scsi.recv_copy.implemented_desc_list_len|d implementedDescriptorListLength 84.3
scsi.recv_copy.inline_data_gran|d inlineDataGranularity 84.3
scsi.recv_copy.max_con_copies|d maximumConcurrentCopies 84.3
scsi.recv_copy.max_cscd_desc_count|d maximumCscdDescriptorCount 84.3
scsi.recv_copy.max_desc_list_len|d maximumDescriptorListLength 84.3
scsi.recv_copy.max_held_data_limit|d heldDataLimit 84.3
scsi.recv_copy.max_inline_data_len|d maximumInlineDataLength 84.3
scsi.recv_copy.max_seg_desc_count|d maximumSegmentDescriptorCount 84.3
scsi.recv_copy.max_seg_len|d maximumSegmentLength 84.3
scsi.recv_copy.max_stream_dev_trans_size|d maximumStreamDeviceTransferSize 84.3
scsi.recv_copy.service_action|c 1.3+5 84
scsi.recv_copy.snlid|d snlid 84.3
scsi.recv_copy.total_con_copies|d totalConcurrentCopies 84.3
scsi.release.flags|c 1.0+8 56,57
scsi.release.thirdpartyid=octets|c 3.0+8 56,57
scsi.report_opcodes.cdb_length|d cdbSize a3.c|d commandDescriptor/cdbLength a3.c
scsi.report_opcodes.cdb_usage_data=octets|d cdbUsageData a3.c
scsi.report_opcodes.command_data_length|d commandDataLength a3.c
scsi.report_opcodes.ctdp|d commandDescriptor/ctdp a3.c
scsi.report_opcodes.ncpt|d commandTimeoutsDescriptor/nominalCommandProcessingTimeout a3.c
scsi.report_opcodes.options|c 2.5+3 a3.c
scsi.report_opcodes.rctd|c 2.0+1 a3.c
scsi.report_opcodes.rct|d commandTimeoutsDescriptor/recommendedCommandTimeout a3.c
scsi.report_opcodes.requested_operation_code|c 3.0+8 a3.c
scsi.report_opcodes.requested_service_action|c 4.0+16 a3.c
scsi.report_opcodes.servactv|d commandDescriptor/servactv a3.c
scsi.report_opcodes.service_action|d commandDescriptor/serviceAction a3.c
scsi.report_opcodes.support|d support a3.c
scsi.report_opcodes.timeout_descriptor_length|d commandTimeoutsDescriptor/descriptorLength a3.c
scsi.report_opcodes_one.ctdp|d ctdp a3.c
scsi.reportluns.lun_list_length|d lunListLength a0
scsi.reserved8|c 2.0+64 83,84
scsi.reserved|c 14.0+8 83,84
scsi.sbc.modepage.abpf|d modePage/abpf 15,1a,55,5a
scsi.sbc.modepage.alternate_sectors_per_zone|d modePage/alternateSectorsPerZone 15,1a,55,5a
scsi.sbc.modepage.alternate_tracks_per_lu|d modePage/alternateTracksPerLogicalUnit 15,1a,55,5a
scsi.sbc.modepage.alternate_tracks_per_zone|d modePage/alternateTracksPerZone 15,1a,55,5a
scsi.sbc.modepage.arre|d modePage/arre 15,1a,55,5a
scsi.sbc.modepage.awre|d modePage/awre 15,1a,55,5a
scsi.sbc.modepage.cache_segment_size|d modePage/cacheSegmentSize 15,1a,55,5a
scsi.sbc.modepage.cap|d modePage/cap 15,1a,55,5a
scsi.sbc.modepage.correction_span|d modePage/correctionSpan 15,1a,55,5a
scsi.sbc.modepage.cylinder_skew_factor|d modePage/cylinderSkewFactor 15,1a,55,5a
scsi.sbc.modepage.data_bytes_per_physical_sector|d modePage/dataBytesPerPhysicalSector 15,1a,55,5a
scsi.sbc.modepage.data_strobe_offset_count|d modePage/dataStrobeOffsetCount 15,1a,55,5a
scsi.sbc.modepage.dcr|d modePage/dcr 15,1a,55,5a
scsi.sbc.modepage.demand_read_retention_priority|d modePage/demandReadRetentionPriority 15,1a,55,5a
scsi.sbc.modepage.device_step_rate|d modePage/deviceStepRate 15,1a,55,5a
scsi.sbc.modepage.disable_pre_fetch_xfer_len|d modePage/disablePreFetchTransferLength 15,1a,55,5a
scsi.sbc.modepage.disc|d modePage/disc 15,1a,55,5a
scsi.sbc.modepage.dra|d modePage/dra 15,1a,55,5a
scsi.sbc.modepage.dte|d modePage/dte 15,1a,55,5a
scsi.sbc.modepage.eer|d modePage/eer 15,1a,55,5a
scsi.sbc.modepage.fsw|d modePage/fsw 15,1a,55,5a
scsi.sbc.modepage.head_offset_count|d modePage/headOffsetCount 15,1a,55,5a
scsi.sbc.modepage.hsec|d modePage/hsec 15,1a,55,5a
scsi.sbc.modepage.ic|d modePage/ic 15,1a,55,5a
scsi.sbc.modepage.interleave|d modePage/interleave 15,1a,55,5a
scsi.sbc.modepage.landing_zone_cyl|d modePage/landingZoneCylinder 15,1a,55,5a
scsi.sbc.modepage.lbcss|d modePage/lbcss 15,1a,55,5a
scsi.sbc.modepage.maximum_pre_fetch_ceiling|d modePage/maximumPreFetchCeiling 15,1a,55,5a
scsi.sbc.modepage.maximum_pre_fetch|d modePage/maximumPreFetch 15,1a,55,5a
scsi.sbc.modepage.medium_rotation_rate|d modePage/mediumRotationRate 15,1a,55,5a
scsi.sbc.modepage.mf|d modePage/mf 15,1a,55,5a
scsi.sbc.modepage.minimum_pre_fetch|d modePage/minimumPreFetch 15,1a,55,5a
scsi.sbc.modepage.non_cache_segment_size|d modePage/nonCacheSegmentSize 15,1a,55,5a
scsi.sbc.modepage.number_of_cache_segments|d modePage/numberOfCacheSegments 15,1a,55,5a
scsi.sbc.modepage.number_of_cylinders|d modePage/numberOfCylinders 15,1a,55,5a
scsi.sbc.modepage.number_of_heads|d modePage/numberOfHeads 15,1a,55,5a
scsi.sbc.modepage.per|d modePage/per 15,1a,55,5a
scsi.sbc.modepage.rcd|d modePage/rcd 15,1a,55,5a
scsi.sbc.modepage.rc|d modePage/rc 15,1a,55,5a
scsi.sbc.modepage.read_retry_count|d modePage/readRetryCount 15,1a,55,5a
scsi.sbc.modepage.recovery_time_limit|d modePage/recoveryTimeLimit 15,1a,55,5a
scsi.sbc.modepage.rmb|d modePage/rmb 15,1a,55,5a
scsi.sbc.modepage.rotational_offset|d modePage/rotationalOffset 15,1a,55,5a
scsi.sbc.modepage.sectors_per_track|d modePage/sectorsPerTrack 15,1a,55,5a
scsi.sbc.modepage.size|d modePage/size 15,1a,55,5a
scsi.sbc.modepage.ssec|d modePage/ssec 15,1a,55,5a
scsi.sbc.modepage.starting_cyl_pre_compensation|d modePage/startingCylinderWritePrecompensation 15,1a,55,5a
scsi.sbc.modepage.starting_cyl_reduced_write_current|d modePage/startingCylinderReducedWriteCurrent 15,1a,55,5a
scsi.sbc.modepage.surf|d modePage/surf 15,1a,55,5a
scsi.sbc.modepage.tb|d modePage/tb 15,1a,55,5a
scsi.sbc.modepage.track_skew_factor|d modePage/trackSkewFactor 15,1a,55,5a
scsi.sbc.modepage.tracks_per_zone|d modePage/tracksPerZone 15,1a,55,5a
scsi.sbc.modepage.wce|d modePage/wce 15,1a,55,5a
scsi.sbc.modepage.write_retention_priority|d modePage/writeRetentionPriority 15,1a,55,5a
scsi.sbc.modepage.write_retry_count|d modePage/writeRetryCount 15,1a,55,5a
scsi.segment_descriptor_length|d segmentDescriptor/descriptorLength 83.0
scsi.sns.addlen|s additionalSenseLength
scsi.sns.ascascq|s additionalSense
scsi.sns.ascq|s additionalSenseCodeQualifier
scsi.sns.asc|s additionalSenseCode
scsi.sns.command_specific_information=octets|s commandSpecificInformation
scsi.sns.desc.length|s anotherProgressIndication/additionalLength|s blockCommands/additionalLength|s commandSpecificInformation/additionalLength|s fieldReplaceableUnit/additionalLength|s information/additionalLength|s senseDescriptor/additionalLength|s senseKeySpecific/additionalLength
scsi.sns.desc.type|s anotherProgressIndication/descriptorType|s blockCommands/descriptorType|s commandSpecificInformation/descriptorType|s fieldReplaceableUnit/descriptorType|s information/descriptorType|s senseDescriptor/descriptorType|s senseKeySpecific/descriptorType
scsi.sns.eom|s eom
scsi.sns.errtype|d responseCode 03|s responseCode
scsi.sns.filemark|s filemark
scsi.sns.fru|s fieldReplaceableUnitCode
scsi.sns.ili|s ili
scsi.sns.info|s information
scsi.sns.key|s senseKey
scsi.sns.sks.fp.bit|s senseKeySpecific/bitPointer
scsi.sns.sks.fp.bpv|s senseKeySpecific/bpv
scsi.sns.sks.fp.cd|s senseKeySpecific/cD
scsi.sns.sks.fp.field|s senseKeySpecific/fieldPointer
scsi.sns.sks_info|s senseKeySpecific|s senseKeySpecific/senseKeySpecific
scsi.sns.sksv|s senseKeySpecific/sksv|s sksv
scsi.spc.modepage.autoload_mode|d modePage/autoloadMode 15,1a,55,5a
scsi.spc.modepage.buffer_empty_ratio|d modePage/bufferEmptyRatio 15,1a,55,5a
scsi.spc.modepage.buffer_full_ratio|d modePage/bufferFullRatio 15,1a,55,5a
scsi.spc.modepage.bus_inactivity_limit|d modePage/busInactivityLimit 15,1a,55,5a
scsi.spc.modepage.busy_timeout_period|d modePage/busyTimeoutPeriod 15,1a,55,5a
scsi.spc.modepage.connect_time_limit|d modePage/connectTimeLimit 15,1a,55,5a
scsi.spc.modepage.dexcpt|d modePage/dexcpt 15,1a,55,5a
scsi.spc.modepage.disconnect_time_limit|d modePage/disconnectTimeLimit 15,1a,55,5a
scsi.spc.modepage.ebf|d modePage/ebf 15,1a,55,5a
scsi.spc.modepage.emdp|d modePage/emdp 15,1a,55,5a
scsi.spc.modepage.ewasc|d modePage/ewasc 15,1a,55,5a
scsi.spc.modepage.extended_self_test_completion_time|d modePage/extendedSelfTestCompletionTime 15,1a,55,5a
scsi.spc.modepage.first_burst_size|d modePage/firstBurstSize 15,1a,55,5a
scsi.spc.modepage.gltsd|d modePage/gltsd 15,1a,55,5a
scsi.spc.modepage.ialuae|d modePage/ialuae 15,1a,55,5a
scsi.spc.modepage.icp|d modePage/initialCommandPriority 15,1a,55,5a
scsi.spc.modepage.idle|d modePage/idleA 15,1a,55,5a
scsi.spc.modepage.interval_timer|d modePage/intervalTimer 15,1a,55,5a
scsi.spc.modepage.logerr|d modePage/logerr 15,1a,55,5a
scsi.spc.modepage.maximum_burst_size|d modePage/maximumBurstSize 15,1a,55,5a
scsi.spc.modepage.msdl|d modePage/maximumSenseDataLength 15,1a,55,5a
scsi.spc.modepage.perf|d modePage/perf 15,1a,55,5a
scsi.spc.modepage.plen|d modePage/pageLength 15,1a,55,5a
scsi.spc.modepage.ps|d modePage/ps 15,1a,55,5a
scsi.spc.modepage.ready_aer_holdoff_period|d modePage/readyAerHoldoffPeriod 15,1a,55,5a
scsi.spc.modepage.report_count|d modePage/reportCount 15,1a,55,5a
scsi.spc.modepage.report_log_exception_condition|d modePage/rlec 15,1a,55,5a
scsi.spc.modepage.scsip|d modePage/scsip 15,1a,55,5a
scsi.spc.modepage.spf|d modePage/spf 15,1a,55,5a
scsi.spc.modepage.standby|d modePage/standbyZ 15,1a,55,5a
scsi.spc.modepage.swp|d modePage/swp 15,1a,55,5a
scsi.spc.modepage.tcmos|d modePage/tcmos 15,1a,55,5a
scsi.spc.modepage.test|d modePage/test 15,1a,55,5a
scsi.spc.opcode|c 0.0+8 a6
scsi.spc.resv.key=octets|d key/reservationKey 5e.0|d reservationKey 5e.1
scsi.spc.resv.scopeaddr=octets|d scopeSpecificAddress 5e.1
scsi.spc.sb.bufid|c 2.0+8 3b
scsi.spc.select_report|c 2.0+8 a0
scsi.spc.senddiag.code|c 1.0+3 1d
scsi.spc.senddiag.devoff|c 1.6+1 1d
scsi.spc.senddiag.pf|c 1.3+1 1d
scsi.spc.senddiag.st|c 1.5+1 1d
scsi.spc.senddiag.unitoff|c 1.7+1 1d
scsi.spc.wb.bufoff|c 3.0+24 3b
scsi.spc.wb.mode|c 1.4+4 3b
scsi.ssc2.modepage.active_format|d modePage/activeFormat T15,T1a,T55,T5a
scsi.ssc2.modepage.active_partition|d modePage/activePartition T15,T1a,T55,T5a
scsi.ssc2.modepage.additional_partitions_defined|d modePage/additionalPartitionsDefined T15,T1a,T55,T5a
scsi.ssc2.modepage.addp|d modePage/addp T15,T1a,T55,T5a
scsi.ssc2.modepage.asocwp|d modePage/asocwp T15,T1a,T55,T5a
scsi.ssc2.modepage.avc|d modePage/avc T15,T1a,T55,T5a
scsi.ssc2.modepage.baml|d modePage/baml T15,T1a,T55,T5a
scsi.ssc2.modepage.bam|d modePage/bam T15,T1a,T55,T5a
scsi.ssc2.modepage.caf|d modePage/caf T15,T1a,T55,T5a
scsi.ssc2.modepage.clear|d modePage/clear T15,T1a,T55,T5a
scsi.ssc2.modepage.compression_algorithm|d modePage/compressionAlgorithm T15,T1a,T55,T5a
scsi.ssc2.modepage.dcc|d modePage/dcc T15,T1a,T55,T5a
scsi.ssc2.modepage.dce|d modePage/dce T15,T1a,T55,T5a
scsi.ssc2.modepage.dde|d modePage/dde T15,T1a,T55,T5a
scsi.ssc2.modepage.decompression_algorithm|d modePage/decompressionAlgorithm T15,T1a,T55,T5a
scsi.ssc2.modepage.dsp|d modePage/sdp T15,T1a,T55,T5a
scsi.ssc2.modepage.eeg|d modePage/eeg T15,T1a,T55,T5a
scsi.ssc2.modepage.eod_defined|d modePage/eodDefined T15,T1a,T55,T5a
scsi.ssc2.modepage.fdp|d modePage/fdp T15,T1a,T55,T5a
scsi.ssc2.modepage.gap_size|d modePage/gapSize T15,T1a,T55,T5a
scsi.ssc2.modepage.idp|d modePage/idp T15,T1a,T55,T5a
scsi.ssc2.modepage.lois|d modePage/lois T15,T1a,T55,T5a
scsi.ssc2.modepage.maximum_additional_partitions|d modePage/maximumAdditionalPartitions T15,T1a,T55,T5a
scsi.ssc2.modepage.media_format_recognition|d modePage/mediumFormatRecognition T15,T1a,T55,T5a
scsi.ssc2.modepage.object_buffer_size_at_early_warning|d modePage/objectBufferSizeAtEarlyWarning T15,T1a,T55,T5a
scsi.ssc2.modepage.obr|d modePage/obr T15,T1a,T55,T5a
scsi.ssc2.modepage.oir|d modePage/oir T15,T1a,T55,T5a
scsi.ssc2.modepage.partition_size|d modePage/partitionSize0 T15,T1a,T55,T5a
scsi.ssc2.modepage.partition_units|d modePage/partitionUnits T15,T1a,T55,T5a
scsi.ssc2.modepage.perswp|d modePage/perswp T15,T1a,T55,T5a
scsi.ssc2.modepage.pofm|d modePage/pofm T15,T1a,T55,T5a
scsi.ssc2.modepage.prmwp|d modePage/prmwp T15,T1a,T55,T5a
scsi.ssc2.modepage.psum|d modePage/psum T15,T1a,T55,T5a
scsi.ssc2.modepage.read_object_buffer_empty_ratio|d modePage/readObjectBufferEmptyRatio T15,T1a,T55,T5a
scsi.ssc2.modepage.red|d modePage/red T15,T1a,T55,T5a
scsi.ssc2.modepage.rewind_on_reset|d modePage/rewindOnReset T15,T1a,T55,T5a
scsi.ssc2.modepage.rew|d modePage/rew T15,T1a,T55,T5a
scsi.ssc2.modepage.robo|d modePage/robo T15,T1a,T55,T5a
scsi.ssc2.modepage.rsmk|d modePage/rsmk T15,T1a,T55,T5a
scsi.ssc2.modepage.select_data_compression_algorithm|d modePage/selectDataCompressionAlgorithm T15,T1a,T55,T5a
scsi.ssc2.modepage.sew|d modePage/sew T15,T1a,T55,T5a
scsi.ssc2.modepage.socf|d modePage/socf T15,T1a,T55,T5a
scsi.ssc2.modepage.swp|d modePage/swp T15,T1a,T55,T5a
scsi.ssc2.modepage.write_delay_time|d modePage/writeDelayTime T15,T1a,T55,T5a
scsi.ssc2.modepage.write_object_buffer_full_ratio|d modePage/writeObjectBufferFullRatio T15,T1a,T55,T5a
scsi_mmc.adip.device_manufacturer_id=text|d 23.0+64 Rad
scsi_mmc.adip.extended_format_block.0|d 22.7+1 Rad
scsi_mmc.adip.extended_format_block.1|d 22.6+1 Rad
scsi_mmc.adip.extended_format_block.2|d 22.5+1 Rad
scsi_mmc.adip.extended_format_block.3|d 22.4+1 Rad
scsi_mmc.adip.extended_format_block.4|d 22.3+1 Rad
scsi_mmc.adip.extended_format_block.5|d 22.2+1 Rad
scsi_mmc.adip.extended_format_info|d 20.1+1 Rad
scsi_mmc.adip.media_type_id=text|d 31.0+24 Rad
scsi_mmc.adip.number_of_physical_info|d 35.0+8 Rad
scsi_mmc.adip.product_revision_number|d 34.0+8 Rad
scsi_mmc.agid|c 10.0+2 Ra4
scsi_mmc.book.type|d 4.0+4 Rad
scsi_mmc.book.version|d 4.4+4 Rad
scsi_mmc.closetrack.func|c 2.5+3 R5b
scsi_mmc.closetrack.immed|c 1.7+1 R5b
scsi_mmc.data.flags|d 6.0+8 R52
scsi_mmc.data_length|d 0.0+16 Ra4|d dataLength R43,R46,R5c,Rad|d discInformationLength R51|d pmaDataLength R43|d tocDataLength R43|d trackInformationLength R52
scsi_mmc.density.average_track_pitch|d 7.4+4 Rad
scsi_mmc.density.channel_bit_length|d 7.0+4 Rad
scsi_mmc.disc.rate|d 5.4+4 Rad
scsi_mmc.disc.size|d 5.0+4 Rad
scsi_mmc.disc.structure|d 6.4+4 Rad
scsi_mmc.disc_info.bgfs|d bgFormatStatus R51
scsi_mmc.disc_info.dac_v|d dacV R51
scsi_mmc.disc_info.dbc_v|d dbcV R51
scsi_mmc.disc_info.dbit|d dbit R51
scsi_mmc.disc_info.did_v|d didV R51
scsi_mmc.disc_info.disc_bar_code|d discBarCode R51
scsi_mmc.disc_info.disc_identification|d discIdentification R51
scsi_mmc.disc_info.disc_type|d discType R51
scsi_mmc.disc_info.disk_status|d discStatus R51
scsi_mmc.disc_info.erasable|d erasable R51
scsi_mmc.disc_info.first_track_in_last_session|d firstTrackNumberInLastSessionLsb R51
scsi_mmc.disc_info.last_possible_lead_out_start_address|d lastPossibleLeadOutStartAddress R51
scsi_mmc.disc_info.last_session_lead_in_start_address|d lastSessionLeadInStartAddress R51
scsi_mmc.disc_info.last_track_in_last_session|d lastTrackNumberInLastSessionLsb R51
scsi_mmc.disc_info.number_of_sessions|d numberOfSessionsLsb R51
scsi_mmc.disc_info.state_of_last_session|d stateOfLastSession R51
scsi_mmc.disc_info.uru|d uru R51
scsi_mmc.disk.flags|d 2.0+8 R51
scsi_mmc.disk.num_layers|d 6.1+2 Rad
scsi_mmc.disk.track_path|d 6.3+1 Rad
scsi_mmc.disk_application_code|d 21.0+8 Rad
scsi_mmc.feature.additional_length|d featureDescriptor/additionalLength R46
scsi_mmc.feature.current|d featureDescriptor/current R46
scsi_mmc.feature.lun_sn=text|d featureDescriptor/featureDependentData R46
scsi_mmc.feature.persistent|d featureDescriptor/persistent R46
scsi_mmc.feature.profile.current|d profileDescriptor/currentp R46
scsi_mmc.feature.profile|d profileDescriptor/profileNumber R46
scsi_mmc.feature.version|d featureDescriptor/version R46
scsi_mmc.feature|d featureDescriptor/featureCode R46
scsi_mmc.first_physical|d 9.0+24 Rad
scsi_mmc.first_track|d firstTrackNumber R43|d numberOfFirstTrackOnDisc R51
scsi_mmc.fixed_packet_size|d fixedPacketSizeBlockingFactor R52
scsi_mmc.format.flags|d 7.0+8 R51
scsi_mmc.free_blocks|d freeBlocks R52
scsi_mmc.gesn.device_busy|c 4.1+1 R4a
scsi_mmc.gesn.external_request|c 4.4+1 R4a
scsi_mmc.gesn.media|c 4.3+1 R4a
scsi_mmc.gesn.multi_initiator|c 4.2+1 R4a
scsi_mmc.gesn.operational_change|c 4.6+1 R4a
scsi_mmc.gesn.polled|c 1.7+1 R4a
scsi_mmc.gesn.power_management|c 4.5+1 R4a
scsi_mmc.getconf.current_profile|d currentProfile R46
scsi_mmc.getconf.rt|c 1.6+2 R46
scsi_mmc.getconf.starting_feature|c 2.0+16 R46
scsi_mmc.getperformance.data_type|c 1.3+5 Rac
scsi_mmc.getperformance.max_num_descriptors|c 8.0+16 Rac
scsi_mmc.getperformance.starting_lba|c 2.0+32 Rac
scsi_mmc.getperformance.type|c 10.0+8 Rac
scsi_mmc.key_class|c 7.0+8 Ra4
scsi_mmc.key_format|c 10.2+6 Ra4
scsi_mmc.last_physical_layer0|d 17.0+24 Rad
scsi_mmc.last_physical|d 13.0+24 Rad
scsi_mmc.last_recorded_address|d lastRecordedAddress R52
scsi_mmc.lba|c 2.0+32 R35,R52,Ra4
scsi_mmc.next_writable_address|d nextWritableAddress R52
scsi_mmc.notification.flags|c 4.0+8 R4a
scsi_mmc.num_blocks|c 7.0+16 R35
scsi_mmc.opcode|c 0.0+8 R00,R03,R12,R15,R16,R17,R1a,R1b,R1d,R1e,R25,R28,R2a,R35,R3b,R43,R46,R4a,R4c,R4d,R51,R52,R53,R55,R56,R57,R5a,R5b,R5c,R5e.1d,R5f.b,R83,R84,Ra0,Ra3,Ra4,Ra8,Raa,Rac,Rad,Rb6,Rbb
scsi_mmc.prevent_allow.flags|c 4.0+8 R1e
scsi_mmc.prevent_allow.persistent|c 4.6+1 R1e
scsi_mmc.prevent_allow.prevent|c 4.7+1 R1e
scsi_mmc.q.subchannel.adr|d tocTrackDescriptor/adr R43
scsi_mmc.q.subchannel.control|d tocTrackDescriptor/control R43
scsi_mmc.rbc.alob_blocks|d blankLengthOfTheBuffer R5c
scsi_mmc.rbc.alob_bytes|d blankLengthOfTheBuffer R5c
scsi_mmc.rbc.block|c 1.7+1 R5c
scsi_mmc.rbc.lob_blocks|d lengthOfTheBuffer R5c
scsi_mmc.rbc.lob_bytes|d lengthOfTheBuffer R5c
scsi_mmc.read_compatibility_lba|d 36.0+32 R52
scsi_mmc.read_dvd.address|c 2.0+32 Rad
scsi_mmc.read_dvd.agid|c 10.0+2 Rad
scsi_mmc.read_dvd.format|c 7.0+8 Rad
scsi_mmc.read_dvd.layer_number|c 6.0+8 Rad
scsi_mmc.readtoc.first_session|d firstCompleteSessionNumber R43
scsi_mmc.readtoc.format|c 2.4+4 R43
scsi_mmc.readtoc.last_session|d lastCompleteSessionNumber R43
scsi_mmc.readtoc.last_track|d lastTrackNumber R43
scsi_mmc.readtoc.time|c 1.6+1 R43
scsi_mmc.report_key.region_mask|d 5.0+8 Ra4
scsi_mmc.report_key.rpc_scheme|d 6.0+8 Ra4
scsi_mmc.report_key.type_code|d 4.0+2 Ra4
scsi_mmc.report_key.user_changes|d 4.5+3 Ra4
scsi_mmc.report_key.vendor_resets|d 4.2+3 Ra4
scsi_mmc.reservation_size|c 5.0+32 R53
scsi_mmc.rti.address_type|c 1.6+2 R52
scsi_mmc.rti.blank|d blank R52
scsi_mmc.rti.copy|d copy R52
scsi_mmc.rti.damage|d damage R52
scsi_mmc.rti.data_mode|d dataMode R52
scsi_mmc.rti.fp|d fp R52
scsi_mmc.rti.lra_v|d lraV R52
scsi_mmc.rti.nwa_v|d nwaV R52
scsi_mmc.rti.packet|d packetInc R52
scsi_mmc.rti.rt|d rt R52
scsi_mmc.rti.track_mode|d trackMode R52
scsi_mmc.session|c 2.0+32 R52|c 6.0+8 R43|d sessionNumberLsb R52
scsi_mmc.setcdspeed.logical_unit_read_speed|c 2.0+16 Rbb
scsi_mmc.setcdspeed.logical_unit_write_speed|c 4.0+16 Rbb
scsi_mmc.setcdspeed.rc|c 1.6+2 Rbb
scsi_mmc.setstreaming.param_len|c 9.0+16 Rb6
scsi_mmc.setstreaming.type|c 8.0+8 Rb6
scsi_mmc.synccache.immed|c 1.6+1 R35
scsi_mmc.synccache.reladr|c 1.7+1 R35
scsi_mmc.track.flags|d 5.0+8 R52
scsi_mmc.track_size|d logicalTrackSize R52
scsi_mmc.track_start_address|d logicalTrackStartAddress R52|d tocTrackDescriptor/trackStartAddress R43
scsi_mmc.track|c 2.0+32 R52|c 4.0+16 R5b|c 6.0+8 R43|d logicalTrackNumberLsb R52|d tocTrackDescriptor/trackNumber R43
scsi_osd.addcdblen|c 7.0+8 F7f
scsi_osd.allocation_length|c 32.0+64 F7f.8883,F7f.8897,F7f.88a0|c 36.0+64 F7f.8803,F7f.8817
scsi_osd.audit=octets|c 90.0+160 F7f
scsi_osd.capability_discriminator=octets|c 110.0+96 F7f
scsi_osd.capability_expiration_time=octets|c 84.0+48 F7f
scsi_osd.capability_format|c 80.4+4 F7f
scsi_osd.collection.fcr|c 11.7+1 F7f.8815,F7f.8816,F7f.881a,F7f.8896
scsi_osd.collection_object_id=octets|c 24.0+64 F7f
scsi_osd.diicvo|c 192.0+32 F7f|c 216.0+32 F7f
scsi_osd.doicvo|c 196.0+32 F7f|c 220.0+32 F7f
scsi_osd.flush.scope|c 10.6+2 F7f.8808
scsi_osd.flush_collection.scope|c 10.6+2 F7f.881a
scsi_osd.flush_osd.scope|c 10.6+2 F7f.881c
scsi_osd.flush_partition.scope|c 10.6+2 F7f.881b
scsi_osd.formatted_capacity|c 36.0+64 F7f.8801
scsi_osd.get_attributes_allocation_length|c 56.0+32 F7f|c 60.0+32 F7f
scsi_osd.get_attributes_list_length|c 52.0+32 F7f
scsi_osd.get_attributes_list_offset|c 56.0+16 F7f.8883|c 56.0+32 F7f
scsi_osd.get_attributes_page|c 52.0+32 F7f
scsi_osd.getset|c 11.2+2 F7f
scsi_osd.icva|c 81.4+4 F7f
scsi_osd.initial_object_id=octets|c 40.0+64 F7f.8883,F7f.8897|c 44.0+64 F7f.8803,F7f.8817
scsi_osd.key_identifier=octets|c 25.0+56 F7f.8818
scsi_osd.key_to_set|c 11.6+2 F7f.8818
scsi_osd.key_version|c 81.0+4 F7f
scsi_osd.length|c 36.0+64 F7f.8805,F7f.8806,F7f.8807,F7f.8812
scsi_osd.list_identifier|c 32.0+32 F7f.8803,F7f.8817|c 48.0+32 F7f.8883,F7f.8897
scsi_osd.number_of_user_objects|c 36.0+16 F7f.8802
scsi_osd.object_created_time=octets|c 122.0+48 F7f
scsi_osd.object_descriptor=octets|c 136.0+192 F7f
scsi_osd.object_descriptor_type|c 135.0+4 F7f
scsi_osd.object_type|c 128.0+8 F7f
scsi_osd.opcode|c 0.0+8 F7f
scsi_osd.option.dpo|c 10.3+1 F7f
scsi_osd.option.fua|c 10.4+1 F7f
scsi_osd.option|c 10.0+8 F7f
scsi_osd.partition_id|c 16.0+64 F7f
scsi_osd.permissions.append|c 129.7+1 F7f
scsi_osd.permissions.create|c 129.4+1 F7f
scsi_osd.permissions.dev_mgmt|c 130.0+1 F7f
scsi_osd.permissions.get_attr|c 129.2+1 F7f
scsi_osd.permissions.global|c 130.1+1 F7f
scsi_osd.permissions.obj_mgmt|c 129.6+1 F7f
scsi_osd.permissions.pol_sec|c 130.2+1 F7f
scsi_osd.permissions.read|c 129.0+1 F7f
scsi_osd.permissions.remove|c 129.5+1 F7f
scsi_osd.permissions.set_attr|c 129.3+1 F7f
scsi_osd.permissions.write|c 129.1+1 F7f
scsi_osd.permissions|c 129.0+16 F7f
scsi_osd.request_nonce=octets|c 180.0+96 F7f|c 204.0+96 F7f
scsi_osd.requested_collection_object_id=octets|c 24.0+64 F7f,F7f.8815
scsi_osd.requested_partition_id|c 16.0+64 F7f.880b,F7f.888b
scsi_osd.requested_user_object_id=octets|c 24.0+64 F7f.8802,F7f.8812
scsi_osd.retrieved_attributes_offset|c 60.0+32 F7f|c 64.0+32 F7f
scsi_osd.ricv=octets|c 160.0+160 F7f|c 184.0+160 F7f
scsi_osd.security_method|c 82.4+4 F7f
scsi_osd.seed=octets|c 32.0+160 F7f.8818
scsi_osd.set_attribute_length|c 72.0+32 F7f
scsi_osd.set_attribute_number|c 68.0+32 F7f
scsi_osd.set_attributes_list_length|c 68.0+32 F7f
scsi_osd.set_attributes_list_offset|c 72.0+32 F7f
scsi_osd.set_attributes_offset|c 76.0+32 F7f
scsi_osd.set_attributes_page|c 64.0+32 F7f
scsi_osd.set_key_version|c 24.4+4 F7f.8818
scsi_osd.sort_order|c 11.4+4 F7f.8803,F7f.8883
scsi_osd.starting_byte_address|c 44.0+64 F7f.8805,F7f.8806,F7f.8812
scsi_osd.svcaction|c 8.0+16 F7f
scsi_osd.timestamps_control|c 12.0+8 F7f
scsi_osd.user_object_id=octets|c 24.0+64 F7f
scsi_osd2.cdb_continuation.length|c 48.0+32 F7f
scsi_osd2.immed_tr|c 11.0+1 F7f.88a0
scsi_osd2.isolation|c 10.4+4 F7f
scsi_osd2.list_attr|c 11.1+1 F7f.8883,F7f.8897
scsi_osd2.matches_collection_object_id=octets|c 40.0+64 F7f.88a0
scsi_osd2.remove_scope|c 11.5+3 F7f.888c
scsi_osd2.source_collection_object_id=octets|c 40.0+64 F7f
scsi_sbc.alloclen16|c 12.0+16 9e.11,9f.11|c 7.0+16 37,3e,3f,41,42,48
scsi_sbc.alloclen32|c 10.0+32 9e.10,9e.12,9e.13|c 6.0+32 b7
scsi_sbc.anc_sup|d 5.6+1 T12:b2|d ancSup 12:b2,M12:b2,R12:b2
scsi_sbc.anchor|c 1.3+1 41,93
scsi_sbc.bl.aa|d atomicAlignment 12:b0,R12:b0
scsi_sbc.bl.atlg|d atomicTransferLengthGranularity 12:b0,R12:b0
scsi_sbc.bl.matl|d maximumAtomicTransferLength 12:b0,R12:b0
scsi_sbc.bl.mcawl|d 5.0+8 T12:b0|d maximumCompareAndWriteLength 12:b0,M12:b0,R12:b0
scsi_sbc.bl.mpl|d 16.0+32 T12:b0|d maximumPrefetchLength 12:b0,M12:b0,R12:b0
scsi_sbc.bl.mtl|d 8.0+32 T12:b0|d maximumTransferLength 12:b0,M12:b0,R12:b0
scsi_sbc.bl.mubdc|d 24.0+32 T12:b0|d maximumUnmapBlockDescriptorCount 12:b0,M12:b0,R12:b0
scsi_sbc.bl.mulc|d 20.0+32 T12:b0|d maximumUnmapLbaCount 12:b0,M12:b0,R12:b0
scsi_sbc.bl.mwsl|d maximumWriteSameLength 12:b0,R12:b0
scsi_sbc.bl.otlg|d 6.0+16 T12:b0|d optimalTransferLengthGranularity 12:b0,M12:b0,R12:b0
scsi_sbc.bl.otl|d 12.0+32 T12:b0|d optimalTransferLength 12:b0,M12:b0,R12:b0
scsi_sbc.bl.oug|d 28.0+32 T12:b0|d optimalUnmapGranularity 12:b0,M12:b0,R12:b0
scsi_sbc.bl.ugavalid|d 32.0+1 T12:b0|d ugavalid 12:b0,M12:b0,R12:b0
scsi_sbc.bl.uga|d unmapGranularityAlignment 12:b0,R12:b0
scsi_sbc.bl.wsnz|d worm T12:b0|d wsnz 12:b0,M12:b0,R12:b0
scsi_sbc.blocksize|d logicalBlockLengthInBytes 25,9e.10,R25
scsi_sbc.bytchk|c 1.6+1 2e,2f,8e,8f,ae,af
scsi_sbc.corrct_flags|c 1.0+8 3e
scsi_sbc.corrct|c 1.6+1 3e
scsi_sbc.defect_list_format|c 1.5+3 04,b7|c 2.5+3 37
scsi_sbc.disable_write|c 1.5+1 50,53
scsi_sbc.dpo|c 1.3+1 28,2a,2e,2f,50,51,53,88,89,8a,8b,8e,8f,9c,R28,R2a,Ra8,Raa,a8,aa,ae,af
scsi_sbc.dp|d 5.7+1 T12:b2|d dp 12:b2,M12:b2,R12:b2
scsi_sbc.format_unit.cmplist|c 1.4+1 04
scsi_sbc.format_unit.fmtdata|c 1.3+1 04
scsi_sbc.format_unit.fmtpinfo|c 1.0+1 04
scsi_sbc.format_unit.longlist|c 1.2+1 04
scsi_sbc.format_unit.rto_req|c 1.1+1 04
scsi_sbc.formatunit.flags|c 1.0+5 04
scsi_sbc.formatunit.interleave|c 3.0+16 04
scsi_sbc.formatunit.vendor|c 2.0+8 04
scsi_sbc.fua_nv|c 1.6+1 28,2a,50,51,53,88,89,8a,8b,R28,R2a,Ra8,Raa,a8,aa
scsi_sbc.fua|c 1.4+1 28,2a,50,51,53,88,89,8a,8b,9c,R28,R2a,Ra8,Raa,a8,aa
scsi_sbc.get_lba_status.data_length|d parameterDataLength 9e.12
scsi_sbc.get_lba_status.num_blocks|d lbaStatusDescriptor/numberOfLogicalBlocks 9e.12
scsi_sbc.get_lba_status.start_lba|c 2.0+64 9e.12|d lbaStatusDescriptor/logicalBlockAddress 9e.12
scsi_sbc.group|c 10.3+5 Ra8,Raa,a8,aa,ae,af|c 14.3+5 88,89,8a,8b,8e,8f,90,91,93,9c|c 6.3+5 28,2a,2e,2f,34,35,41,42,50,51,52,53,R28,R2a
scsi_sbc.lalba|d lowestAlignedLogicalBlockAddress 9e.10
scsi_sbc.lba64_add|c 2.0+64 9e.11,9e.13,9f.11|d returnedLogicalBlockAddress 9e.10
scsi_sbc.lbdata|c 1.6+1 41,93
scsi_sbc.lbpme|d lbpme 9e.10
scsi_sbc.lbppbe|d logicalBlocksPerPhysicalBlockExponent 9e.10
scsi_sbc.lbprz|d 5.5+1 12:b2,M12:b2,R12:b2,T12:b2|d lbprz 9e.10
scsi_sbc.lbpu|d 5.0+1 T12:b2|d lbpu 12:b2,M12:b2,R12:b2
scsi_sbc.lbpws10|d 5.2+1 T12:b2|d lbpws10 12:b2,M12:b2,R12:b2
scsi_sbc.lbpws|d 5.1+1 T12:b2|d lbpws 12:b2,M12:b2,R12:b2
scsi_sbc.opcode|c 0.0+8 00,03,04,07,08,0a,12,15,16,17,1a,1b,1d,1e,25,28,2a,2e,2f,34,35,37,3b,3e,3f,41,42,48,4c,4d,50,51,52,53,55,56,57,5a,5e,5f,83,84,88,89,8a,8b,8e,8f,90,91,93,9c,9e,9f.11,9f.12,a0,a3,a8,aa,ae,af,b7|d commandDescriptor/operationCode a3.c
scsi_sbc.p_i_exponent|d pIExponent 9e.10
scsi_sbc.pbdata|c 1.5+1 41,93
scsi_sbc.prefetch.flags|c 1.0+8 34,90
scsi_sbc.prefetch.immediate|c 1.6+1 34,90
scsi_sbc.prot_en|d protEn 9e.10
scsi_sbc.ptype|d 6.5+3 T12:b2|d pType 9e.10|d provisioningType 12:b2,M12:b2,R12:b2
scsi_sbc.rdprotect|c 1.0+3 28,88,R28,Ra8,a8
scsi_sbc.rdwr10.lba|c 2.0+32 28,2a,34,35,3e,3f,41,50,51,52,53,R28,R2a,Ra8,Raa,a8,aa
scsi_sbc.rdwr10.xferlen|c 7.0+16 28,2a,34,35,50,51,52,53,R28,R2a
scsi_sbc.rdwr12.xferlen|c 10.0+32 88,8a,8b,90,91,93|c 12.0+16 9c|c 13.0+8 89|c 6.0+32 Ra8,Raa,a8,aa
scsi_sbc.rdwr16.lba=octets|c 2.0+64 88,89,8a,8b,90,91,93,9c
scsi_sbc.rdwr6.lba|c 1.4+20 08,0a
scsi_sbc.rdwr6.xferlen|c 4.0+8 08,0a
scsi_sbc.read.flags|c 1.0+8 28,2a,88,89,8a,8b,9c,R28,R2a,Ra8,Raa,a8,aa
scsi_sbc.readdefdata.flags|c 1.0+8 b7|c 2.0+8 37
scsi_sbc.reassignblks.flags|c 1.0+8 07
scsi_sbc.reassignblocks.longlba|c 1.6+1 07
scsi_sbc.reassignblocks.longlist|c 1.7+1 07
scsi_sbc.req_glist|c 1.4+1 b7|c 2.4+1 37
scsi_sbc.req_plist|c 1.3+1 b7|c 2.3+1 37
scsi_sbc.returned_lba|d returnedLogicalBlockAddress 25,R25
scsi_sbc.sanitize.ause|c 1.2+1 48
scsi_sbc.sanitize.immed|c 1.0+1 48
scsi_sbc.sanitize.sa|c 1.3+5 48
scsi_sbc.sanitize_flags|c 1.0+8 48
scsi_sbc.sa|c 1.3+5 9e,9f.11,9f.12
scsi_sbc.ssu.immed_flags|c 1.0+8 1b,R1b
scsi_sbc.ssu.immediate|c 1.7+1 1b,R1b
scsi_sbc.ssu.loej|c 4.6+1 1b,R1b
scsi_sbc.ssu.pwr_flags|c 4.0+8 1b,R1b
scsi_sbc.ssu.pwr|c 4.0+4 1b,R1b
scsi_sbc.ssu.start|c 4.7+1 1b,R1b
scsi_sbc.synccache.flags|c 1.0+8 35,91
scsi_sbc.synccache.immediate|c 1.6+1 35,91
scsi_sbc.synccache.sync_nv|c 1.5+1 35,91
scsi_sbc.threshold_exponent|d 4.0+8 T12:b2|d thresholdExponent 12:b2,M12:b2,R12:b2
scsi_sbc.unmap.anchor|c 1.7+1 42
scsi_sbc.unmap.block_descriptor_data_length|d unmapBlockDescriptorDataLength 42
scsi_sbc.unmap.data_length|d unmapDataLength 42
scsi_sbc.unmap.lba|d unmapBlockDescriptor/unmapLogicalBlockAddress 42
scsi_sbc.unmap.num_blocks|d unmapBlockDescriptor/numberOfLogicalBlocks 42
scsi_sbc.unmap_flags|c 1.0+8 42
scsi_sbc.unmap|c 1.4+1 41,93
scsi_sbc.verify.lba64|c 2.0+64 8f
scsi_sbc.verify.lba|c 2.0+32 2f,af
scsi_sbc.verify.vlen32|c 10.0+32 8f|c 6.0+32 af
scsi_sbc.verify.vlen|c 7.0+16 2f
scsi_sbc.verify_flags|c 1.0+8 2f,8f,af
scsi_sbc.vrprotect|c 1.0+3 2f,8f,af
scsi_sbc.writesame_flags|c 1.0+8 41,93
scsi_sbc.wrprotect|c 1.0+3 2a,2e,41,50,53,89,8a,8b,8e,93,9c,R2a,Raa,aa,ae
scsi_sbc.wrverify.lba64|c 2.0+64 8e
scsi_sbc.wrverify.lba|c 2.0+32 2e,ae
scsi_sbc.wrverify.xferlen32|c 10.0+32 8e|c 6.0+32 ae
scsi_sbc.wrverify.xferlen|c 7.0+16 2e
scsi_sbc.wrverify_flags|c 1.0+8 2e,8e,ae
scsi_sbc.xdread.flags|c 1.0+8 52
scsi_sbc.xdwrite.flags|c 1.0+8 50
scsi_sbc.xdwriteread.flags|c 1.0+8 53
scsi_sbc.xorpinfo|c 1.7+1 51,52,53
scsi_sbc.xpwrite.flags|c 1.0+8 51
scsi_smc.access|d elementDescriptor/access Mb8
scsi_smc.action_code|c 4.3+5 M1b
scsi_smc.additional_sense_code_qualifier|d elementDescriptor/additionalSenseCode Mb8,Tb4
scsi_smc.allocation_length|c 7.0+24 Mb4,Mb8,Tb4,Tb8
scsi_smc.byte_count_of_descriptor_data_available|d elementStatusPage/byteCountOfDescriptorDataAvailable Mb8,Tb4
scsi_smc.byte_count_of_report_available|d byteCountOfReportAvailable Mb8,Tb4
scsi_smc.code_set|d elementIdentifier/codeSet Mb8
scsi_smc.curdata|c 5.6+1 Mb4,Mb8,Tb4,Tb8
scsi_smc.da|c 4.0+16 M2b|c 6.0+16 Ma5,Ma7,Ta5,Ta7
scsi_smc.dvcid|c 5.7+1 Mb4,Mb8,Tb4,Tb8
scsi_smc.ea|c 2.0+16 M1b|d elementDescriptor/elementAddress Mb8,Tb4
scsi_smc.element_descriptor_length|d elementStatusPage/elementDescriptorLength Mb8,Tb4
scsi_smc.element_type_code|c 1.4+4 Mb4,Mb8,Tb4,Tb8|d elementStatusPage/elementTypeCode Mb8
scsi_smc.except|d elementDescriptor/except Mb8
scsi_smc.fast|c 1.6+1 M37
scsi_smc.fda|c 6.0+16 Ma6
scsi_smc.first_element_address_reported|d firstElementAddressReported Mb8,Tb4
scsi_smc.full|d elementDescriptor/full Mb8
scsi_smc.id_valid|d elementDescriptor/idValid Mb8
scsi_smc.identifier_length|d elementIdentifier/identifierLength Mb8
scsi_smc.identifier_type|d elementIdentifier/identifierType Mb8
scsi_smc.inv1|c 10.6+1 Ma6
scsi_smc.inv2|c 10.7+1 Ma6
scsi_smc.invert|c 10.7+1 Ma5,Ma7,Ta5,Ta7|c 8.7+1 M2b|d elementDescriptor/invert Mb8
scsi_smc.lu_valid|d elementDescriptor/luValid Mb8
scsi_smc.medium_flags|c 10.0+8 Ma6|c 8.0+8 M2b
scsi_smc.mta|c 2.0+16 M2b,Ma5,Ma6,Ma7,Ta5,Ta7
scsi_smc.not_bus|d elementDescriptor/notBus Mb8
scsi_smc.num_elements|c 6.0+16 M37
scsi_smc.number_of_elements_available|d numberOfElementsAvailable Mb8,Tb4
scsi_smc.number_of_elements|c 4.0+16 Mb4,Mb8,Tb4,Tb8
scsi_smc.opcode|c 0.0+8 M00,M03,M07,M12,M15,M16,M17,M1a,M1b,M1d,M1e,M2b,M37,M3b,M4c,M4d,M55,M56,M57,M5a,M5e.10,M5f.b,M83,M84,Ma0,Ma3,Ma5,Ma7,Mb4,Mb8
scsi_smc.primary_vol_seq_num|d primaryVolumeTag/volumeSequenceNumber Mb8
scsi_smc.primary_vol_tag_id=text|d primaryVolumeTag/volumeIdentification Mb8
scsi_smc.pvoltag|d elementStatusPage/avoltag Mb8,Tb4|d elementStatusPage/pvoltag Mb8,Tb4
scsi_smc.range_flags|c 1.0+8 M37|c 10.0+8 Ma5,Ma7,Ta5,Ta7
scsi_smc.range|c 1.7+1 M37
scsi_smc.sa|c 2.0+16 M37|c 4.0+16 Ma5,Ma6,Ma7,Ta5,Ta7
scsi_smc.scsi_bus_address|d elementDescriptor/scsiBusAddress Mb8
scsi_smc.sda|c 8.0+16 Ma6
scsi_smc.source_storage_element_address|d elementDescriptor/sourceStorageElementAddress Mb8,Tb4
scsi_smc.starting_element_address|c 2.0+16 Mb4,Mb8,Tb4,Tb8
scsi_smc.svalid|d elementDescriptor/svalid Mb8,Tb4
scsi_smc.voltag|c 1.3+1 Mb4,Mb8,Tb4,Tb8
scsi_ssc.bam_flags|c 2.0+8 T92
scsi_ssc.bam|c 2.7+1 T92
scsi_ssc.bt|c 1.5+1 T2b
scsi_ssc.bytcmp|c 1.6+1 T13,T8f
scsi_ssc.bytord|c 1.5+1 T0f,T81
scsi_ssc.cpv|c 3.0+16 T0b
scsi_ssc.cp|c 1.6+1 T2b,T92
scsi_ssc.dest_type|c 1.3+2 T92
scsi_ssc.eot|c 4.5+1 T1b
scsi_ssc.erase6.immed|c 1.6+1 T19
scsi_ssc.erase6.long|c 1.7+1 T19
scsi_ssc.erase_flags|c 1.0+8 T93
scsi_ssc.erase_immed|c 1.6+1 T93
scsi_ssc.fcs|c 1.4+1 T80,T8a,T93
scsi_ssc.fixed|c 1.7+1 T08,T0f,T13,T14,T81,T88,T8a,T8f
scsi_ssc.formatmedium_flags|c 1.0+8 T04
scsi_ssc.format|c 2.4+4 T04
scsi_ssc.hold|c 4.4+1 T1b
scsi_ssc.immed|c 1.7+1 T01,T04,T0a,T0b,T10,T1b,T2b,T80,T92
scsi_ssc.lbi|c 4.0+64 T93
scsi_ssc.lcs|c 1.5+1 T80,T8a,T93
scsi_ssc.loadunload_flags|c 4.0+8 T1b
scsi_ssc.loadunload_immed_flags|c 1.0+8 T1b
scsi_ssc.load|c 4.7+1 T1b
scsi_ssc.locate10.loid|c 3.0+32 T2b
scsi_ssc.locate16.loid|c 4.0+64 T80,T81,T88,T8a,T8f,T92
scsi_ssc.locate_flags|c 1.0+8 T2b,T92
scsi_ssc.long|c 1.7+1 T93
scsi_ssc.media|c 1.7+1 T44
scsi_ssc.medium_type|c 1.6+1 T44
scsi_ssc.opcode|c 0.0+8 T00,T01,T03,T04,T05,T08,T0a,T0b,T0f,T10,T11,T12,T13,T14,T15,T16,T17,T19,T1a,T1b,T1d,T1e,T2b,T34,T3b,T44,T4c,T4d,T55,T56,T57,T5a,T5e.3,T5f.2,T80,T81,T83,T84,T88,T8a,T8f,T91,T92,T93,Ta0,Ta3,Ta5,Ta7,Tb4,Tb8
scsi_ssc.partition|c 3.0+8 T80,T81,T88,T8a,T8f,T92,T93|c 8.0+8 T2b|d partitionNumber T34
scsi_ssc.rdwr10.xferlen|c 3.0+16 T04
scsi_ssc.rdwr6.xferlen|c 12.0+24 T80,T81,T88,T8a|c 2.0+24 T08,T0a,T0f,T10,T14|c 7.0+16 T44
scsi_ssc.read6_flags|c 1.0+8 T01,T08,T0a,T0b,T0f,T10,T13,T14,T44,T80,T81,T88,T8a,T8f
scsi_ssc.readblocklimits.granularity|d 0.0+8 T05
scsi_ssc.readblocklimits.max_block_length_limit|d maximumBlockLengthLimit T05
scsi_ssc.readblocklimits.min_block_length_limit|d minimumBlockLengthLimit T05
scsi_ssc.readposition.additional_length|d additionalLength T34
scsi_ssc.readposition.bcu|d locu T34
scsi_ssc.readposition.bop|d bop T34
scsi_ssc.readposition.bpu|d lolu T34
scsi_ssc.readposition.bycu|d bycu T34
scsi_ssc.readposition.eop|d eop T34
scsi_ssc.readposition.first_block_location|d firstLogicalObjectLocation T34
scsi_ssc.readposition.flags|d 0.0+8 T34
scsi_ssc.readposition.last_block_location|d lastLogicalObjectLocation T34
scsi_ssc.readposition.mpu|d mpu T34
scsi_ssc.readposition.num_blocks_buffer|d numberOfLogicalObjectsInObjectBuffer T34
scsi_ssc.readposition.parameter_len|c 7.0+16 T34
scsi_ssc.readposition.perr|d perr T34
scsi_ssc.readposition.service_action|c 1.3+5 T34
scsi_ssc.reten|c 4.6+1 T1b
scsi_ssc.sili|c 1.6+1 T08,T0f,T14,T81,T88
scsi_ssc.space16.count|c 4.0+64 T91
scsi_ssc.space16.parameter_len|c 12.0+16 T91
scsi_ssc.space6.code|c 1.4+4 T11,T91
scsi_ssc.space6.count|c 2.0+24 T11
scsi_ssc.verify16.verify_len|c 12.0+24 T8f|c 2.0+24 T13
scsi_ssc.verify16_immed|c 1.5+1 T13,T8f
scsi_ssc.verify|c 1.6+1 T04
`;
