// Counters that administrators know by name: `iscsiadm -m session -s` (open-iscsi) and the iSCSI MIB
// (RFC 7147). Seen from the initiator, from the wire alone.

import type { Facts } from '../findings/facts.js';
import { framing } from '../findings/watch/framing.js';
import type { IscsiConnection, Session } from '../session/model.js';
import { flowOf } from '../stream/connection.js';
import { Opcode } from '../wire/iscsi/codes.js';

export interface CountersReport {
  /** open-iscsi's names; octets are all that the TCP connections carried, headers included. */
  readonly iscsiadm: Readonly<Record<string, number>>;
  /** RFC 7147 iscsiSessionAttributes and statistics; octets are those of data segments. */
  readonly mib: Readonly<Record<string, number>>;
}

const BY_OPCODE: readonly (readonly [string, number])[] = [
  ['noptx_pdus', Opcode.nopOut],
  ['scsicmd_pdus', Opcode.scsiCommand],
  ['tmfcmd_pdus', Opcode.taskManagementRequest],
  ['login_pdus', Opcode.loginRequest],
  ['text_pdus', Opcode.textRequest],
  ['dataout_pdus', Opcode.dataOut],
  ['logout_pdus', Opcode.logoutRequest],
  ['snack_pdus', Opcode.snackRequest],
  ['noprx_pdus', Opcode.nopIn],
  ['scsirsp_pdus', Opcode.scsiResponse],
  ['tmfrsp_pdus', Opcode.taskManagementResponse],
  ['textrsp_pdus', Opcode.textResponse],
  ['datain_pdus', Opcode.dataIn],
  ['logoutrsp_pdus', Opcode.logoutResponse],
  ['r2t_pdus', Opcode.r2t],
  ['async_pdus', Opcode.asyncMessage],
  ['rjt_pdus', Opcode.reject],
];

export function countersReport(
  session: Session,
  stories: readonly IscsiConnection[],
  facts: Facts,
): CountersReport {
  const pdus = (opcode: number): number =>
    stories.reduce((sum, story) => sum + story.pdusByOpcode[opcode], 0);
  const digests = stories.reduce((sum, { connection }) => {
    const group = facts.evidence.of(framing).groups.get(connection.id);
    return sum + (group === undefined ? 0 : group.headerDigestsBad + group.dataDigestsBad);
  }, 0);
  const timeouts = session.nopOut.unanswered;
  const logouts = session.events.filter((e) => e.kind === 'logout').map((e) => e.fields['reason']);
  return {
    iscsiadm: {
      txdata_octets: octets(stories, 0),
      rxdata_octets: octets(stories, 1),
      ...Object.fromEntries(BY_OPCODE.map(([name, opcode]) => [name, pdus(opcode)])),
      digest_err: digests,
      timeout_err: timeouts,
    },
    mib: {
      iscsiSsnCmdPDUs: pdus(Opcode.scsiCommand),
      iscsiSsnRspPDUs: pdus(Opcode.scsiResponse),
      iscsiSsnTxDataOctets: stories.reduce((sum, story) => sum + story.initiatorDataBytes, 0),
      iscsiSsnRxDataOctets: stories.reduce((sum, story) => sum + story.targetDataBytes, 0),
      iscsiSsnNopSentPDUs: pdus(Opcode.nopOut),
      iscsiSsnNopReceivedPDUs: pdus(Opcode.nopIn),
      iscsiSsnCxnDigestErrors: digests,
      iscsiSsnCxnTimeoutErrors: timeouts,
      iscsiInstSsnFormatErrors: pdus(Opcode.reject),
      ...loginCounters(stories),
      iscsiIntrLogoutNormals: logouts.filter((reason) => reason === 0).length,
      iscsiIntrLogoutOthers: logouts.filter((reason) => reason !== 0).length,
    },
  };
}

/** Of the streams of the initiator (0) or the target (1). */
function octets(stories: readonly IscsiConnection[], of: 0 | 1): number {
  return stories.reduce((sum, story) => {
    const direction = Math.max(0, story.initiatorDirection) ^ of;
    const to = story.toBytes?.[direction] ?? flowOf(story.connection, direction).streamBytes;
    return sum + to - story.fromBytes[direction];
  }, 0);
}

/** Login Responses by their status (RFC 7143 11.13.5), as RFC 7147 divides them. */
function loginCounters(stories: readonly IscsiConnection[]): Record<string, number> {
  const counters = {
    iscsiIntrLoginAcceptRsps: 0,
    iscsiIntrLoginOtherFailRsps: 0,
    iscsiIntrLoginRedirectRsps: 0,
    iscsiIntrLoginAuthFailRsps: 0,
  };
  for (const { login } of stories) {
    for (const { from, statusClass, statusDetail } of login?.steps ?? []) {
      if (from === 'initiator') continue;
      if (statusClass === 0 && statusDetail === 0) counters.iscsiIntrLoginAcceptRsps++;
      else if (statusClass === 1) counters.iscsiIntrLoginRedirectRsps++;
      else if (statusClass === 2 && statusDetail === 1) counters.iscsiIntrLoginAuthFailRsps++;
      else counters.iscsiIntrLoginOtherFailRsps++;
    }
  }
  return counters;
}
