import { z } from 'zod';
import { certIdOf, createOcspRequest, crlEntriesOf, parseCertificate, parseCrl, parseOcspResponse, verifyOcspResponse, type ParsedCertificate } from '#pki';
import { until, type Api } from './api.js';
import type { MadeCard } from './card.js';

export const CAS = ['sign', 'auth'] as const;
export type CaId = (typeof CAS)[number];

const verifier = { as: 'verifier-tax' };

export async function caCertificate(api: Api, ca: CaId): Promise<Buffer> {
  return (await api.bytes('GET', `/api/jpki-ca/v1/cas/${ca}/certificate`, verifier)).bytes;
}

/** Asks the OCSP responder and checks its signature: `good`, `revoked` or `unknown`. */
export async function ocspStatus(api: Api, ca: CaId, certificateDer: Buffer): Promise<string> {
  const issuer: ParsedCertificate = parseCertificate(await caCertificate(api, ca));
  const { serial } = parseCertificate(certificateDer);
  const request = createOcspRequest({ items: [certIdOf(issuer, serial, 'sha256')] });
  const { bytes } = await api.bytes('POST', `/api/jpki-ca/v1/ocsp/${ca}`, { ...verifier, upload: { type: 'application/ocsp-request', content: new Uint8Array(request) } });
  const response = parseOcspResponse(bytes);
  if (response.status !== 'successful') return response.status;
  const [answer] = verifyOcspResponse(response, { issuer, at: new Date(), serials: [serial] });
  return answer?.status.kind ?? 'unknown';
}

/** Both certificates of the card are good for a verifier. */
export async function bothGood(api: Api, card: MadeCard): Promise<void> {
  for (const ca of CAS) {
    const status = await ocspStatus(api, ca, card[ca].der);
    if (status !== 'good') throw new Error(`the ${ca} certificate is ${status}`);
  }
}

/** The signing certificate is revoked within the chain's time, the login certificate stays good, and the list says so too. */
export async function onlySigningRevoked(api: Api, card: MadeCard): Promise<void> {
  await until('the revocation', async () => ((await ocspStatus(api, 'sign', card.sign.der)) === 'revoked' ? true : undefined));
  const auth = await ocspStatus(api, 'auth', card.auth.der);
  if (auth !== 'good') throw new Error(`the auth certificate is ${auth}`);
  if (!(await revocationList(api, 'sign')).has(parseCertificate(card.sign.der).serial)) throw new Error('the list does not hold the signing certificate');
  if ((await revocationList(api, 'auth')).has(parseCertificate(card.auth.der).serial)) throw new Error('the list holds the login certificate');
}

/** The partition's list, issued now: its DER. */
export async function freshCrl(api: Api, ca: CaId): Promise<Buffer> {
  const path = `/api/jpki-ca/v1/crl-partitions/${ca}-99001`;
  const { number } = await api.call('POST', `${path}/issues`, { as: 'operator-1', body: {} }, z.object({ number: z.number() }));
  return until('the new revocation list', async () => {
    const { bytes } = await api.bytes('GET', `${path}/current.crl`, verifier);
    return (parseCrl(bytes).number ?? 0n) > BigInt(number) ? bytes : undefined;
  });
}

async function revocationList(api: Api, ca: CaId): Promise<Set<bigint>> {
  return new Set([...crlEntriesOf(parseCrl(await freshCrl(api, ca)))].map((entry) => entry.serial));
}
