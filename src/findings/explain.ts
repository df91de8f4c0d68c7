// A word that somebody has in hand (a line of a host's log, a status, a sense code, the id of a finding) →
// what it means, and which findings show it.

import {
  codeName,
  LOGIN_STATUS_MEANINGS,
  loginStatusName,
  REJECT_REASON_NAMES,
} from '../wire/iscsi/codes.js';
import { senseText } from '../wire/scsi/sense.js';
import { SCSI_STATUS_NAMES } from '../wire/scsi/status.js';
import type { Finding } from './finding.js';
import { HOST_SOURCES, HOST_WORDS } from './host-words.js';
import { RULES } from './rules.js';

export interface Explanation {
  /** What was recognised: `conn error 1022 (ISCSI_ERR_NOP_TIMEDOUT)`. */
  readonly word: string;
  /** Where it comes from: `Linux`, `sense data`, `finding`, … */
  readonly kind: string;
  readonly means: string;
  readonly findings: readonly string[];
  readonly source: string;
}

/** All that a text may mean; nothing where nothing is known of it. */
export function explain(text: string): Explanation[] {
  return [
    ...findings(text),
    ...host(text),
    ...sense(text),
    ...status(text),
    ...login(text),
    ...reject(text),
  ];
}

/** True where this finding of a capture is what the word means: of sense data and logins the same codes. */
export function shows(one: Explanation, { id, values }: Finding): boolean {
  if (!one.findings.includes(id)) return false;
  const status = one.kind === 'login status' && LOGIN_WORD.exec(one.word);
  if (status && values?.['statusClass'] !== undefined) {
    const [statusClass, detail] = status.slice(1).map((hex) => Number.parseInt(hex, 16));
    return values['statusClass'] === statusClass && values['statusDetail'] === detail;
  }
  const codes = one.kind === 'sense data' && SENSE_WORD.exec(one.word);
  if (!codes || values?.['senseKey'] === undefined) return true;
  const [senseKey, asc, ascq] = codes.slice(1).map((hex) => Number.parseInt(hex, 16));
  return values['senseKey'] === senseKey && values['asc'] === asc && values['ascq'] === ascq;
}

const LOGIN_WORD = /0x(..)(..) \(/;
const SENSE_WORD = /^sense (..)\/(..)\/(..)$/;

/** What a finding is, as its rule says it; undefined for another word. */
export function explainFinding(id: string): Explanation | undefined {
  for (const rule of RULES) {
    const tell = rule.tells[id];
    if (tell === undefined) continue;
    const means = `${tell.about} Not so if: ${tell.disproof} Next: ${tell.next}`;
    return { word: id, kind: 'finding', means, findings: [id], source: tell.reference };
  }
  return undefined;
}

/** By id, or by the name of its rule. */
function findings(text: string): Explanation[] {
  const words = text.toLowerCase().split(/[\s,;]+/);
  const ids = RULES.flatMap((rule) =>
    Object.keys(rule.tells).filter((id) => words.includes(id) || words.includes(rule.id)),
  );
  return ids.flatMap((id) => explainFinding(id) ?? []);
}

function host(text: string): Explanation[] {
  return HOST_WORDS.filter(({ pattern }) => pattern.test(text)).map((one) => ({
    word: one.word,
    kind: one.system,
    means: one.means,
    findings: one.findings,
    source: HOST_SOURCES[one.system],
  }));
}

/** `0x5 0x24 0x0`, `05/24/00`, `5/24/0`: key, ASC, ASCQ in hex, as hosts write them. */
function sense(text: string): Explanation[] {
  const found =
    /(?:sense data: ?|^|\s)(?:0x)?([0-9a-f]{1,2})[ /](?:0x)?([0-9a-f]{1,2})[ /](?:0x)?([0-9a-f]{1,2})\b/i.exec(
      text,
    );
  if (found === null) return [];
  const [senseKey, asc, ascq] = found.slice(1, 4).map((hex) => Number.parseInt(hex, 16));
  if (senseKey > 15 || (senseKey === 0 && asc === 0 && ascq === 0)) return [];
  return [
    {
      word: `sense ${[senseKey, asc, ascq].map((n) => n.toString(16).padStart(2, '0')).join('/')}`,
      kind: 'sense data',
      means: senseText({ senseKey, asc, ascq }) ?? '',
      findings: senseFindings(senseKey, asc, ascq),
      source: 'SPC (sense keys, additional sense codes)',
    },
  ];
}

function senseFindings(senseKey: number, asc: number, ascq: number): string[] {
  if (senseKey === 6) return ['unit-attention'];
  if (senseKey === 2 && asc === 4 && ascq >= 0x0a && ascq <= 0x0c)
    return ['path-access', 'path-flapping'];
  if (senseKey === 5 && asc === 0x25) return ['lun-missing', 'device-lost', 'lun-outage'];
  if (senseKey === 5 && asc === 0x21) return ['lun-exchanged', 'lun-shrunk', 'check-condition'];
  if (senseKey === 7 && asc === 0x27) return ['lun-exchanged', 'check-condition'];
  if (senseKey === 0x0e && asc === 0x1d) return ['ats-miscompare'];
  return ['check-condition', 'lun-outage'];
}

const BY_STATUS: Readonly<Record<number, readonly string[]>> = {
  2: ['check-condition', 'unit-attention'],
  8: ['status-busy'],
  24: ['reservation-conflict'],
  40: ['task-set-full'],
  48: ['aca-active'],
  64: ['task-aborted'],
};

/** `D:0x8`, `RESERVATION CONFLICT`. */
function status(text: string): Explanation[] {
  const hex = /\bD:0x([0-9a-f]{1,2})\b/i.exec(text)?.[1];
  const code = hex === undefined ? -1 : Number.parseInt(hex, 16);
  const upper = text.toUpperCase();
  return Object.entries(SCSI_STATUS_NAMES).flatMap(([key, name]) => {
    const named = name !== 'GOOD' && upper.includes(name.toUpperCase());
    if (Number(key) !== code && !named) return [];
    const found = BY_STATUS[Number(key)] ?? [];
    return [
      {
        word: name,
        kind: 'SCSI status',
        means: `status 0x${Number(key).toString(16).padStart(2, '0')}`,
        findings: found,
        source: 'SAM (status codes)',
      },
    ];
  });
}

/** `login 0201`, `0x0201`, `0201`: class and detail in hex. */
function login(text: string): Explanation[] {
  const hex = /\b(?:0x)?(0[0-3][0-9a-f]{2})\b/i.exec(text)?.[1];
  const code = hex === undefined ? -1 : Number.parseInt(hex, 16);
  const means = LOGIN_STATUS_MEANINGS[code];
  if (means === undefined || code === 0) return [];
  const name = loginStatusName(code >> 8, code & 255);
  const found = code >> 8 === 1 ? ['login-redirected', 'redirect-not-followed'] : ['login-failed'];
  return [
    {
      word: `login status 0x${hex} (${name})`,
      kind: 'login status',
      means,
      findings: found,
      source: 'RFC 7143 11.13.5',
    },
  ];
}

/** `reject 4`, `reject 0x09`. */
function reject(text: string): Explanation[] {
  const found = /\breject(?:ed|ion)?(?: reason)?[ :]*(?:0x)?([0-9a-f]{1,2})\b/i.exec(text);
  const reason = found === null ? -1 : Number.parseInt(found[1], 16);
  if (REJECT_REASON_NAMES[reason] === undefined) return [];
  return [
    {
      word: `Reject 0x${reason.toString(16).padStart(2, '0')}`,
      kind: 'Reject',
      means: codeName(REJECT_REASON_NAMES, reason),
      findings: ['reject', 'commands-rejected'],
      source: 'RFC 7143 11.17.1',
    },
  ];
}
