import { createHash } from 'node:crypto';
import { isDigestSignedBy } from '../key/signing-key.js';
import { OID } from '../der/oid.js';
import { type CrlExpectations, CrlEntryFindings, crlFrameFindings } from '../lint/lint-crl.js';
import type { LintFinding } from '../lint/lint.js';
import { PkiError } from '../pki-error.js';
import { CrlEntryCursor } from './crl-entries.js';
import { CrlReader } from './crl-reader.js';

export interface CrlExpectation {
  readonly issuerDer: Buffer;
  readonly issuerSpki: Buffer;
  /** The number it must carry. */
  readonly number: bigint;
  readonly entryCount: number;
}

export interface CheckedCrl {
  readonly sha256: string;
  /** Octets. */
  readonly length: number;
  /** Broken rules of JPKI 4.15. */
  readonly findings: readonly LintFinding[];
}

/**
 * Reads a CRL of ours from its octets before publication (state `VERIFIED` of JPKI 3.7), piece by piece: well formed to the last entry, signature,
 * issuer, number, ascending serials and count as expected. Faults `BAD_CRL`, `BAD_SIGNATURE`, `CRL_UNSORTED`, `CRL_MISMATCH`.
 */
export class CrlCheck {
  readonly #whole = createHash('sha256');
  readonly #signed = createHash('sha256');
  readonly #entries: CrlEntryFindings;
  readonly #reader: CrlReader;
  #length = 0;

  constructor(
    private readonly expected: CrlExpectation,
    private readonly rules: CrlExpectations,
  ) {
    this.#entries = new CrlEntryFindings(rules.isExpired);
    this.#reader = new CrlReader({
      signed: (octets) => void this.#signed.update(octets),
      entries: (entries) => {
        for (const cursor = new CrlEntryCursor(entries); cursor.move();) this.#entries.look(cursor);
      },
    });
  }

  push(octets: Buffer): void {
    this.#whole.update(octets);
    this.#length += octets.length;
    this.#reader.push(octets);
  }

  end(): CheckedCrl {
    const { issuerDer, issuerSpki, number, entryCount } = this.expected;
    const frame = this.#reader.end();
    const { algorithmOid, signature, signatureAlgorithm, tbsAlgorithm } = frame;
    const isSigned = algorithmOid === OID.sha256WithRsa && tbsAlgorithm.equals(signatureAlgorithm) && isDigestSignedBy(this.#signed.digest(), signature, issuerSpki);
    if (!isSigned) throw new PkiError('BAD_SIGNATURE', 'CRL signature does not verify');
    if (!frame.issuerDer.equals(issuerDer)) throw new PkiError('CRL_MISMATCH', 'issuer differs');
    if (frame.number !== number) throw new PkiError('CRL_MISMATCH', 'cRLNumber differs');
    const { count, findings } = this.#entries;
    const unsorted = findings.find(({ id }) => id === 'e_crl_unsorted_or_duplicate');
    if (unsorted !== undefined) throw new PkiError('CRL_UNSORTED', `${unsorted.detail} is not above the one before it`);
    if (count !== entryCount) throw new PkiError('CRL_MISMATCH', `${count} entries instead of ${entryCount}`);
    return { sha256: this.#whole.digest('hex'), length: this.#length, findings: [...crlFrameFindings(frame, this.rules), ...findings] };
  }
}
