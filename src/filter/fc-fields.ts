// Names that a filter may ask of a Fibre Channel frame: our groups and fields (`fc.oxId`, `fcp.status`,
// `els.reason`), and tshark's where it has them. Found in the frame's tree.

import type { FcFrameFacts } from '../decode/fc-reader.js';
import { FC_GROUPS } from '../decode/fc-tree.js';
import type { Field } from '../wire/field.js';
import { type Node, walkTree } from '../wire/tree.js';
import type { FilterField, FilterKind, Value } from './field.js';

/** tshark's name → our group and field. */
const TSHARK: Readonly<Record<string, string>> = {
  'fc.r_ctl': 'fc.rCtl',
  'fc.d_id': 'fc.destinationId',
  'fc.s_id': 'fc.sourceId',
  'fc.cs_ctl': 'fc.csCtl',
  'fc.type': 'fc.type',
  'fc.seq_id': 'fc.seqId',
  'fc.seq_cnt': 'fc.seqCnt',
  'fc.ox_id': 'fc.oxId',
  'fc.rx_id': 'fc.rxId',
  'fc.parameter': 'fc.parameter',
  'fc.relative_offset': 'fc.parameter',
  'fc.fctl.exchange_responder': 'fc.exchangeResponder',
  'fc.fctl.seq_recipient': 'fc.sequenceRecipient',
  'fc.fctl.exchange_first': 'fc.firstSequence',
  'fc.fctl.exchange_last': 'fc.lastSequence',
  'fc.fctl.seq_last': 'fc.endSequence',
  'fc.fctl.transfer_seq_initiative': 'fc.sequenceInitiative',
  'fc.fctl.rexmitted_seq': 'fc.retransmittedSequence',
  'fc.fctl.rel_offset': 'fc.relativeOffsetPresent',
  'fc.vft.vf_id': 'extended.virtualFabricId',
  'fc.bls_oxid': 'link.abortedOxId',
  'fc.bls_rxid': 'link.abortedRxId',
  'fc.bls_reason': 'link.reason',
  'fc.bls_rjtdetail': 'link.explanation',
  'fcp.crn': 'fcp.commandReferenceNumber',
  'fcp.taskattr': 'fcp.taskAttribute',
  'fcp.addlcdblen': 'fcp.additionalCdbLength',
  'fcp.rddata': 'fcp.readData',
  'fcp.wrdata': 'fcp.writeData',
  'fcp.dl': 'fcp.dataLength',
  'fcp.bidir_dl': 'fcp.bidirectionalReadDataLength',
  'fcp.burstlen': 'fcp.burstLength',
  'fcp.data_ro': 'fcp.relativeOffset',
  'fcp.status': 'fcp.status',
  'fcp.resid': 'fcp.residualCount',
  'fcp.snslen': 'fcp.senseLength',
  'fcp.rsplen': 'fcp.responseLength',
  'fcp.rspcode': 'fcp.responseCode',
  'fcp.rsp.flags.resid_under': 'fcp.residualUnderflow',
  'fcp.rsp.flags.resid_over': 'fcp.residualOverflow',
  'fcp.rsp.flags.sns_vld': 'fcp.senseLengthValid',
  'fcp.rsp.flags.res_vld': 'fcp.responseLengthValid',
  'fcp.rsp.flags.conf_req': 'fcp.confirmationRequested',
  'fcp.mgmt.flags.abort_task_set': 'fcp.abortTaskSet',
  'fcp.mgmt.flags.clear_task_set': 'fcp.clearTaskSet',
  'fcp.mgmt.flags.lu_reset': 'fcp.logicalUnitReset',
  'fcp.mgmt.flags.target_reset': 'fcp.targetReset',
  'fcp.mgmt.flags.clear_aca': 'fcp.clearAca',
  'fcels.opcode': 'els.command',
  'fcels.npname': 'els.portName',
  'fcels.fnname': 'els.nodeName',
  'fcels.rjt.reason': 'els.reason',
  'fcels.rjt.detail': 'els.explanation',
  'fcels.oxid': 'els.referredOxId',
  'fcels.rxid': 'els.referredRxId',
  'fcels.logi.rcvsize': 'els.receiveDataFieldSize',
  'fcels.scr.regn': 'els.registrationFunction',
  'fcels.edtov': 'els.eDTov',
  'fcels.cbind.liveness': 'control.livenessInterval',
  'fcels.cbind.status': 'control.cbindStatus',
  'fcels.cbind.handle': 'control.connectionHandle',
  'fcels.cbind.snpname': 'control.sourcePortName',
  'fcels.cbind.dnpname': 'control.destinationPortName',
  'fcct.gstype': 'ct.gsType',
  'fcct.gssubtype': 'ct.gsSubtype',
  'fcct.in_id': 'ct.inId',
  'fcdns.opcode': 'ct.ctCommand',
  'fcip.tsec': 'encapsulation.timeStampSeconds',
  'fcip.tusec': 'encapsulation.timeStampFraction',
  'fcip.framelen': 'encapsulation.frameLength',
  'fcip.pflags.ch': 'encapsulation.changed',
  'fcip.pflags.sf': 'encapsulation.specialFrame',
  'fcip.srcwwn': 'special.sourceFabricName',
  'fcip.dstwwn': 'special.destinationFabricName',
  'fcip.srcid': 'special.sourceEntityId',
  'fcip.nonce': 'special.connectionNonce',
  'fcip.katov': 'special.keepAliveTimeout',
  'ifcp.encap.tsec': 'encapsulation.timeStampSeconds',
  'ifcp.encap.tusec': 'encapsulation.timeStampFraction',
  'ifcp.encap.framelen': 'encapsulation.frameLength',
  'ifcp.flags.ses': 'encapsulation.sessionControl',
  'ifcp.flags.trp': 'encapsulation.addressTransparent',
  'ifcp.flags.spc': 'encapsulation.specialLinkService',
  'ifcp.ls_command_acc': 'encapsulation.lsCommandAcc',
};

/** undefined where no frame has a field of this name. */
export function fcField(name: string): FilterField<FcFrameFacts> | undefined {
  const path = TSHARK[name] ?? name;
  const f = fcNames().get(path);
  if (f === undefined) return undefined;
  const dot = path.indexOf('.');
  const [groupName, fieldName] = [path.slice(0, dot), path.slice(dot + 1)];
  const values = (facts: FcFrameFacts): readonly Value[] =>
    nodesOf(facts, groupName, fieldName).flatMap((node) =>
      node.value === null ? [] : [node.value],
    );
  return { name, kind: kindOf(f), needs: 'data', names: f.names, unit: f.unit, values };
}

/** Our own names, with their fields. */
export function fcNames(): ReadonlyMap<string, Field> {
  names ??= new Map(
    Object.entries(FC_GROUPS).flatMap(([groupName, tables]) =>
      tables.flatMap((table) =>
        Object.values(table)
          .filter((f) => f.reserved !== true)
          .map((f) => [`${groupName}.${f.name}`, f] as const),
      ),
    ),
  );
  return names;
}

let names: Map<string, Field> | undefined;

/** Our name of a field of tshark's. */
export function fcOwnName(tshark: string): string {
  return TSHARK[tshark] ?? tshark;
}

export function fcTsharkNames(): string[] {
  return Object.keys(TSHARK);
}

function nodesOf(facts: FcFrameFacts, groupName: string, fieldName: string): Node[] {
  const found: Node[] = [];
  for (const top of walkTree(facts.tree())) {
    if (top.name !== groupName || top.children === undefined) continue;
    collect(top.children, fieldName, found);
  }
  return found;
}

/** Fields of the CDB and of the LUN have names of their own, under the same words. */
function collect(nodes: readonly Node[], name: string, into: Node[]): void {
  for (const node of nodes) {
    if (node.name === name) into.push(node);
    if (node.children === undefined || node.name === 'cdb' || node.name === 'lun') continue;
    collect(node.children, name, into);
  }
}

function kindOf(f: Field): FilterKind {
  if (f.kind === 'octets') return 'octets';
  if (f.kind === 'flag') return 'flag';
  return f.kind === 'code' ? 'code' : 'number';
}
