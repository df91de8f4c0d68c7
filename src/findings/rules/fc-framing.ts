// What is wrong with encapsulated frames as they stand in the stream (RFC 3643, 3821, 4172), and with
// the frames themselves.

import { bytesText, plural } from '../../lib/number-text.js';
import type { FcConnection } from '../../session/fc/model.js';
import { HeaderFault } from '../../wire/fc/carriers.js';
import type { Found } from '../finding.js';
import type { FindingText, Rule } from '../rule.js';
import { carrierName, connectionsOfLinks, onConnection, seenAt, together } from '../support/fc.js';

const UNCLEAN =
  HeaderFault.protocol |
  HeaderFault.wordOne |
  HeaderFault.specific |
  HeaderFault.flags |
  HeaderFault.crcField |
  HeaderFault.sof |
  HeaderFault.delimiterCopies;

const FAULT_WORDS: Readonly<Record<number, string>> = {
  [HeaderFault.protocol]: 'word 0 is not the protocol’s',
  [HeaderFault.wordOne]: 'word 1 is not what it should be',
  [HeaderFault.specific]: 'pFlags or the reserved byte against their complements',
  [HeaderFault.flags]: 'Flags against their complement, or not 0',
  [HeaderFault.crcField]: 'the CRC field is not 0',
  [HeaderFault.sof]: 'the SOF word’s four bytes do not agree',
  [HeaderFault.delimiterCopies]: 'SOF and EOF in the header are not the frame’s',
};

const TELLS: Readonly<Record<string, FindingText>> = {
  'fc-sync-lost': {
    question: 'Is the tunnel’s framing sound?',
    about: 'Bytes that belong to no encapsulated frame stood between two that do.',
    reference: 'RFC 3821 5.6.2.2, 5.6.2.3; RFC 3643 3',
    confidence: 'certain',
    disproof: 'Nothing: the bytes are in the capture, and a frame begins behind them.',
    next: 'See the gateway that sent them: its own counters of discarded bytes, its firmware.',
    owes: 'network',
  },
  'fc-header-unclean': {
    question: 'Is the tunnel’s framing sound?',
    about: 'Encapsulation headers whose reserved bits, copies or complements are wrong.',
    reference: 'RFC 3821 5.6.1, 5.6.2.2; RFC 3643 3.1; RFC 4172 5.3.1',
    confidence: 'certain',
    disproof: 'Nothing: the header is in the capture.',
    next: 'A receiver may discard such frames: see the sending gateway, and what lies between.',
    owes: 'network',
  },
  'ifcp-header-crc': {
    question: 'Is the tunnel’s framing sound?',
    about: 'iFCP headers whose CRC is wrong, or is not said to be valid.',
    reference: 'RFC 4172 5.3.4, 5.3.1.1; RFC 3643 3.1',
    confidence: 'certain',
    disproof: 'Nothing: the CRC covers words 0 to 5, which are in the capture.',
    next: 'The receiver closes such a session: see the sending gateway.',
    owes: 'network',
  },
  'ifcp-flags': {
    question: 'Is the tunnel’s framing sound?',
    about: 'iFCP flags that contradict each other, or the address mode of the session.',
    reference: 'RFC 4172 5.3.1, 5.3.4',
    confidence: 'certain',
    disproof: 'Nothing: the flags are in the capture.',
    next: 'See both gateways’ address mode and version.',
    owes: 'network',
  },
  'fc-frame-damaged': {
    question: 'Were frames damaged?',
    about: 'Frames whose CRC is wrong, or whose delimiter says that they are invalid or aborted.',
    reference: 'FC-FS: frame CRC, EOFni, EOFa; RFC 3821 F.1; RFC 4172 5.3.4',
    confidence: 'certain',
    disproof: 'Nothing: CRC and delimiter are in the capture.',
    next:
      'TCP’s checksum was right, so that the frame was damaged before the tunnel, or in a gateway: ' +
      'see error counters of the switch port and the gateway.',
    owes: 'network',
  },
};

export const fcFraming: Rule = {
  id: 'fc-framing',
  about:
    'Every encapsulated frame is held against RFC 3643 and its protocol: header, complements, CRC, ' +
    'delimiters, and the frame’s own CRC.',
  tells: TELLS,
  find(facts) {
    return connectionsOfLinks(facts).flatMap(({ link, c }) => [
      ...syncLost(c),
      ...unclean(c, carrierName(link.carrier)),
      ...headerCrc(c),
      ...flags(c),
      ...damaged(c, carrierName(link.carrier)),
    ]);
  },
};

function syncLost(c: FcConnection): Found[] {
  if (c.syncLost.count === 0) return [];
  const [first] = c.syncPlaces;
  return [
    {
      id: 'fc-sync-lost',
      severity: 'warning',
      title: `Synchronisation was lost ${plural(c.syncLost.count, 'time')}: ${bytesText(c.syncLostBytes)} that are no frame`,
      text:
        `The first time ${plural(first?.bytes ?? 0, 'byte')} were passed over until the next header ` +
        'that is right and leads to another. All of them are in the capture, so that it is not the ' +
        'capture that lost frames here.',
      ...seenAt(c.syncLost),
      ...onConnection(c),
      values: { bytes: c.syncLostBytes, places: c.syncLost.count },
    },
  ];
}

function unclean(c: FcConnection, carrier: string): Found[] {
  const some = [...c.faults].filter(([bit]) => (bit & UNCLEAN) !== 0);
  if (some.length === 0) return [];
  const seen = together(some.map(([, one]) => one));
  const words = some.map(([bit, one]) => `${FAULT_WORDS[bit]} (${one.count})`).join('; ');
  return [
    {
      id: 'fc-header-unclean',
      severity: 'note',
      title: `${carrier} headers are not clean`,
      text: `What is wrong, and how often: ${words}.`,
      ...seenAt(seen),
      ...onConnection(c),
    },
  ];
}

function headerCrc(c: FcConnection): Found[] {
  const seen = c.faults.get(HeaderFault.headerCrc);
  if (seen === undefined) return [];
  return [
    {
      id: 'ifcp-header-crc',
      severity: 'warning',
      title: `The header CRC of ${plural(seen.count, 'iFCP frame')} is wrong`,
      text: 'The CRC field is not that of words 0 to 5, or CRCV says that there is none.',
      ...seenAt(seen),
      ...onConnection(c),
    },
  ];
}

function flags(c: FcConnection): Found[] {
  const wrong = c.faults.get(HeaderFault.ifcpFlags);
  const seen = together(wrong === undefined ? [c.modeWrong] : [wrong, c.modeWrong]);
  if (seen.count === 0) return [];
  const mode = c.addressMode === 1 ? 'address transparent' : 'address translation';
  const text =
    c.modeWrong.count > 0
      ? `CBIND agreed on ${mode} mode; ${plural(c.modeWrong.count, 'frame')} say the other by TRP.`
      : 'SES stands together with TRP or SPC, or a reserved flag is set.';
  return [
    {
      id: 'ifcp-flags',
      severity: 'warning',
      title: `iFCP flags of ${plural(seen.count, 'frame')} are wrong`,
      text,
      ...seenAt(seen),
      ...onConnection(c),
    },
  ];
}

function damaged(c: FcConnection, carrier: string): Found[] {
  const seen = together([c.crcBad, c.eofInvalid, c.eofBad]);
  if (seen.count === 0) return [];
  const tunnel = carrier === 'FCIP' || carrier === 'iFCP';
  return [
    {
      id: 'fc-frame-damaged',
      severity: 'warning',
      title: `${plural(seen.count, 'Fibre Channel frame')} damaged`,
      text:
        `CRC wrong: ${c.crcBad.count}. Marked invalid or aborted by who sent it on (EOFni, EOFa, ` +
        `EOFdti): ${c.eofInvalid.count}. Delimiter unreadable: ${c.eofBad.count}. The receiver drops ` +
        'them; their exchanges stall until they are recovered or aborted.',
      ...seenAt(seen),
      ...onConnection(c),
      ...(tunnel ? {} : { next: 'See error counters of the ports and the cable between them.' }),
      values: { crcBad: c.crcBad.count, invalid: c.eofInvalid.count, eofBad: c.eofBad.count },
    },
  ];
}
