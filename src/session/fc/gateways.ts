// What gateways say to each other: FCIP's special frames (RFC 3821 7.1), iFCP's session control
// (RFC 4172 6). Not for the hot road.

import { FC_PLACES_MAX } from '../../limits.js';
import type { FcFrame } from '../../pdu/fc/frame.js';
import { CbindStatus, Els, RCtl } from '../../wire/fc/codes.js';
import { fcipHeader } from '../../wire/fc/encapsulation.js';
import { R_CTL } from '../../wire/fc/header-offsets.js';
import {
  CBIND_BYTES,
  CBIND_RESPONSE_BYTES,
  cbindResponse,
  LTEST_BYTES,
  ltest,
  UNBIND_BYTES,
  UNBIND_RESPONSE_BYTES,
  unbindResponse,
} from '../../wire/fc/ifcp-control.js';
import { codeOfKind } from '../../wire/fc/kinds.js';
import { wwnAt } from '../../wire/fc/names-at.js';
import { specialFrame } from '../../wire/fc/special-frame.js';
import { get, hex } from '../../wire/field.js';
import { entitiesNamed, namesChanged, portOf } from './links.js';
import { type IfcpControl, see } from './model.js';
import type { FcConnectionState, FcTables } from './state.js';

const SPECIAL_BYTES = 48;

export function specialFrameEnds(tables: FcTables, c: FcConnectionState, frame: FcFrame): void {
  if (frame.dataKept < SPECIAL_BYTES) return;
  const side = frame.direction & 1;
  const view = frame.dataView;
  const source = wwnAt(view, 0, specialFrame.sourceFabricName);
  const sourceId = hex(frame.data, specialFrame.sourceEntityId.byte, 8);
  const destination = wwnAt(view, 0, specialFrame.destinationFabricName);
  const changed = get(frame.view, frame.encapsulationAt, fcipHeader.changed) === 1;
  if (c.facts.specialFrames.length < FC_PLACES_MAX) {
    c.facts.specialFrames.push({
      direction: side,
      frame: frame.frame,
      timeNs: frame.timeNs,
      sourceFabricName: source,
      sourceEntityId: sourceId,
      connectionNonce: hex(frame.data, specialFrame.connectionNonce.byte, 8),
      usageFlags: view.getUint8(specialFrame.usageClassF.byte),
      usageCode: get(view, 0, specialFrame.connectionUsageCode),
      destinationFabricName: destination,
      keepAliveMs: get(view, 0, specialFrame.keepAliveTimeout),
      changed,
      framesBefore: c.facts.framesOf[side] - 1,
    });
  }
  // An echo names nobody new; one that was changed names the right entity.
  if (c.facts.specialFrames.length === 1) {
    entitiesNamed(tables, c, source, sourceId, destination);
  }
}

/** CBIND, UNBIND and LTEST: frames with SES, whose payload says what they are. */
export function sessionControlEnds(tables: FcTables, c: FcConnectionState, frame: FcFrame): void {
  const response = frame.view.getUint8(frame.at + R_CTL) === RCtl.elsReply;
  const command = codeOfKind(frame.kind);
  if (command === Els.ltest) livenessTested(c, frame);
  const control = controlOf(frame, command, response);
  if (control === undefined) return;
  if (control.kind !== 'LTEST' && c.facts.control.length < FC_PLACES_MAX) {
    c.facts.control.push(control);
  }
  if (control.kind === 'CBIND') c.facts.livenessSeconds = control.livenessSeconds;
  if (control.kind === 'CBIND' && response) bound(tables, c, control);
  else if (control.kind === 'UNBIND' && response && control.status === 0) c.bound = false;
}

function controlOf(frame: FcFrame, command: number, response: boolean): IfcpControl | undefined {
  const view = frame.dataView;
  const base = {
    response,
    direction: frame.direction & 1,
    frame: frame.frame,
    timeNs: frame.timeNs,
    status: -1,
    handle: -1,
    livenessSeconds: 0,
    addressMode: -1,
    version: -1,
    count: -1,
    sourcePortName: '',
    destinationPortName: '',
  };
  if (command === Els.cbind && frame.dataKept >= CBIND_BYTES) {
    const whole = response && frame.dataKept >= CBIND_RESPONSE_BYTES;
    return {
      ...base,
      kind: 'CBIND',
      status: whole ? get(view, 0, cbindResponse.cbindStatus) : -1,
      handle: whole ? get(view, 0, cbindResponse.connectionHandle) : -1,
      livenessSeconds: get(view, 0, cbindResponse.livenessInterval),
      addressMode: get(view, 0, cbindResponse.addressMode),
      version: get(view, 0, cbindResponse.ifcpVersion),
      sourcePortName: wwnAt(view, 0, cbindResponse.sourcePortName),
      destinationPortName: wwnAt(view, 0, cbindResponse.destinationPortName),
    };
  }
  if (command === Els.unbind && frame.dataKept >= UNBIND_BYTES) {
    const whole = response && frame.dataKept >= UNBIND_RESPONSE_BYTES;
    return {
      ...base,
      kind: 'UNBIND',
      status: whole ? get(view, 0, unbindResponse.unbindStatus) : -1,
      handle: get(view, 0, unbindResponse.connectionHandle),
    };
  }
  if (command !== Els.ltest || frame.dataKept < LTEST_BYTES) return undefined;
  return {
    ...base,
    kind: 'LTEST',
    livenessSeconds: get(view, 0, ltest.livenessInterval),
    count: get(view, 0, ltest.count),
    sourcePortName: wwnAt(view, 0, ltest.sourcePortName),
    destinationPortName: wwnAt(view, 0, ltest.destinationPortName),
  };
}

/** The session is there: its N_Ports are known by name, whatever their addresses are. */
function bound(tables: FcTables, c: FcConnectionState, control: IfcpControl): void {
  if (control.status !== CbindStatus.success) return;
  c.bound = true;
  c.facts.boundNs = control.timeNs;
  c.facts.livenessSeconds = Math.max(c.facts.livenessSeconds, control.livenessSeconds);
  c.facts.addressMode = control.addressMode;
  // The response comes from the destination's side; N_Port IDs follow with the first frames.
  const side = control.direction;
  nameSide(tables, c, side, control.destinationPortName);
  nameSide(tables, c, 1 - side, control.sourcePortName);
}

function nameSide(tables: FcTables, c: FcConnectionState, side: number, name: string): void {
  if (name === '') return;
  const port = portOf(tables, c.link, side, 0);
  port.portName = name;
  namesChanged(tables, c.link, port);
}

function livenessTested(c: FcConnectionState, frame: FcFrame): void {
  const { facts } = c;
  facts.ltests++;
  const ns = facts.ltestLastNs < 0 ? 0 : frame.timeNs - facts.ltestLastNs;
  if (ns > facts.ltestLongestNs) facts.ltestLongestNs = ns;
  facts.ltestLastNs = frame.timeNs;
  if (frame.dataKept < LTEST_BYTES) return;
  const count = get(frame.dataView, 0, ltest.count);
  if (facts.ltestLastCount >= 0 && count !== facts.ltestLastCount + 1) {
    see(facts.ltestCountJumps, frame.frame, frame.timeNs);
  }
  facts.ltestLastCount = count;
}
