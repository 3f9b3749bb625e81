import { type ParsedCertificate, extensionOf } from '../certificate/certificate.js';
import {
  ALL_REASONS,
  type DistributionPointName,
  type ReasonMask,
  distributionPointNameOf,
  reasonMaskOf,
} from '../crl/issuing-distribution-point.js';
import { OID } from '../der/oid.js';
import { DerCursor, type DerValue, singleContent, valuesOf } from '../der/read.js';
import { TAG, contextConstructedTag, contextTag } from '../der/tag.js';
import { contextConstructed } from '../der/write.js';
import { PkiError, parsingAs } from '../pki-error.js';

/** Where revocation of a certificate is told (RFC 5280 4.2.1.13). */
export interface DistributionPoint {
  readonly name?: DistributionPointName;
  /** All reasons when the field is absent. */
  readonly reasons: ReasonMask;
  /** GeneralNames of cRLIssuer; absent when the issuer of the certificate issues the CRL itself. */
  readonly crlIssuer?: readonly DerValue[];
}

/** More than any certificate has; each costs a look at every CRL. */
const MAX_POINTS = 64;

function pointOf({ tag, content }: DerValue): DistributionPoint {
  if (tag !== TAG.sequence) throw new PkiError('BAD_DER', 'distribution point is not a SEQUENCE');
  const cursor = new DerCursor(content);
  const name = cursor.readIf(contextConstructedTag(0));
  const reasons = cursor.readIf(contextTag(1));
  const crlIssuer = cursor.readIf(contextConstructedTag(2));
  cursor.finish();
  return {
    ...(name === undefined ? {} : { name: distributionPointNameOf(name.content) }),
    reasons: reasons === undefined ? ALL_REASONS : reasonMaskOf(reasons.content),
    ...(crlIssuer === undefined ? {} : { crlIssuer: valuesOf(crlIssuer.content) }),
  };
}

/** Points of crlDistributionPoints, whole; none when the extension is absent. Faults `BAD_CERTIFICATE`. */
export function distributionPointsOf(certificate: ParsedCertificate): DistributionPoint[] {
  const found = extensionOf(certificate, OID.crlDistributionPoints);
  if (found === undefined) return [];
  return parsingAs('BAD_CERTIFICATE', () => {
    const values = valuesOf(singleContent(found.value, TAG.sequence));
    if (values.length === 0 || values.length > MAX_POINTS) throw new PkiError('BAD_CERTIFICATE', `${values.length} distribution points`);
    return values.map(pointOf);
  });
}

/**
 * The point that stands for CRLs which no point of the certificate names: the names of its issuer from issuer and issuerAltName, for all
 * reasons (end of RFC 5280 6.3.3). Faults `BAD_CERTIFICATE`.
 */
export function impliedPointOf(certificate: ParsedCertificate): DistributionPoint {
  const other = extensionOf(certificate, OID.issuerAltName);
  return parsingAs('BAD_CERTIFICATE', () => ({
    name: {
      kind: 'full',
      names: [
        ...valuesOf(contextConstructed(4, certificate.issuerDer)),
        ...(other === undefined ? [] : valuesOf(singleContent(other.value, TAG.sequence))),
      ],
    },
    reasons: ALL_REASONS,
  }));
}
