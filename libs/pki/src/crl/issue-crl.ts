import type { SigningKey } from '../key/signing-key.js';
import { PkiError } from '../pki-error.js';
import { type CrlContent, type WrittenCrl, writeCrl } from './build-crl.js';
import { CrlCheck } from './check-crl.js';
import { type CrlPieces, HeldPieces } from './crl-pieces.js';

/** A list may not lose more of its entries than this without a known reason (JPKI 7). */
const LOSS_LIMIT = 0.01;

export interface CrlOrder {
  readonly content: CrlContent & Required<Pick<CrlContent, 'distributionPoint'>>;
  readonly key: SigningKey;
  /** Longest time from thisUpdate to nextUpdate, seconds. */
  readonly maxSeconds: number;
  /** The list of the same key before this one, with how many of its entries have since gone for a known reason. */
  readonly previous?: { readonly number: bigint; readonly entryCount: number; readonly explained: number };
}

/** A code of this library, the id of a lint, or `ENTRIES_LOST`: the former list stays. */
export interface CrlFault {
  readonly fault: string;
}

export interface IssuedCrl extends WrittenCrl {
  readonly sha256: string;
}

/**
 * A CRL that may be published (JPKI 3.7): signed, read back from where its pieces are, held against the rules of 4.15 and against the list before
 * it. Faults `TOKEN_UNAVAILABLE` and `TOKEN_BUSY` are thrown, since who waits may try again.
 */
export async function issueCrlInPieces({ content, key, maxSeconds, previous }: CrlOrder, pieces: CrlPieces): Promise<IssuedCrl | CrlFault> {
  try {
    const written = await writeCrl(content, key, pieces);
    const { entryCount, length } = written;
    const expected = { issuerDer: content.issuerDer, issuerSpki: key.publicKeySpki, number: content.crlNumber, entryCount };
    const check = new CrlCheck(expected, { distributionPoint: content.distributionPoint, maxSeconds, ...(previous === undefined ? {} : { previousNumber: previous.number }) });
    for await (const octets of pieces.read()) check.push(octets);
    const { sha256, length: read, findings: [finding] } = check.end();
    if (finding !== undefined) return { fault: finding.id };
    if (read !== length) return { fault: 'CRL_MISMATCH' };
    const lost = previous === undefined ? 0 : previous.entryCount - previous.explained - entryCount;
    if (lost > (previous?.entryCount ?? 0) * LOSS_LIMIT) return { fault: 'ENTRIES_LOST' };
    return { ...written, sha256 };
  } catch (error) {
    if (!(error instanceof PkiError) || error.code === 'TOKEN_UNAVAILABLE' || error.code === 'TOKEN_BUSY') throw error;
    return { fault: error.code };
  }
}

/** The same in memory. */
export async function issueCrl(order: CrlOrder): Promise<(IssuedCrl & { readonly der: Buffer }) | CrlFault> {
  const pieces = new HeldPieces();
  const made = await issueCrlInPieces(order, pieces);
  return 'fault' in made ? made : { ...made, der: pieces.whole() };
}
