// LOG SENSE and LOG SELECT: pages and their parameters (SPC-4 7.3, SBC-3 6.4, SSC-4 8.2).

import type { Node } from '../../tree.js';
import { deviceClass, LETTER_CLASSES } from '../device-type.js';
import { pageName } from '../names.js';
import type { Shape, Walker } from '../walker.js';

const HEAD = '0.7 DS; 0.6 SPF; 0.5-0 PAGE CODE; 1 SUBPAGE CODE; 2-3 PAGE LENGTH';
const PARAMETER = `0-1 PARAMETER CODE =hex; 2.7 DU; 2.6 DS; 2.5 TSD; 2.4 ETC; 2.3-2 TMC =tmc;
  2.1-0 FORMAT AND LINKING =logFormat; 3 PARAMETER LENGTH`;

/** A log page; LOG SELECT sends several of them. */
export function logPage(walk: Walker, at: number, deviceType: number): Shape {
  const page = walk.u8(at) & 0x3f;
  const subpage = walk.u8(at) & 0x40 ? walk.u8(at + 1) : 0;
  const letter = LETTER_CLASSES[deviceClass(deviceType)];
  const isList = page === 0 || subpage === 0xff;
  const entry = subpage === 0xff ? SUPPORTED_SUBPAGE : SUPPORTED_PAGE;
  return {
    label: 'log page',
    fields: HEAD,
    length: [2, 2, 4],
    list: {
      at: 4,
      of: isList ? entry(letter) : (w, p) => parameter(w, p, page, subpage, letter),
    },
    meaning: () => pageName('l', page, subpage, letter),
  };
}

const SUPPORTED_PAGE = (letter: string): Shape => ({
  label: 'supported page',
  fields: '0.5-0 PAGE CODE',
  length: 1,
  meaning: (w, at) => pageName('l', w.u8(at) & 0x3f, 0, letter),
});

const SUPPORTED_SUBPAGE = (letter: string): Shape => ({
  label: 'supported page and subpage',
  fields: '0.5-0 PAGE CODE; 1 SUBPAGE CODE',
  length: 2,
  meaning: (w, at) => pageName('l', w.u8(at) & 0x3f, w.u8(at + 1), letter),
});

function parameter(walk: Walker, at: number, page: number, subpage: number, letter: string): Shape {
  const code = walk.uint(at, 2);
  const known = fieldsOf(page, subpage, code, letter);
  return {
    label: 'log parameter',
    fields: known === undefined ? PARAMETER : `${PARAMETER}; ${known}`,
    length: [3, 1, 4],
    more: known === undefined ? (w, p, end) => value(w, p + 4, end, page) : undefined,
    meaning: () => nameOf(page, subpage, code, letter),
  };
}

/** A counter as a number, anything else as octets. */
function value(walk: Walker, at: number, end: number, page: number): Node[] {
  const length = end - at;
  if (length <= 0) return [];
  const isNumber = length <= 8;
  return isNumber
    ? walk.fields(`0-${length - 1} PARAMETER VALUE`.replace('0-0', '0'), at, end)
    : [
        walk.octets(
          'PARAMETER VALUE',
          at,
          length,
          page === APPLICATION_CLIENT ? 'userData' : undefined,
        ),
      ];
}

/** What hosts wrote for themselves (SPC-4 7.3.3). */
const APPLICATION_CLIENT = 0x0f;

const COUNTERS: Readonly<Record<number, string>> = {
  0: 'errors corrected without substantial delay',
  1: 'errors corrected with possible delays',
  2: 'total rewrites or rereads',
  3: 'total errors corrected',
  4: 'total times correction algorithm processed',
  5: 'total bytes processed',
  6: 'total uncorrected errors',
};

/** Names of parameters by page (hex; letter in front where devices differ). */
const NAMES: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  '02': COUNTERS,
  '03': COUNTERS,
  '04': COUNTERS,
  '05': COUNTERS,
  '06': { 0: 'non-medium error count' },
  'D 0c': {
    1: 'available LBA mapping resource count',
    2: 'used LBA mapping resource count',
    3: 'available provisioning resource percentage',
    256: 'de-duplicated LBA resource count',
    257: 'compressed LBA resource count',
    258: 'total efficiency LBA resource count',
  },
  'T 0c': {
    0: 'data bytes received with WRITE commands',
    1: 'data bytes written to media by WRITE commands',
    2: 'data bytes read from media by READ commands',
    3: 'data bytes transferred by READ commands',
    4: 'native capacity from BOP to EOD',
    5: 'native capacity from BOP to EW',
    6: 'minimum native capacity from EW to LEOP',
    7: 'native capacity from BOP to the current position',
    8: 'maximum native capacity in device object buffer',
    256: 'cleaning action required',
  },
  '0d': { 0: 'temperature', 1: 'reference temperature' },
  '0e': {
    1: 'date of manufacture',
    2: 'accounting date',
    3: 'specified cycle count over device lifetime',
    4: 'accumulated start-stop cycles',
    5: 'specified load-unload count over device lifetime',
    6: 'accumulated load-unload cycles',
  },
  'D 11': { 1: 'percentage used endurance indicator' },
  'D 15': { 0: 'background scan status' },
  '19': {
    1: 'general access statistics and performance',
    2: 'idle time',
    3: 'time interval',
    4: 'force unit access statistics and performance',
  },
  '1a': {
    1: 'transitions to active',
    2: 'transitions to idle_a',
    3: 'transitions to idle_b',
    4: 'transitions to idle_c',
    8: 'transitions to standby_z',
    9: 'transitions to standby_y',
  },
  '2f': { 0: 'informational exceptions' },
};

/** Fields of parameters that are more than one number, by page and parameter code. */
const FIELDS: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  'D 0c': {
    1: '4-7 RESOURCE COUNT; 8.1-0 SCOPE',
    2: '4-7 RESOURCE COUNT; 8.1-0 SCOPE',
    3: '4-5 RESOURCE PERCENTAGE',
  },
  '0d': { 0: '5 TEMPERATURE =celsius', 1: '5 REFERENCE TEMPERATURE =celsius' },
  '0e': {
    1: '4-7 YEAR OF MANUFACTURE =ascii; 8-9 WEEK OF MANUFACTURE =ascii',
    2: '4-7 ACCOUNTING DATE YEAR =ascii; 8-9 ACCOUNTING DATE WEEK =ascii',
  },
  'D 11': { 1: '7 PERCENTAGE USED ENDURANCE INDICATOR' },
  'D 15': {
    0: `4-7 ACCUMULATED POWER ON MINUTES; 9 BACKGROUND SCAN STATUS;
      10-11 NUMBER OF BACKGROUND SCANS PERFORMED; 12-13 BACKGROUND SCAN PROGRESS =progress;
      14-15 NUMBER OF BACKGROUND MEDIUM SCANS PERFORMED`,
  },
  '19': {
    1: `4-11 NUMBER OF READ COMMANDS; 12-19 NUMBER OF WRITE COMMANDS;
      20-27 NUMBER OF LOGICAL BLOCKS RECEIVED; 28-35 NUMBER OF LOGICAL BLOCKS TRANSMITTED;
      36-43 READ COMMAND PROCESSING INTERVALS; 44-51 WRITE COMMAND PROCESSING INTERVALS;
      52-59 WEIGHTED NUMBER OF READ COMMANDS PLUS WRITE COMMANDS;
      60-67 WEIGHTED READ COMMAND PROCESSING PLUS WRITE COMMAND PROCESSING`,
    2: '4-11 IDLE TIME INTERVALS',
    3: '4-7 EXPONENT; 8-11 INTEGER',
  },
  '2f': {
    0: `4-5 INFORMATIONAL EXCEPTION ADDITIONAL SENSE CODE =asc;
      6 MOST RECENT TEMPERATURE READING =celsius`,
  },
};

const SELF_TEST = `4.7-5 SELF-TEST CODE =selfTestCode; 4.3-0 SELF-TEST RESULTS =selfTestResult;
  5 SELF-TEST NUMBER; 6-7 ACCUMULATED POWER ON HOURS; 8-15 ADDRESS OF FIRST FAILURE =hex;
  16.3-0 SENSE KEY =senseKey; 17-18 ADDITIONAL SENSE CODE =asc; 19 VENDOR SPECIFIC`;
const TAPE_ALERT = '4.0 FLAG';
const BACKGROUND_SCAN = `4-7 ACCUMULATED POWER ON MINUTES; 8.7-4 REASSIGN STATUS;
  8.3-0 SENSE KEY =senseKey; 9-10 ADDITIONAL SENSE CODE =asc; 11-15 VENDOR SPECIFIC =hex;
  16-23 LOGICAL BLOCK ADDRESS`;

function fieldsOf(page: number, subpage: number, code: number, letter: string): string | undefined {
  if (subpage !== 0) return undefined;
  if (page === 0x10) return SELF_TEST;
  if (page === 0x2e) return TAPE_ALERT;
  if (page === 0x15 && code > 0 && letterOf(letter) === 'D') return BACKGROUND_SCAN;
  return inTable(FIELDS, page, letter)?.[code];
}

function nameOf(page: number, subpage: number, code: number, letter: string): string | undefined {
  if (subpage !== 0) return undefined;
  if (page === 0x10) return `self-test result ${code}`;
  if (page === 0x2e) return TAPE_ALERTS[code - 1];
  return inTable(NAMES, page, letter)?.[code];
}

function inTable<T>(
  table: Readonly<Record<string, T>>,
  page: number,
  letter: string,
): T | undefined {
  const key = page.toString(16).padStart(2, '0');
  return table[`${letterOf(letter)} ${key}`] ?? table[key];
}

const letterOf = (letter: string): string => (letter === 'Z' ? 'D' : letter);

/** TapeAlert flags 1 to 64 (SSC-4 annex A). */
const TAPE_ALERTS: readonly string[] = `read warning;write warning;hard error;media;read failure;
write failure;media life;not data grade;write protect;no removal;cleaning media;unsupported format;
recoverable mechanical cartridge failure;unrecoverable mechanical cartridge failure;
memory chip in cartridge failure;forced eject;read only format;tape directory corrupted on load;
nearing media life;clean now;clean periodic;expired cleaning media;invalid cleaning tape;
retension requested;dual-port interface error;cooling fan failure;power supply failure;
power consumption;drive maintenance;hardware A;hardware B;interface;eject media;download failed;
drive humidity;drive temperature;drive voltage;predictive failure;diagnostics required;obsolete;
obsolete;obsolete;obsolete;obsolete;obsolete;obsolete;obsolete;obsolete;
diminished native capacity;lost statistics;tape directory invalid at unload;
tape system area write failure;tape system area read failure;no start of data;loading failure;
unrecoverable unload failure;automation interface failure;firmware failure;
WORM medium - integrity check failed;WORM medium - overwrite attempted`
  .split(';')
  .map((name) => name.trim());

/** For the list of fields: the page's header, the parameters', and those with fields of their own. */
export function logCatalog(): { readonly label: string; readonly fields: string }[] {
  const own = Object.entries(FIELDS).flatMap(([key, codes]) => {
    const page = Number.parseInt(key.slice(-2), 16);
    const letter = key.length > 2 ? key[0] : 'D';
    return Object.entries(codes).map(([code, fields]) => ({
      label: `${pageName('l', page, 0, letter)}: ${nameOf(page, 0, Number(code), letter) ?? code}`,
      fields,
    }));
  });
  return [
    { label: 'log page', fields: HEAD },
    { label: 'log parameter', fields: PARAMETER },
    { label: pageName('l', 0x10, 0, 'D'), fields: SELF_TEST },
    { label: pageName('l', 0x15, 0, 'D'), fields: BACKGROUND_SCAN },
    { label: pageName('l', 0x2e, 0, 'T'), fields: TAPE_ALERT },
    ...own,
  ];
}
