import { CRL_REASON, type CrlReason } from '../crl/crl-entry.js';
import { encodeExtension } from '../der/extension.js';
import { OID, oid } from '../der/oid.js';
import { generalizedTime } from '../der/time.js';
import { bitString, contextConstructed, contextPrimitive, enumerated, octetString, sequence } from '../der/write.js';
import { type SigningKey, signChecked, signatureAlgorithmIdentifier } from '../key/signing-key.js';
import type { CertId } from './cert-id.js';
import { encodeNonce } from './ocsp-request.js';

/** Response status by name and its ENUMERATED value (RFC 6960 4.2.1). */
export const OCSP_RESPONSE_STATUS = {
  successful: 0,
  malformedRequest: 1,
  internalError: 2,
  tryLater: 3,
  sigRequired: 5,
  unauthorized: 6,
} as const;

export type OcspResponseStatus = keyof typeof OCSP_RESPONSE_STATUS;
export type OcspErrorStatus = Exclude<OcspResponseStatus, 'successful'>;

export type OcspCertStatus =
  | { readonly kind: 'good' }
  | { readonly kind: 'revoked'; readonly revokedAt: Date; readonly reason?: CrlReason }
  | { readonly kind: 'unknown' };

export interface OcspAnswer {
  /** As asked, so that the hash algorithm of the question is answered with. */
  readonly certId: Pick<CertId, 'der'>;
  readonly status: OcspCertStatus;
  readonly thisUpdate: Date;
  readonly nextUpdate?: Date;
  /** How far back the status of expired certificates is kept (RFC 6960 4.4.4). */
  readonly archiveCutoff?: Date;
}

export interface OcspResponseContent {
  readonly answers: readonly OcspAnswer[];
  readonly producedAt: Date;
  readonly nonce?: Buffer;
  /** DER of the responder certificate of `key`; left out when the authority's own key answers. */
  readonly responderCertificate?: Buffer;
}

function certStatus(status: OcspCertStatus): Buffer {
  switch (status.kind) {
    case 'good':
      return contextPrimitive(0, Buffer.alloc(0));
    case 'unknown':
      return contextPrimitive(2, Buffer.alloc(0));
    case 'revoked': {
      const reason = status.reason === undefined ? 0 : CRL_REASON[status.reason];
      return contextConstructed(1, generalizedTime(status.revokedAt), ...(reason === 0 ? [] : [contextConstructed(0, enumerated(reason))]));
    }
  }
}

function singleResponse({ certId, status, thisUpdate, nextUpdate, archiveCutoff }: OcspAnswer): Buffer {
  return sequence(
    certId.der,
    certStatus(status),
    generalizedTime(thisUpdate),
    ...(nextUpdate === undefined ? [] : [contextConstructed(0, generalizedTime(nextUpdate))]),
    ...(archiveCutoff === undefined
      ? []
      : [contextConstructed(1, sequence(encodeExtension(OID.ocspArchiveCutoff, false, generalizedTime(archiveCutoff))))]),
  );
}

/**
 * OCSPResponse DER, basic type, responder named by key (RFC 6960 4.2.1), one SingleResponse per answer in the given order.
 * Faults `BAD_SIGNATURE` when the key's signature does not verify.
 */
export async function buildOcspResponse(content: OcspResponseContent, key: SigningKey): Promise<Buffer> {
  const tbs = sequence(
    contextConstructed(2, octetString(key.keyIdentifier)),
    generalizedTime(content.producedAt),
    sequence(...content.answers.map(singleResponse)),
    ...(content.nonce === undefined ? [] : [contextConstructed(1, sequence(encodeNonce(content.nonce)))]),
  );
  const basic = sequence(
    tbs,
    signatureAlgorithmIdentifier(key.algorithm),
    bitString(await signChecked(tbs, key)),
    ...(content.responderCertificate === undefined ? [] : [contextConstructed(0, sequence(content.responderCertificate))]),
  );
  return sequence(enumerated(0), contextConstructed(0, sequence(oid(OID.ocspBasic), octetString(basic))));
}

/** OCSPResponse that carries only an error status: five octets, unsigned. */
export function buildOcspError(status: OcspErrorStatus): Buffer {
  return sequence(enumerated(OCSP_RESPONSE_STATUS[status]));
}
