import { X509Certificate, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';
import type { InstitutionKind } from '#platform';
import { createOnce } from './create-once.js';

/** A client of the embedded provider: a system of an institution. */
export interface RegisteredClient {
  readonly id: string;
  readonly kind: InstitutionKind;
  /** Municipality code, prefecture number, or the institution's short name; the claim `kiban.organisation`. */
  readonly organisation: string;
  /** The officer whom the client asserts, the claim `kiban.operator`; systems of real institutions assert theirs through their own provider. */
  readonly operator?: string;
  readonly ja: string;
  readonly en: string;
}

/** The fictional institutions of the embedded estate; an estate with real ones uses an external provider. */
export const FICTIONAL_CLIENTS: readonly RegisteredClient[] = [
  { id: 'municipality-990019', kind: 'municipality', organisation: '990019', ja: '試験市', en: 'Municipality Shiken-shi' },
  { id: 'municipality-990027', kind: 'municipality', organisation: '990027', ja: '見本町', en: 'Municipality Mihon-cho' },
  { id: 'prefecture-99', kind: 'prefecture', organisation: '99', ja: '試験県', en: 'Prefecture Shiken-ken' },
  { id: 'agency-pension', kind: 'national-agency', organisation: 'pension', ja: '年金機関', en: 'National agency for pensions' },
  { id: 'verifier-tax', kind: 'signature-verifier', organisation: 'tax', ja: '税務の署名検証者', en: 'Signature verifier of the tax office' },
  { id: 'card-maker-1', kind: 'card-maker', organisation: 'maker-1', ja: 'カード製造者', en: 'Card maker' },
  { id: 'kiosk-shop-1', kind: 'kiosk-operator', organisation: 'shop-1', ja: 'キオスク端末の事業者', en: 'Operator of kiosks in shops' },
  { id: 'operator-1', kind: 'operator', organisation: 'agency', ja: '機構の運用担当 1', en: 'Operator 1 of the agency' },
  { id: 'operator-2', kind: 'operator', organisation: 'agency', ja: '機構の運用担当 2', en: 'Operator 2 of the agency' },
  { id: 'legal-office', kind: 'operator', organisation: 'agency', ja: '機構の法務担当', en: 'Legal officer of the agency' },
  ...[1, 2, 3, 4, 5].map((n) => ({ id: `officer-${n}`, kind: 'operator', organisation: 'agency', operator: `o-${n}`, ja: `機構の職員 ${n}`, en: `Officer ${n} of the agency` }) as const),
  { id: 'auditor-1', kind: 'auditor', organisation: 'audit', ja: '監査人', en: 'Auditor' },
  { id: 'svc-juki-net', kind: 'service', organisation: 'juki-net', ja: '住基ネット', en: 'Service juki-net' },
  { id: 'svc-numbering', kind: 'service', organisation: 'numbering', ja: '番号生成', en: 'Service numbering' },
  { id: 'svc-card-issuance', kind: 'service', organisation: 'card-issuance', ja: 'カード発行', en: 'Service card-issuance' },
  { id: 'svc-jpki-ca', kind: 'service', organisation: 'jpki-ca', ja: '公的個人認証', en: 'Service jpki-ca' },
  { id: 'svc-bridge-ca', kind: 'service', organisation: 'bridge-ca', ja: 'ブリッジ認証局', en: 'Service bridge-ca' },
  { id: 'svc-training', kind: 'service', organisation: 'training', ja: '研修', en: 'Service training' },
  { id: 'svc-municipal-issuer', kind: 'service', organisation: 'municipal-issuer', ja: '証明発行サーバ', en: 'Service municipal-issuer' },
  { id: 'svc-issuing-centre', kind: 'service', organisation: 'issuing-centre', ja: '証明書交付センター', en: 'Service issuing-centre' },
  { id: 'svc-juki-card', kind: 'service', organisation: 'juki-card', ja: '住民基本台帳カード', en: 'Service juki-card' },
  { id: 'svc-jpki-verifier', kind: 'service', organisation: 'jpki-verifier', ja: '署名検証者等', en: 'Service jpki-verifier' },
  { id: 'svc-directory', kind: 'service', organisation: 'directory', ja: 'ディレクトリ（LDAP）', en: 'Directory (LDAP)' },
];

/**
 * Creates the private key (ES256) of every fictional client that has none, `<keys>/clients/<client>.jwk.json` with mode 0600,
 * and the list `<keys>/clients/index.json` that operators' tools read. Harmless to repeat and to run from several processes.
 */
export async function ensureClientKeys(keysFolder: string): Promise<void> {
  await Promise.all(FICTIONAL_CLIENTS.map(({ id }) => ensureClientKey(keyFile(keysFolder, id))));
  const index = join(keysFolder, 'clients', 'index.json');
  const draft = `${index}.${randomUUID()}.draft`;
  await writeFile(draft, `${JSON.stringify(FICTIONAL_CLIENTS, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, index);
}

async function ensureClientKey(file: string): Promise<void> {
  if (existsSync(file)) return;
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: 'ES256', use: 'sig' };
  await createOnce(file, `${JSON.stringify(jwk)}\n`);
}

function keyFile(keysFolder: string, clientId: string): string {
  return join(keysFolder, 'clients', `${clientId}.jwk.json`);
}

const publicKey = z.object({ kty: z.literal('EC'), crv: z.string(), x: z.string(), y: z.string(), kid: z.string(), alg: z.string(), use: z.literal('sig') });

/** How a client proves who it is: by its key (RFC 7523), or by its certificate (RFC 8705 section 2). */
export type ClientProof =
  | { readonly method: 'private_key_jwt'; readonly key: z.output<typeof publicKey> }
  | { readonly method: 'tls_client_auth'; readonly subject: string }
  | { readonly method: 'self_signed_tls_client_auth'; readonly certificate: X509Certificate };

/**
 * The registered proof of a client. Where the gateway speaks TLS and `<keys>/clients/<client>.crt` exists, that certificate
 * takes the place of the key: its subject if an authority issued it, the very certificate if it is self-signed.
 */
export async function clientProof(keysFolder: string, clientId: string, tls: boolean): Promise<ClientProof> {
  const certificateFile = join(keysFolder, 'clients', `${clientId}.crt`);
  if (tls && existsSync(certificateFile)) {
    const certificate = new X509Certificate(await readFile(certificateFile));
    const selfSigned = certificate.issuer === certificate.subject;
    return selfSigned ? { method: 'self_signed_tls_client_auth', certificate } : { method: 'tls_client_auth', subject: subjectOf(certificate) };
  }
  return { method: 'private_key_jwt', key: publicKey.parse(JSON.parse(await readFile(keyFile(keysFolder, clientId), 'utf8'))) };
}

/** The subject as one line, most specific part first (RFC 4514). */
export function subjectOf(certificate: X509Certificate): string {
  return certificate.subject.split('\n').reverse().join(',');
}
