#!/usr/bin/env bash
# What an initiator does before it moves data: SendTargets, login, INQUIRY and its pages,
# REPORT LUNS, READ CAPACITY. One small disk on tgt, no filter: ARP is in the capture too.
source "$(dirname "$0")/lib.sh"
lab_open
tgt_open 64M

tape tgt-discovery-login.pcap
initiator_must iscsi-ls -s "iscsi://$TARGET_IP/"
initiator_must iscsi-inq "iscsi://$TARGET_IP/$IQN/1"
initiator_must iscsi-inq -e 1 -c 0x00 "iscsi://$TARGET_IP/$IQN/1"
initiator_must iscsi-inq -e 1 -c 0x83 "iscsi://$TARGET_IP/$IQN/1"
initiator_must iscsi-readcapacity16 "iscsi://$TARGET_IP/$IQN/1"
initiator iscsi-inq "iscsi://$TARGET_IP/$IQN/7" # a LUN that does not exist
tapes_end
ship tgt-discovery-login.pcap
