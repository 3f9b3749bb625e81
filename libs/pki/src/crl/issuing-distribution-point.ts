import { type DerValue, bitsOf, booleanOf, openSingle, valuesOf } from '../der/read.js';
import { TAG, contextConstructedTag, contextTag } from '../der/tag.js';
import { PkiError } from '../pki-error.js';

/** Reasons as a set of bits, each at the place it has in ReasonFlags (RFC 5280 4.2.1.13). */
export type ReasonMask = number;

/** The special value all-reasons of RFC 5280 6.3.2 (a): keyCompromise (1) to aACompromise (8), without `unused` (0). */
export const ALL_REASONS: ReasonMask = 0x1fe;

/** Reasons set in the content of a ReasonFlags; bits that RFC 5280 does not name count for nothing. */
export function reasonMaskOf(content: Buffer): ReasonMask {
  return bitsOf(content).reduce((mask, bit) => mask | (bit > 8 ? 0 : 1 << bit), 0) & ALL_REASONS;
}

/** GeneralNames, or attributes of an RDN that is appended to the name of the CRL issuer. */
export type DistributionPointName =
  { readonly kind: 'full'; readonly names: readonly DerValue[] } | { readonly kind: 'relative'; readonly attributes: Buffer };

/** DistributionPointName in the content of its `[0] EXPLICIT`; faults `BAD_DER`. */
export function distributionPointNameOf(content: Buffer): DistributionPointName {
  const [choice, ...rest] = valuesOf(content);
  if (choice === undefined || rest.length > 0 || choice.content.length === 0) throw new PkiError('BAD_DER', 'bad distribution point name');
  if (choice.tag === contextConstructedTag(0)) return { kind: 'full', names: valuesOf(choice.content) };
  if (choice.tag !== contextConstructedTag(1)) throw new PkiError('BAD_DER', 'distribution point name is in no known form');
  return { kind: 'relative', attributes: choice.content };
}

/** issuingDistributionPoint of a CRL, ours or foreign (RFC 5280 5.2.5). */
export interface ParsedIssuingDistributionPoint {
  readonly name?: DistributionPointName;
  readonly only?: 'userCerts' | 'caCerts' | 'attributeCerts';
  readonly onlySomeReasons?: ReasonMask;
  readonly indirect: boolean;
}

function isTrue(value: DerValue | undefined): boolean {
  return value !== undefined && booleanOf(value.content);
}

/** Fields of an issuingDistributionPoint value; faults `BAD_DER`. */
export function issuingDistributionPointOf(value: Buffer): ParsedIssuingDistributionPoint {
  const cursor = openSingle(value, TAG.sequence);
  const name = cursor.readIf(contextConstructedTag(0));
  const userCerts = isTrue(cursor.readIf(contextTag(1)));
  const caCerts = isTrue(cursor.readIf(contextTag(2)));
  const reasons = cursor.readIf(contextTag(3));
  const indirect = isTrue(cursor.readIf(contextTag(4)));
  const attributeCerts = isTrue(cursor.readIf(contextTag(5)));
  cursor.finish();
  const only = ([userCerts && 'userCerts', caCerts && 'caCerts', attributeCerts && 'attributeCerts'] as const).filter((kind) => kind !== false);
  if (only.length > 1) throw new PkiError('BAD_DER', 'CRL for only two kinds of certificates at once');
  return {
    ...(name === undefined ? {} : { name: distributionPointNameOf(name.content) }),
    ...(only[0] === undefined ? {} : { only: only[0] }),
    ...(reasons === undefined ? {} : { onlySomeReasons: reasonMaskOf(reasons.content) }),
    indirect,
  };
}
