#!/usr/bin/env bash
# libiscsi's own tests against tgt: its iSCSI family (residuals, task management, wrong CmdSN and
# DataSN), and of its SCSI family the suites that fit into a small capture.
source "$(dirname "$0")/lib.sh"
lab_open
tgt_open 4M

disk=iscsi://$TARGET_IP/$IQN/1
tape tgt-libiscsi-iscsi-tests.pcap.gz tcp port 3260
BOUND=100 initiator iscsi-test-cu -d -n -t iSCSI "$disk"
tapes_end
ship tgt-libiscsi-iscsi-tests.pcap.gz

tape tgt-libiscsi-scsi-tests.pcap.gz tcp port 3260
# Left out are the tests that fill hundreds of blocks: they prove the target, and swell the capture.
for test in CompareAndWrite GetLBAStatus Inquiry Mandatory ModeSense6 OrWrite.ZeroBlocks \
  Prefetch10 PrinReadKeys PrinServiceactionRange PrinReportCapabilities ProutRegister ProutReserve \
  ProutClear ProutPreempt Read10.{BeyondEol,ZeroBlocks,ReadProtect,DpoFua} ReadCapacity10 \
  ReadCapacity16 ReadDefectData10 ReadOnly ReceiveCopyResults ReportSupportedOpcodes Reserve6 \
  StartStopUnit TestUnitReady Unmap.ZeroBlocks Verify10.ZeroBlocks \
  Write10.{ZeroBlocks,WriteProtect,DpoFua} WriteSame16.{BeyondEol,ZeroBlocks,InvalidDataOutSize} \
  WriteAtomic16 WriteVerify10.ZeroBlocks PreventAllow; do
  BOUND=20 initiator iscsi-test-cu -d -n -t "SCSI.$test" "$disk"
done
tapes_end
ship tgt-libiscsi-scsi-tests.pcap.gz
