import { PkiError } from '../pki-error.js';

/** Textual encoding of RFC 7468: label, 64 characters a line. */
export function pemEncode(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/** DER of the single PEM block in `text` with one of the labels; faults `BAD_PEM`. */
export function pemDecode(text: string, labels: readonly string[]): Buffer {
  // No two neighbouring parts of the pattern share a character, so that hostile text is refused in linear time.
  const match = /^-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]*)-----END \1-----$/.exec(text.trim());
  const [, label = '', body = ''] = match ?? [];
  const compact = body.replace(/\s+/g, '');
  const der = Buffer.from(compact, 'base64');
  if (!labels.includes(label) || der.toString('base64') !== compact) {
    throw new PkiError('BAD_PEM', `not one PEM block ${labels.join(' or ')}`);
  }
  return der;
}

/** DER of an input that is DER already or PEM text with one of the labels. */
export function derOf(input: Buffer | string, labels: readonly string[]): Buffer {
  if (typeof input === 'string') return pemDecode(input, labels);
  return input.subarray(0, 10).toString('latin1') === '-----BEGIN' ? pemDecode(input.toString('latin1'), labels) : input;
}
