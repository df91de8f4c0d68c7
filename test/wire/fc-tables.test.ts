import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { baAcc, baRjt } from '../../src/wire/fc/basic-link-service.js';
import {
  EOF_NAMES,
  EOF_ORDERED_SETS,
  SOF_NAMES,
  SOF_ORDERED_SETS,
} from '../../src/wire/fc/codes.js';
import {
  CT_ANSWERS,
  CT_PREAMBLE_BYTES,
  CT_REQUESTS,
  ctNextEntry,
  ctPreamble,
} from '../../src/wire/fc/ct.js';
import { elsLogin, PLOGI_BYTES } from '../../src/wire/fc/els-login.js';
import {
  elsAccept,
  elsDiscoverAddress,
  elsExchange,
  elsExchangeAccept,
  elsLogout,
  elsOther,
  elsReject,
  elsStateChange,
  elsStateChangeRegistration,
  elsTimeoutAccept,
  sequenceRetransmissionRequest,
  stateChangePage,
} from '../../src/wire/fc/els-others.js';
import { elsProcessLogin, processLoginPage } from '../../src/wire/fc/els-process-login.js';
import {
  delimiterOf,
  delimiterWord,
  eofWord,
  fcipHeader,
  ifcpHeader,
  sofWord,
} from '../../src/wire/fc/encapsulation.js';
import { encHeader, ifrHeader, vftHeader } from '../../src/wire/fc/extended-headers.js';
import { fcoeEof, fcoeHeader } from '../../src/wire/fc/fcoe.js';
import {
  FCP_CMND_BYTES,
  fcpCmnd,
  fcpCmndBidirectional,
  fcpCmndEnd,
} from '../../src/wire/fc/fcp-cmnd.js';
import {
  FCP_RSP_BYTES,
  fcpRsp,
  fcpRspBidirectional,
  fcpRspInfo,
} from '../../src/wire/fc/fcp-rsp.js';
import { FCP_XFER_RDY_BYTES, fcpXferRdy } from '../../src/wire/fc/fcp-xfer-rdy.js';
import {
  FC_HEADER_BYTES,
  frameHeader,
  optionalHeaderBytes,
} from '../../src/wire/fc/frame-header.js';
import * as offsets from '../../src/wire/fc/header-offsets.js';
import {
  cbind,
  cbindResponse,
  ltest,
  unbind,
  unbindResponse,
} from '../../src/wire/fc/ifcp-control.js';
import { ctKind, FcKind, FcpIu, frameKind, kindName } from '../../src/wire/fc/kinds.js';
import {
  abtsParameter,
  ackParameter,
  fabricBusy,
  portBusyParameter,
  rejectParameter,
} from '../../src/wire/fc/link-control.js';
import { specialFrame } from '../../src/wire/fc/special-frame.js';
import type { Field } from '../../src/wire/field.js';

type Table = Readonly<Record<string, Field>>;

/** Each table, and the bytes it covers. */
const TABLES: readonly (readonly [string, Table, number])[] = [
  ['FCIP header', fcipHeader, 28],
  ['iFCP header', ifcpHeader, 28],
  ['SOF', sofWord, 4],
  ['EOF', eofWord, 4],
  ['special frame', specialFrame, 48],
  ['frame header', frameHeader, FC_HEADER_BYTES],
  ['VFT', vftHeader, 8],
  ['IFR', ifrHeader, 8],
  ['Enc', encHeader, 24],
  ['FCP_CMND', fcpCmnd, 28],
  ['FCP_CMND, behind the CDB', fcpCmndEnd, FCP_CMND_BYTES - 28],
  ['FCP_CMND, bidirectional', fcpCmndBidirectional, 4],
  ['FCP_RSP, bidirectional', fcpRspBidirectional, 4],
  ['LS_ACC', elsAccept, 4],
  ['any ELS', elsOther, 4],
  ['FCP_XFER_RDY', fcpXferRdy, FCP_XFER_RDY_BYTES],
  ['FCP_RSP', fcpRsp, FCP_RSP_BYTES],
  ['FCP_RSP_INFO', fcpRspInfo, 4],
  ['BA_ACC', baAcc, 12],
  ['BA_RJT', baRjt, 4],
  ['PLOGI', elsLogin, PLOGI_BYTES],
  ['PRLI', elsProcessLogin, 4],
  ['PRLI page', processLoginPage, 16],
  ['LS_RJT', elsReject, 8],
  ['LOGO', elsLogout, 16],
  ['ADISC', elsDiscoverAddress, 28],
  ['REC', elsExchange, 12],
  ['REC accept', elsExchangeAccept, 24],
  ['SRR', sequenceRetransmissionRequest, 16],
  ['RTV accept', elsTimeoutAccept, 16],
  ['RSCN', elsStateChange, 4],
  ['RSCN page', stateChangePage, 4],
  ['SCR', elsStateChangeRegistration, 8],
  ['CT', ctPreamble, CT_PREAMBLE_BYTES],
  ['CBIND', cbind, 28],
  ['CBIND response', cbindResponse, 36],
  ['UNBIND', unbind, 20],
  ['UNBIND response', unbindResponse, 24],
  ['LTEST', ltest, 28],
  ['FCoE header', fcoeHeader, 14],
  ['FCoE EOF', fcoeEof, 4],
];

test('every bit of every header and payload belongs to exactly one field', () => {
  for (const [name, table, bytes] of TABLES) {
    const owner: string[] = new Array(bytes * 8).fill('');
    for (const [key, f] of Object.entries(table)) {
      assert.is(f.name, key, name);
      if (f.size === 0) assert.is(f.bit + (f.width % 8), 0, `${name}.${key}`);
      for (let bit = f.byte * 8 + f.bit; bit < f.byte * 8 + f.bit + f.width; bit++) {
        assert.is(owner[bit], '', `${name}.${key} and ${owner[bit]}`);
        owner[bit] = key;
      }
    }
    assert.is(owner.length, bytes * 8, name);
    assert.is(owner.indexOf(''), -1, `${name}: bit ${owner.indexOf('')}`);
  }
});

test('what the parameter says lies in the last word of the header, all of it', () => {
  for (const table of [rejectParameter, portBusyParameter, abtsParameter]) {
    const fields: readonly Field[] = Object.values(table);
    assert.is(fields[0].byte, 20);
    assert.is(
      fields.reduce((bits, f) => bits + f.width, 0),
      32,
    );
  }
  assert.is(ackParameter.acknowledged.byte, 22);
  assert.is(fabricBusy.reason.byte, frameHeader.type.byte);
});

test('fields of the name server do not overlap, and entries hold theirs', () => {
  const tables: (readonly Field[])[] = [...Object.values(CT_REQUESTS), Object.values(ctNextEntry)];
  for (const { fields, entryBytes } of Object.values(CT_ANSWERS)) {
    tables.push(fields);
    const end = Math.max(...fields.map((f) => f.byte + f.width / 8));
    if (entryBytes > 0) assert.ok(end <= entryBytes);
  }
  for (const fields of tables) {
    let next = 0;
    for (const f of fields) {
      assert.ok(f.byte * 8 + f.bit >= next, f.name);
      next = f.byte * 8 + f.bit + f.width;
    }
  }
});

test('the constants of the hot road are those of FC-FS and FCP', () => {
  assert.is(offsets.EXCHANGE_RESPONDER, 0x800000);
  assert.is(offsets.SEQUENCE_INITIATIVE, 0x010000);
  assert.is(offsets.END_SEQUENCE, 0x080000);
  assert.is(offsets.RELATIVE_OFFSET, 0x8);
  assert.is(offsets.FILL_BYTES, 0x3);
  assert.is(offsets.OX_ID, 16);
  assert.is(offsets.RX_ID, 18);
  assert.is(offsets.PARAMETER, 20);
  assert.is(offsets.READ_DATA, 2);
  assert.is(offsets.WRITE_DATA, 1);
  assert.is(offsets.RSP_UNDERFLOW, 0x08);
  assert.is(offsets.RSP_OVERFLOW, 0x04);
  assert.is(offsets.RSP_SENSE_VALID, 0x02);
  assert.is(offsets.RSP_LENGTH_VALID, 0x01);
  assert.is(offsets.RSP_STATUS, 11);
  assert.is(offsets.IFCP_SESSION, 4);
});

test('delimiters are their code twice and its complement twice', () => {
  for (const code of [...Object.keys(SOF_NAMES), ...Object.keys(EOF_NAMES)].map(Number)) {
    assert.is(delimiterOf(delimiterWord(code)), code);
    for (let bit = 0; bit < 32; bit++) {
      assert.is(delimiterOf((delimiterWord(code) ^ (1 << bit)) >>> 0), -1);
    }
  }
  assert.is(delimiterWord(0x2e), 0x2e2ed1d1);
  for (const code of Object.values(SOF_ORDERED_SETS)) assert.ok(code in SOF_NAMES);
  for (const code of Object.values(EOF_ORDERED_SETS)) assert.ok(code in EOF_NAMES);
});

test('a kind says what a frame is', () => {
  assert.is(frameKind(0x06, 0x08, 0), FcpIu.cmnd);
  assert.is(kindName(frameKind(0x07, 0x08, 0)), 'FCP_RSP');
  assert.is(kindName(frameKind(0x22, 0x01, 0x03)), 'PLOGI');
  assert.is(kindName(frameKind(0x81, 0x00, 0)), 'ABTS');
  assert.is(kindName(frameKind(0x32, 0x08, 0x14)), 'SRR');
  assert.is(kindName(frameKind(0x02, 0x22, 0x14)), 'HLO');
  assert.is(kindName(frameKind(0x06, 0x28, 0)), 'FC-NVMe');
  assert.is(kindName(ctKind(0x8001)), 'CT_RJT');
  assert.is(kindName(FcKind.els + 0x99), 'ELS 0x99');
});

test('optional headers have the bytes DF_CTL says', () => {
  assert.is(optionalHeaderBytes(0), 0);
  assert.is(optionalHeaderBytes(0x20), 16);
  assert.is(optionalHeaderBytes(0x73), 8 + 16 + 32 + 64);
});

test.run();
