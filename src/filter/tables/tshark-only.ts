// Made by tools/generate-tshark-only.ts: do not edit.
// prefix: what follows it

export const TSHARK_ONLY = `
iscsi: X isid8 tsid
iscsi.isid: namingauthority qualifier type
iscsi.keyvalue: invalid
iscsi.login: X
iscsi.opcode: invalid
iscsi.scsicommand: crn
scsi: bus designator fragment fragments inline_data no_dissection_for_service_action product_data_goes_past_end_of_page reassembled_in reserved2 reserved3 reserved4 target unknown_page unknown_scsi_exchange unknown_serv_action
scsi.extcopy: hdr_cscd_list_len head_cscd_desc_type_code list_format per_dev_type_byte xcopy_params_byte
scsi.fragment: count error multipletails overlap toolongfragment
scsi.fragment.overlap: conflict
scsi.inquiry: ackreqq aerc reladr trandis trmtsk
scsi.inquiry.cmddt: cdb_size support version
scsi.inquiry.cmdt: pagecode
scsi.inquiry.evpd: identifier_number
scsi.log.param: flags
scsi.log.pf: lbin lp
scsi.lun: extended_address_method
scsi.lun.extended_address_method: len
scsi.mmc5.modepage: audio_pause_length bufe copy data_block_type dvd_rom_write fp initiator_application_code international_standard_recording_code lba_space link_size ls_v media_catalog_number packet_size session_format sub_header_byte track_mode vendor_specific write_type wrparam_multi_session wrparam_test_write
scsi.mode: qerr
scsi.naa: locally_assigned
scsi.persresv.control: reserved reserved1 reserved2
scsi.persresv: transportid
scsi.presresv: control
scsi.reassembled: length
scsi.sbc.modepage: vendor_specific
scsi.sns.desc.osd_attr: number page
scsi.sns.desc.osd_object: cmd_cap_v command completed ga_cap_v get_att imp_st_att not_initiated object_id partition_id sa_cap_v set_att validation
scsi.sns: valid
scsi.spc: addcdblen svcaction
scsi.spc.modepage: alwi ddis disable_queuing dlm dtfd dtipe dtoli faa fab fac idle_condition_timer plpb rha rr_tov rr_tov_units standby_condition_timer
scsi_mmc.feature.cdread: c2flag cdtext dap
scsi_mmc.feature: dts
scsi_mmc.feature.dvdr: buf dvdrw testwrite write
scsi_mmc.feature.dvdrw: closeonly quickstart write
scsi_mmc.feature.isw: buf linksize num_linksize
scsi_mmc.feature.sao: buf cdrw mcsl raw rawms rw sao testwrite
scsi_mmc.feature.tao: buf cdrw rwpack rwraw rwsubcode testwrite
scsi_mmc.setstreaming: end_lba exact ra rdd read_size read_time start_lbs wrc write_size write_time
scsi_mmc: track_start_time unknown_feature_data unknown_format_class unknown_read_dvd_format unknown_read_toc_format unknown_setstreaming_type
scsi_osd: additional_length attr_unknown continuation_object_id set_attribute_value
scsi_osd.attr: object_id object_type partition_id
scsi_osd.attribute: length number
scsi_osd.attribute_length: invalid
scsi_osd.attributes: page
scsi_osd.attributes_list: length type
scsi_osd.attributes_list.type: invalid
scsi_osd.list: lstchg root
scsi_osd.list_collection: coltn
scsi_osd.partition: created_in removed_in
scsi_osd.user_object: logical_length
scsi_osd2.attributes_list: length
scsi_osd2.cdb_continuation.desc: length padlen type
scsi_osd2.cdb_continuation.desc.length: invalid
scsi_osd2.cdb_continuation.desc.type: unknown
scsi_osd2.cdb_continuation: format sa
scsi_osd2.cdb_continuation.format: unknown
scsi_osd2.cdb_continuation.length: invalid
scsi_osd2.cdb_continuation.sa: mismatch
scsi_osd2: invalid_offset object_descriptor_format
scsi_osd2.object_descriptor_format: invalid
scsi_osd2.query.entry: equal length max_length min_length number page
scsi_osd2.query: type
scsi_sbc.get_lba_status: provisioning_type
scsi_sbc.sanitize: invert overwrite_count pattern pattern_length test
scsi_sbc: sanitize_overwrite_flags
scsi_smc: alternate_vol_seq_num alternate_vol_tag_id cmc exenab identifier impexp inenab lun vendor_specific_data
scsi_ssc.readposition: block_number file_number num_bytes_buffer partition_number set_number
`;
