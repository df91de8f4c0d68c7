// tshark's fields (4.0.17, `tshark -G fields`) that it prints as hex digits, of those that we know too.
// digits prefix: what follows it. Made by tools/generate-tshark-hex.ts: do not edit.

export const TSHARK_HEX = `
2 fc: bls_lastseqid bls_reason bls_rjtdetail bls_seqidvld bls_vnduniq cs_ctl r_ctl seq_id type
2 fcct: gssubtype gstype options
2 fcdns.rply: reason reasondet vendor
2 fcels: opcode
2 fcels.cbind: addr_mode
2 fcels.rjt: detail reason
2 fcels.rscn: addrfmt evqual
2 fcels.scr: regn
2 fcip: eof sof
2 fcoe: eof sof
2 fcp: rspcode status taskattr
2 ifcp: eof ls_command_acc sof
2 infiniband.cm.rep: initdepth respres
2 infiniband.cm.req: initdepth pppmtu responderres retrcount
2 infiniband.mad: method mgmtclass
2 iscsi: asyncevent eventvendorcode flags opcode versionactive versionmax versionmin
2 iscsi.isid: a c t
2 iscsi.login: csg nsg
2 iscsi.logout: reason response
2 iscsi.reject: reason
2 iscsi.scsicommand: attr
2 iscsi.scsiresponse: response status
2 iscsi.taskmanfun: function response
2 iwarp_rdma: opcode term_layer
2 scsi: status
2 scsi.blockdescs: density_code
2 scsi.cdb: control
2 scsi.cdb.control: obs1 obs2 reserved vendorspecific
2 scsi.cdb.inq: control
2 scsi.cdb.mode: device_specific_parameter flags medium_type
2 scsi.extcopy: service_action xcopy_param_list_id_usage xcopy_param_priority xcopy_param_str
2 scsi.inquiry: acaflags bqueflags devtype flags peripheral qualifier reladrflags rmbflags sccsflags version
2 scsi.inquiry.control: obs1 obs2 reserved vendorspecific
2 scsi.inquiry.evpd: pagecode supported_page
2 scsi.inquiry.evpd.devid: association code_set identifier_type
2 scsi.log: pagecode param_ptr
2 scsi.log.pc: flags
2 scsi.log.pf: tmc
2 scsi.log.ppc: flags
2 scsi.lun: address_mode
2 scsi.mode: flags mrie qmod
2 scsi.mode.mmc: pagecode
2 scsi.mode.sbc: pagecode
2 scsi.mode.smc: pagecode
2 scsi.mode.spc: pagecode subpagecode
2 scsi.mode.ssc: pagecode
2 scsi.mpi: service_action
2 scsi.persresv: scope type
2 scsi.persresvin: svcaction
2 scsi.persresvout: svcaction
2 scsi.prevent_allow: flags
2 scsi.recv_copy: service_action
2 scsi.release: flags
2 scsi.report_opcodes: options requested_operation_code
2 scsi.sns: asc ascq errtype fru key
2 scsi.sns.desc: type
2 scsi.spc: opcode select_report
2 scsi.spc.modepage: autoload_mode
2 scsi.spc.senddiag: code
2 scsi.spc.wb: mode
2 scsi_mmc: agid disk_application_code key_class key_format opcode
2 scsi_mmc.adip: number_of_physical_info product_revision_number
2 scsi_mmc.book: type version
2 scsi_mmc.closetrack: func
2 scsi_mmc.data: flags
2 scsi_mmc.density: average_track_pitch channel_bit_length
2 scsi_mmc.disc: rate structure
2 scsi_mmc.disc_info: bgfs disc_type disk_status state_of_last_session
2 scsi_mmc.disk: flags
2 scsi_mmc.feature: current persistent
2 scsi_mmc.format: flags
2 scsi_mmc.getconf: rt
2 scsi_mmc.notification: flags
2 scsi_mmc.prevent_allow: flags
2 scsi_mmc.q.subchannel: adr control
2 scsi_mmc.read_dvd: format
2 scsi_mmc.readtoc: format
2 scsi_mmc.report_key: region_mask rpc_scheme type_code user_changes vendor_resets
2 scsi_mmc.rti: address_type data_mode track_mode
2 scsi_mmc.setcdspeed: rc
2 scsi_mmc.track: flags
2 scsi_osd: capability_format getset icva key_version object_descriptor_type object_type opcode option security_method timestamps_control
2 scsi_osd2: isolation remove_scope
2 scsi_sbc: corrct_flags group opcode rdprotect sa sanitize_flags unmap_flags verify_flags vrprotect writesame_flags wrprotect wrverify_flags
2 scsi_sbc.formatunit: flags vendor
2 scsi_sbc.prefetch: flags
2 scsi_sbc.read: flags
2 scsi_sbc.readdefdata: flags
2 scsi_sbc.reassignblks: flags
2 scsi_sbc.sanitize: sa
2 scsi_sbc.ssu: immed_flags pwr pwr_flags
2 scsi_sbc.synccache: flags
2 scsi_sbc.xdread: flags
2 scsi_sbc.xdwrite: flags
2 scsi_sbc.xdwriteread: flags
2 scsi_sbc.xpwrite: flags
2 scsi_smc: action_code medium_flags opcode range_flags
2 scsi_ssc: bam_flags dest_type erase_flags format formatmedium_flags loadunload_flags loadunload_immed_flags locate_flags opcode partition read6_flags
2 scsi_ssc.readposition: flags
2 scsi_ssc.space6: code
4 fc: bls_hseqcnt bls_lseqcnt bls_oxid bls_rxid ox_id rx_id
4 fcdns: opcode
4 fcels: oxid rxid
4 fcels.cbind: handle
4 infiniband.cm.rej: reason
4 infiniband.cm.req.serviceid: dport
4 infiniband.mad: attributeid status
4 iscsi: cid parameter1 parameter2 parameter3 time2retain time2wait tsih
4 iscsi.isid: b d
4 iscsi.login: status
4 scsi: lun
4 scsi.extcopy: seg_desc_dest_id seg_desc_src_id
4 scsi.inquiry: version_desc
4 scsi.log: parameter_code
4 scsi.report_opcodes: requested_service_action
4 scsi.sns: ascascq
4 scsi_mmc: feature
4 scsi_mmc.feature: profile
4 scsi_mmc.getconf: current_profile starting_feature
4 scsi_osd: permissions svcaction
4 scsi_sbc.formatunit: interleave
4 scsi_smc: additional_sense_code_qualifier
6 fc.fctl: abts_ack ack_0_1 last_data_frame
6 infiniband.bth: destqp
6 infiniband.cm.rep: localqpn startpsn
6 infiniband.cm.req: localqpn startpsn
6 scsi.sns: sks_info
6 scsi.sns.sks.fp: cd
6 scsi.spc.wb: bufoff
6 scsi_mmc: first_physical last_physical last_physical_layer0
8 fc: parameter
8 fcels.cbind: userinfo
8 fcip: encap_crc
8 ifcp.encap: crc
8 infiniband.deth: srcqp
8 infiniband.invariant: crc
8 infiniband.reth: r_key
8 iscsi: datadigest32 expdatasn headerdigest32 initiatortasktag targettransfertag
8 iscsi.snack: begrun
8 iscsi.taskmanfun: referencedtasktag
8 isns: psb scn_bitmap
8 isns.iscsi: node_type
8 iwarp_ddp: stag
8 iwarp_rdma: sinkstag srcstag
8 scsi.naa: ieee_company_id vendor_specific
8 scsi.persresvin: generation_number
8 scsi.sns: info
8 scsi.ssc2.modepage: compression_algorithm decompression_algorithm
8 scsi_mmc.disc_info: disc_identification
8 scsi_osd: get_attributes_list_offset get_attributes_page retrieved_attributes_offset set_attribute_number set_attributes_list_offset set_attributes_offset set_attributes_page
16 infiniband.deth: q_key
16 infiniband.mad: transactionid
16 infiniband.reth: va
16 iwarp_ddp: tagged_offset
16 iwarp_rdma: sinkto srcto
16 scsi: lun_long
16 scsi.extcopy: dest_lba source_lba
16 scsi_mmc.disc_info: disc_bar_code
16 scsi_osd: partition_id requested_partition_id
16 scsi_ssc: lbi
`;
