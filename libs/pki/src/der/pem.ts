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

/** One block of a text; `der` is undefined when the block has no end or is not base64. */
export interface PemBlock {
  readonly label: string;
  readonly der: Buffer | undefined;
}

const BEGIN = '-----BEGIN ';
const END = '-----END ';
const DASHES = '-----';

function labelOf(line: string, start: string): string | undefined {
  const isEdge = line.startsWith(start) && line.endsWith(DASHES) && line.length > start.length + DASHES.length;
  return isEdge ? line.slice(start.length, -DASHES.length) : undefined;
}

function base64Of(text: string): Buffer | undefined {
  const der = Buffer.from(text, 'base64');
  return der.length > 0 && der.toString('base64') === text ? der : undefined;
}

/** All blocks of a text in their order; what stands between them is explanation (RFC 7468 section 2). */
export function pemBlocksOf(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  let open: { readonly label: string; readonly lines: string[] } | undefined;
  for (const whole of text.split(/[\r\n]/)) {
    const line = whole.trim();
    const begun = labelOf(line, BEGIN);
    if (open !== undefined && labelOf(line, END) === open.label) {
      blocks.push({ label: open.label, der: base64Of(open.lines.join('').replaceAll(/[ \t]/g, '')) });
      open = undefined;
    } else if (begun !== undefined) {
      if (open !== undefined) blocks.push({ label: open.label, der: undefined });
      open = { label: begun, lines: [] };
    } else {
      open?.lines.push(line);
    }
  }
  return open === undefined ? blocks : [...blocks, { label: open.label, der: undefined }];
}
