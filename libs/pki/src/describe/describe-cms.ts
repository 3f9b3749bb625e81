import { parseCertificate } from '../certificate/certificate.js';
import { type SignerInfo, parseSignedData } from '../cms/parse-signed-data.js';
import { nameText, parseName } from '../der/name.js';
import { DerCursor, type DerValue, openSingle } from '../der/read.js';
import { TAG, contextConstructedTag } from '../der/tag.js';
import { integerContent } from '../der/write.js';
import { parsingAs } from '../pki-error.js';
import type { ParsedTimestampResponse } from '../timestamp/timestamp-response.js';
import { parseTstInfo } from '../timestamp/tst-info.js';
import { describeCertificate } from './describe-certificate.js';
import { type Described, generalName, hex, instantText, oidValue, present, textOrHex } from './described.js';
import { oidName } from './oid-name.js';

const TIME_TYPES: readonly number[] = [TAG.utcTime, TAG.generalizedTime];

/**
 * What a CMS message says (RFC 5652): of a SignedData its signatures and what a time-stamp token attests (RFC 3161), of another its type.
 * Faults `BAD_CMS`.
 */
export function describeCms(der: Buffer): Described {
  return parsingAs('BAD_CMS', () => {
    const cursor = openSingle(der, TAG.sequence);
    const type = oidValue(cursor.read(TAG.oid));
    const wrapped = cursor.readIf(contextConstructedTag(0));
    cursor.finish();
    return type === 'signedData' ? describeSignedData(der) : { kind: 'CMS message', type, octets: wrapped?.content.length ?? 0 };
  });
}

function describeSignedData(der: Buffer): Described {
  const { type, content, certificates, signers } = parseSignedData(der);
  const contentType = oidName(type);
  const token = contentType === 'tstInfo' ? content : undefined;
  return present({
    kind: token === undefined ? 'CMS message' : 'time-stamp token',
    type: 'signedData',
    contentType,
    contentOctets: content?.length ?? 'detached',
    timeStamp: token === undefined ? undefined : describeTstInfo(token),
    signers: signers.map(describeSigner),
    certificates: certificates.map((one) => describeCertificate(parseCertificate(one))),
  });
}

function describeSigner({ signer, digest, attributes, algorithmOid, signature }: SignerInfo): Described {
  return {
    signer: 'keyIdentifier' in signer ? { keyIdentifier: hex(signer.keyIdentifier) } : describeIssuerAndSerial(signer.issuerAndSerial),
    digest: digest ?? 'not accepted',
    attributes: [...attributes].map(([type, values]) => ({ type: oidName(type), values: values.map(attributeText) })),
    signatureAlgorithm: oidName(algorithmOid),
    signatureOctets: signature.length,
  };
}

function describeIssuerAndSerial(der: Buffer): Described {
  const cursor = openSingle(der, TAG.sequence);
  return { issuer: nameText(parseName(cursor.read(TAG.sequence).raw)), serial: hex(cursor.read(TAG.integer).content) };
}

function attributeText(value: DerValue): string {
  if (TIME_TYPES.includes(value.tag)) return instantText(value);
  if (value.tag === TAG.oid) return oidValue(value);
  return value.tag === TAG.octetString ? hex(value.content) : textOrHex(value);
}

function describeTstInfo(der: Buffer): Described {
  const { policy, imprint, serial, time, accuracyMicros, ordering, nonce, authorityName } = parseTstInfo(der);
  return present({
    policy: oidName(policy),
    messageImprint: { hash: imprint.algorithm ?? 'not accepted', digest: hex(imprint.digest) },
    serial: hex(integerContent(serial)),
    time: time.toISOString(),
    accuracyMicros,
    ordering,
    nonce: nonce === undefined ? undefined : hex(integerContent(nonce)),
    authority: authorityName === undefined ? undefined : generalName(new DerCursor(authorityName).read()),
  });
}

/** What a TimeStampResp says (RFC 3161 2.4.2). */
export function describeTimestampResponse(response: ParsedTimestampResponse): Described {
  const { status } = response;
  const kind = 'time-stamp response';
  return 'token' in response ? { kind, status, token: describeCms(response.token.der) } : { kind, status, failures: response.failures };
}
