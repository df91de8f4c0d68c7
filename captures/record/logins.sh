#!/usr/bin/env bash
# Logins that ask for a password, and logins that fail: CHAP one way and both ways, a wrong
# password, a target that does not exist, a target that is not for this initiator, and a target
# that has moved to another portal. The passwords are made up; CHAP does not send them.
source "$(dirname "$0")/lib.sh"
lab_open
tgt_open 16M

tape tgt-login-no-such-target.pcap tcp port 3260
initiator iscsi-inq "iscsi://$TARGET_IP/iqn.2024-01.org.example:missing/1"
tapes_end

tgt --mode target --op unbind --tid 1 -I ALL
tgt --mode target --op bind --tid 1 -I 10.77.0.77
tape tgt-login-not-allowed.pcap tcp port 3260
initiator iscsi-inq "iscsi://$TARGET_IP/$IQN/1"
tapes_end
tgt --mode target --op bind --tid 1 -I ALL

tgt --mode account --op new --user alice --password correct-horse
tgt --mode account --op bind --tid 1 --user alice
tape tgt-chap.pcap tcp port 3260
initiator_must iscsi-inq "iscsi://alice%correct-horse@$TARGET_IP/$IQN/1"
tapes_end

tape tgt-chap-wrong-password.pcap tcp port 3260
initiator iscsi-inq "iscsi://alice%wrong-donkey@$TARGET_IP/$IQN/1"
initiator iscsi-inq "iscsi://$TARGET_IP/$IQN/1" # and no password at all
tapes_end

tgt --mode account --op new --user target --password battery-staple
tgt --mode account --op bind --tid 1 --user target --outgoing
tape tgt-chap-mutual.pcap tcp port 3260
initiator_must iscsi-inq \
  "iscsi://alice%correct-horse@$TARGET_IP/$IQN/1?target_user=target&target_password=battery-staple"
initiator iscsi-inq \
  "iscsi://alice%correct-horse@$TARGET_IP/$IQN/1?target_user=target&target_password=wrong-secret"
tapes_end

tgt --mode account --op unbind --tid 1 --user alice
tgt --mode account --op unbind --tid 1 --user target --outgoing
# A second tgtd on a second address; the first one sends everybody there.
ip -n "$TARGET_NS" address add 10.77.0.3/24 dev tgt0
tgt_key RedirectAddress 10.77.0.3
tgt_key RedirectPort 3260
tgt_key RedirectReason Temporary
tgt_open 16M 10.77.0.3
tape tgt-login-redirect.pcap tcp port 3260
initiator iscsi-inq "iscsi://$TARGET_IP/$IQN/1"
tapes_end

ship tgt-login-redirect.pcap tgt-login-no-such-target.pcap tgt-login-not-allowed.pcap tgt-chap.pcap \
  tgt-chap-wrong-password.pcap tgt-chap-mutual.pcap
