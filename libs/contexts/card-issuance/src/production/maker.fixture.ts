import { spawnSync } from 'node:child_process';
import type { KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromBufferPromise } from 'yauzl';
import { buildTbsCertificate, generateRsaKey, parseCertificate, pemEncode, signCertificate, signingKeyOf, type ParsedCertificate } from '#pki';

const AT = new Date('2016-01-01T00:00:00Z');

const version = spawnSync('openssl', ['version'], { encoding: 'utf8' });
/** Whether OpenSSL 3 is here to read what we wrote. */
export const hasOpenssl = version.status === 0 && /^OpenSSL [3-9]/.test(version.stdout);

/** A key pair of a maker with a certificate of its own. */
export async function makerParty(modulusBits: 2_048 | 3_072, serial: bigint): Promise<{ readonly certificate: ParsedCertificate; readonly key: KeyObject }> {
  const key = await generateRsaKey(modulusBits);
  const signing = signingKeyOf('maker', key);
  const tbs = buildTbsCertificate({
    profile: { id: 'maker', version: 3, signature: 'sha256WithRSAEncryption', key: { modulusBits }, subject: [{ type: 'C', value: 'JP' }, { type: 'O', value: 'A maker' }], validity: { maxDays: 365 }, extensions: [] },
    serial, issuer: 'self', notBefore: AT, notAfter: new Date('2016-12-01T00:00:00Z'), spki: signing.publicKeySpki,
  });
  return { certificate: parseCertificate(await signCertificate(tbs, signing)), key };
}

/** What OpenSSL makes of the file with the maker's key: the entries of the ZIP by name. */
export async function openedByOpenssl(file: Buffer, maker: { readonly certificate: ParsedCertificate; readonly key: KeyObject }): Promise<Map<string, Buffer>> {
  const folder = mkdtempSync(join(tmpdir(), 'maker-file-'));
  try {
    writeFileSync(join(folder, 'recipient.pem'), pemEncode('CERTIFICATE', maker.certificate.der));
    writeFileSync(join(folder, 'key.pem'), maker.key.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(join(folder, 'file.der'), file);
    const args = ['cms', '-decrypt', '-binary', '-inform', 'DER', '-in', 'file.der', '-recip', 'recipient.pem', '-inkey', 'key.pem', '-out', 'file.zip'];
    const { status, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8', timeout: 20_000 });
    if (status !== 0) throw new Error(stderr);
    return await entriesOf(readFileSync(join(folder, 'file.zip')));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function entriesOf(bytes: Buffer): Promise<Map<string, Buffer>> {
  const zip = await fromBufferPromise(bytes);
  const entries = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(Buffer.from(chunk));
    entries.set(entry.fileName, Buffer.concat(chunks));
  }
  return entries;
}
