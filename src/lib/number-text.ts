// Numbers as people read them: three digits that matter, one space, the unit. No locale: the same
// capture gives the same text everywhere.

const NS_PER_S = 1e9;

/** "850 ns", "12.3 µs", "4.56 ms", "1.23 s", "2 min 5 s", "3 h 12 min", "2 d 4 h". */
export function durationText(ns: number): string {
  if (ns < 0) return `-${durationText(-ns)}`;
  if (ns < 999.5) return `${Math.round(ns)} ns`;
  if (ns < 999.5e3) return `${threeDigits(ns / 1e3)} µs`;
  if (ns < 999.5e6) return `${threeDigits(ns / 1e6)} ms`;
  const seconds = ns / NS_PER_S;
  if (seconds < 119.95) return `${seconds < 99.95 ? threeDigits(seconds) : seconds.toFixed(1)} s`;
  return longDuration(Math.round(seconds));
}

function longDuration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(Math.round(seconds / 60) / 60);
  if (hours < 48) return `${hours} h ${Math.round(seconds / 60) % 60} min`;
  const days = Math.floor(Math.round(seconds / 3600) / 24);
  return `${days} d ${Math.round(seconds / 3600) % 24} h`;
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** "512 B", "4 KiB", "1.23 MiB": powers of 1,024. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1023.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : trimmed(value)} ${BYTE_UNITS[unit]}`;
}

/** "1,234,567". */
export function countText(count: number): string {
  const digits = String(Math.round(Math.abs(count)));
  let text = '';
  for (let i = 0; i < digits.length; i++) {
    if (i > 0 && (digits.length - i) % 3 === 0) text += ',';
    text += digits[i];
  }
  return count < 0 ? `-${text}` : text;
}

/** "1 command", "2 commands", "1 reply", "0 replies" where the plural is given. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** "12.3 %", "0.04 %", "100 %". */
export function percentText(part: number, whole: number): string {
  if (whole <= 0) return '0 %';
  const percent = (100 * part) / whole;
  if (part > 0 && percent < 0.01) return '< 0.01 %';
  return `${trimmed(percent)} %`;
}

/** Three significant digits with their zeros: they stand in columns. */
function threeDigits(value: number): string {
  if (value < 9.995) return value.toFixed(2);
  return value < 99.95 ? value.toFixed(1) : value.toFixed(0);
}

/** Three significant digits without needless zeros. */
function trimmed(value: number): string {
  return String(Number(threeDigits(value)));
}
