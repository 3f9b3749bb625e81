import { extensionOf } from '../certificate/certificate.js';
import { type IssuingDistributionPoint, encodeIssuingDistributionPoint } from '../crl/build-crl.js';
import type { CrlFrame, ParsedCrl } from '../crl/crl.js';
import { CrlEntryCursor } from '../crl/crl-entries.js';
import { OID } from '../der/oid.js';
import { PkiError } from '../pki-error.js';
import type { LintFinding } from './lint.js';

export interface CrlExpectations {
  readonly distributionPoint: IssuingDistributionPoint;
  /** Number of the issue before; absent for the first. */
  readonly previousNumber?: bigint;
  /** Longest time from thisUpdate to nextUpdate, seconds (48 h for a CRL, 35 days for an ARL of JPKI). */
  readonly maxSeconds: number;
  /** Whether a certificate expired so long ago that it must be gone (RFC 5280 3.3). */
  readonly isExpired?: (serial: bigint) => boolean;
}

/** Broken rules of what the list says beside its entries. */
export function crlFrameFindings(crl: CrlFrame, expected: CrlExpectations): LintFinding[] {
  const findings: LintFinding[] = [];
  const point = extensionOf(crl, OID.issuingDistributionPoint);
  if (point?.critical !== true) findings.push({ id: 'e_crl_idp_missing_or_not_critical', detail: 'issuingDistributionPoint' });
  if (point?.value.equals(encodeIssuingDistributionPoint(expected.distributionPoint)) !== true) {
    findings.push({ id: 'e_crl_idp_dn', detail: 'issuingDistributionPoint' });
  }
  if (crl.number === undefined || (expected.previousNumber !== undefined && crl.number <= expected.previousNumber)) {
    findings.push({ id: 'e_crl_number_not_increasing', detail: String(crl.number) });
  }
  const life = crl.nextUpdate === undefined ? Number.POSITIVE_INFINITY : (crl.nextUpdate.getTime() - crl.thisUpdate.getTime()) / 1000;
  if (!(life > 0 && life <= expected.maxSeconds)) findings.push({ id: 'e_crl_nextupdate_gt_48h', detail: `${life} s` });
  if (extensionOf(crl, OID.deltaCrlIndicator) !== undefined) findings.push({ id: 'e_crl_delta_indicator', detail: OID.deltaCrlIndicator });
  if (!crl.tbsAlgorithm.equals(crl.signatureAlgorithm)) findings.push({ id: 'e_sig_alg_mismatch', detail: crl.algorithmOid });
  return findings;
}

/** Broken rules of entries, each rule once, at the first entry that breaks it. */
export class CrlEntryFindings {
  readonly #findings = new Map<string, string>();
  #previous: bigint | undefined;
  #index = 0;

  constructor(private readonly isExpired?: (serial: bigint) => boolean) {}

  /** Looks at the next entry, where the cursor is. */
  look({ serial, reasonNumber }: CrlEntryCursor): void {
    this.#note('e_serial_nonpositive_or_gt20', serial <= 0n);
    this.#note('e_crl_unsorted_or_duplicate', this.#previous !== undefined && serial <= this.#previous);
    this.#note('e_crl_reason_unspecified_present', reasonNumber === 0);
    this.#note('e_crl_entry_expired', this.isExpired?.(serial) === true);
    this.#previous = serial;
    this.#index += 1;
  }

  /** Entries looked at. */
  get count(): number {
    return this.#index;
  }

  get findings(): LintFinding[] {
    return [...this.#findings].map(([id, detail]) => ({ id, detail }));
  }

  #note(id: string, broken: boolean): void {
    if (broken && !this.#findings.has(id)) this.#findings.set(id, `entry ${this.#index}`);
  }
}

/** Broken rules of a CRL or ARL (JPKI 4.15), empty when none. */
export function lintCrl(crl: ParsedCrl, expected: CrlExpectations): LintFinding[] {
  try {
    const entries = new CrlEntryFindings(expected.isExpired);
    for (const cursor = new CrlEntryCursor(crl); cursor.move();) entries.look(cursor);
    return [...crlFrameFindings(crl, expected), ...entries.findings];
  } catch (error) {
    if (error instanceof PkiError) return [{ id: 'e_der_not_canonical', detail: error.message }];
    throw error;
  }
}
