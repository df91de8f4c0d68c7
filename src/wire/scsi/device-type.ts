// Peripheral device types (SPC, standard INQUIRY data, byte 0 bits 4-0) and the letters the tables
// know them by (status-and-sense: "Letters in the TSV files").

export const DEVICE_TYPE_NAMES: Readonly<Record<number, string>> = {
  0: 'direct access block device',
  1: 'sequential-access device',
  2: 'printer device',
  3: 'processor device',
  4: 'write-once device',
  5: 'CD/DVD device',
  6: 'scanner device',
  7: 'optical memory device',
  8: 'media changer device',
  9: 'communications device',
  10: 'graphic arts pre-press device',
  11: 'graphic arts pre-press device',
  12: 'storage array controller device',
  13: 'enclosure services device',
  14: 'simplified direct-access device',
  15: 'optical card reader/writer device',
  16: 'bridge controller commands',
  17: 'object-based storage device',
  18: 'automation/drive interface',
  19: 'security manager device',
  20: 'host managed zoned block device',
  30: 'well known logical unit',
  31: 'unknown or no device type',
};

/** Letter by device type 00h to 14h; scanners and others without a column of their own are '-'. */
const LETTERS = 'DTLPWR-OM---AEBK-FV-Z';

/** Letters that have commands of their own; the first is the fallback. */
export const LETTER_CLASSES = 'DTLPWROMAEBKFVZ';

/** Class (an index into LETTER_CLASSES) of a device type; a disk's where unknown or without one. */
export function deviceClass(deviceType: number): number {
  const letter = deviceType >= 0 && deviceType < LETTERS.length ? LETTERS[deviceType] : 'D';
  return Math.max(0, LETTER_CLASSES.indexOf(letter));
}
