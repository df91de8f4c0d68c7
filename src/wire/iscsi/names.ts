// iSCSI names (RFC 7143 section 4.2.7): iqn., eui. and naa., and what is wrong with one.

/** RFC 7143 4.2.7.2: "The UTF-8 encoding of the name is not larger than 223 bytes." */
const NAME_BYTES_MAX = 223;

export type NameType = 'iqn' | 'eui' | 'naa';

export const NAME_TYPE_TEXTS: Readonly<Record<NameType, string>> = {
  iqn: 'iSCSI qualified name',
  eui: 'EUI-64',
  naa: 'network address authority',
};

/** The type, by its designator; undefined where there is none. Case matters not here: see nameFault. */
export function nameType(name: string): NameType | undefined {
  const type = name.slice(0, 4).toLowerCase();
  if (type === 'iqn.') return 'iqn';
  if (type === 'eui.') return 'eui';
  return type === 'naa.' ? 'naa' : undefined;
}

/** What is wrong with an iSCSI name, as a sentence with its section; undefined where it is right. */
export function nameFault(name: string): string | undefined {
  const bytes = new TextEncoder().encode(name).length;
  if (bytes === 0) return 'the name is empty (RFC 7143 4.2.7)';
  if (bytes > NAME_BYTES_MAX) {
    return `the name has ${bytes} bytes, at most ${NAME_BYTES_MAX} are allowed (RFC 7143 4.2.7.2)`;
  }
  switch (nameType(name)) {
    case 'iqn':
      return iqnFault(name);
    case 'eui':
      if (/^eui\.[0-9a-f]{16}$/i.test(name)) return undefined;
      return 'eui. is followed by 16 hexadecimal digits (RFC 7143 4.2.7.5)';
    case 'naa':
      if (/^naa\.([0-9a-f]{16}|[0-9a-f]{32})$/i.test(name)) return undefined;
      return 'naa. is followed by 16 or 32 hexadecimal digits (RFC 7143 4.2.7.6)';
    default:
      return 'the name begins with none of iqn., eui. and naa. (RFC 7143 4.2.7.3)';
  }
}

function iqnFault(name: string): string | undefined {
  const parts = /^iqn\.(\d{4})-(\d{2})\.([^:]+)(:.*)?$/su.exec(name);
  if (parts === null) return 'iqn. is followed by yyyy-mm, a dot and a domain (RFC 7143 4.2.7.4)';
  const month = Number(parts[2]);
  if (month < 1 || month > 12)
    return `the month of ${parts[1]}-${parts[2]} is none (RFC 7143 4.2.7.4)`;
  if (/[A-Z]/.test(name)) return 'the name has upper-case letters (RFC 7143 4.2.7.2, RFC 3722)';
  // RFC 3722 6.2: of ASCII, only letters, digits, dash, dot and colon.
  const odd = /[\0-,/;-`{-\x7f]/.exec(name);
  if (odd !== null) {
    return `the name has ${JSON.stringify(odd[0])}, which RFC 3722 6.2 does not allow`;
  }
  return undefined;
}
