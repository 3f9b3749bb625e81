import { nameText, parseName } from '../der/name.js';
import { integerContent } from '../der/write.js';
import type { CertId } from '../ocsp/cert-id.js';
import type { OcspRequest } from '../ocsp/ocsp-request.js';
import type { OcspCertStatus } from '../ocsp/ocsp-response.js';
import type { ParsedOcspAnswer, ParsedOcspResponse } from '../ocsp/parse-ocsp-response.js';
import { describeCertificate } from './describe-certificate.js';
import { type Described, hex, present } from './described.js';
import { oidName } from './oid-name.js';

/** What an OCSP request asks (RFC 6960 4.1). */
export function describeOcspRequest({ items, nonce }: OcspRequest): Described {
  return present({ kind: 'OCSP request', items: items.map(describeCertId), nonce: nonce === undefined ? undefined : hex(nonce) });
}

/** What an OCSP response says (RFC 6960 4.2); who may say it is not looked at. */
export function describeOcspResponse(response: ParsedOcspResponse): Described {
  if (response.status !== 'successful') return { kind: 'OCSP response', status: response.status };
  const { status, responder, producedAt, answers, nonce, certificates, algorithmOid } = response;
  return present({
    kind: 'OCSP response',
    status,
    responder: 'keyHash' in responder ? { keyHash: hex(responder.keyHash) } : { name: nameText(parseName(responder.nameDer)) },
    producedAt: producedAt.toISOString(),
    answers: answers.map(describeAnswer),
    nonce: nonce === undefined ? undefined : hex(nonce),
    signatureAlgorithm: oidName(algorithmOid),
    certificates: certificates.map(describeCertificate),
  });
}

function describeCertId({ hash, issuerNameHash, issuerKeyHash, serial }: CertId): Described {
  return { hash, issuerNameHash: hex(issuerNameHash), issuerKeyHash: hex(issuerKeyHash), serial: hex(integerContent(serial)) };
}

function describeAnswer({ certId, status, thisUpdate, nextUpdate, archiveCutoff }: ParsedOcspAnswer): Described {
  return present({
    certificate: describeCertId(certId),
    ...describeStatus(status),
    thisUpdate: thisUpdate.toISOString(),
    nextUpdate: nextUpdate?.toISOString(),
    archiveCutoff: archiveCutoff?.toISOString(),
  });
}

function describeStatus(status: OcspCertStatus): Readonly<Record<string, Described | undefined>> {
  if (status.kind !== 'revoked') return { status: status.kind };
  return { status: status.kind, revokedAt: status.revokedAt.toISOString(), reason: status.reason };
}
