import { extensionOf } from '../certificate/certificate.js';
import type { ParsedCrl } from '../crl/crl.js';
import { OID } from '../der/oid.js';

/** CRL extensions that are processed here. freshestCRL tells where deltas are; those at hand are used without it. */
const PROCESSED: ReadonlySet<string> = new Set([
  OID.authorityKeyIdentifier,
  OID.crlNumber,
  OID.deltaCrlIndicator,
  OID.issuingDistributionPoint,
  OID.freshestCrl,
]);

/** Whether every critical extension is one that is processed (RFC 5280 5.2); a CRL with another tells nothing. */
export function isProcessable({ extensions }: ParsedCrl): boolean {
  return extensions.every(({ oid, critical }) => !critical || PROCESSED.has(oid));
}

/** Whether the instant is in the time that the CRL speaks for. Never without nextUpdate, which RFC 5280 5.1.2.5 requires. */
export function isCurrent({ thisUpdate, nextUpdate }: ParsedCrl, at: Date): boolean {
  return nextUpdate !== undefined && thisUpdate.getTime() <= at.getTime() && at.getTime() <= nextUpdate.getTime();
}

function haveSame(dotted: string, a: ParsedCrl, b: ParsedCrl): boolean {
  const [one, other] = [extensionOf(a, dotted), extensionOf(b, dotted)];
  return one === undefined || other === undefined ? one === other : one.value.equals(other.value);
}

/**
 * Whether the delta CRL may be combined with the complete CRL of the same issuer (RFC 5280 5.2.4 (b) to (d), 6.3.3 (c)(2), (3)): same
 * scope, same authority key identifier, based on the complete one or an earlier one, and following it.
 */
export function isDeltaOf(delta: ParsedCrl, complete: ParsedCrl): boolean {
  const { number, baseNumber } = delta;
  if (number === undefined || baseNumber === undefined || complete.number === undefined) return false;
  const inSequence = baseNumber <= complete.number && complete.number < number;
  return inSequence && haveSame(OID.issuingDistributionPoint, delta, complete) && haveSame(OID.authorityKeyIdentifier, delta, complete);
}
