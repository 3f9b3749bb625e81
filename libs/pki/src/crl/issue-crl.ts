import { createHash } from 'node:crypto';
import type { SigningKey } from '../key/signing-key.js';
import { lintCrl } from '../lint/lint-crl.js';
import { PkiError } from '../pki-error.js';
import { type CrlContent, buildCrl } from './build-crl.js';
import { verifyCrl } from './crl.js';

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

export type CrlIssue =
  | { readonly der: Buffer; readonly sha256: string; readonly entryCount: number }
  /** A code of this library, the id of a lint, or `ENTRIES_LOST`: the former list stays. */
  | { readonly fault: string };

/**
 * A CRL that may be published (JPKI 3.7): signed, read back from its octets, held against the rules of 4.15 and against the list before it.
 * Faults `TOKEN_UNAVAILABLE` and `TOKEN_BUSY` are thrown, since who waits may try again.
 */
export async function issueCrl({ content, key, maxSeconds, previous }: CrlOrder): Promise<CrlIssue> {
  try {
    const { der, entryCount } = await buildCrl(content, key);
    const crl = verifyCrl(der, { issuerDer: content.issuerDer, issuerSpki: key.publicKeySpki, number: content.crlNumber, entryCount });
    const [finding] = lintCrl(crl, { distributionPoint: content.distributionPoint, maxSeconds, ...(previous === undefined ? {} : { previousNumber: previous.number }) });
    if (finding !== undefined) return { fault: finding.id };
    const lost = previous === undefined ? 0 : previous.entryCount - previous.explained - entryCount;
    if (lost > (previous?.entryCount ?? 0) * LOSS_LIMIT) return { fault: 'ENTRIES_LOST' };
    return { der, entryCount, sha256: createHash('sha256').update(der).digest('hex') };
  } catch (error) {
    if (!(error instanceof PkiError) || error.code === 'TOKEN_UNAVAILABLE' || error.code === 'TOKEN_BUSY') throw error;
    return { fault: error.code };
  }
}
