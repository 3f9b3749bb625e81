import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildOcspResponse, certIdOf, createOcspRequest, pemEncode } from '#pki';
import { kibanctl } from './kibanctl.js';
import { type FilesOfAuthority, NOT_AFTER, filesOfAuthority } from './pki-authority.fixture.js';
import { shown } from './pki-text.js';
import { recordedTerminal } from './recorded-terminal.fixture.js';

const version = spawnSync('openssl', ['version'], { encoding: 'utf8' });
const hasOpenssl = version.status === 0 && /^OpenSSL [3-9]/.test(version.stdout);
const folder = mkdtempSync(join(tmpdir(), 'kibanctl-show-'));
let ca: FilesOfAuthority;

beforeAll(async () => {
  ca = await filesOfAuthority(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function show(...args: string[]): Promise<{ code: number; output: string; notes: string }> {
  const terminal = recordedTerminal();
  const code = await kibanctl(['pki', 'show', ...args], terminal);
  return { code, output: terminal.output(), notes: terminal.notes() };
}

async function shownJson(file: string): Promise<unknown> {
  return JSON.parse((await show(file, '--json')).output);
}

describe('kibanctl pki show', () => {
  it('tells what a certificate says, its extensions by name', async () => {
    const { code, output } = await show(ca.file('holder.der'));
    expect(code).toBe(0);
    expect(output).toMatch(/^kind: certificate\nversion: 3\nserial: 0abc\nsignatureAlgorithm: sha256WithRSAEncryption\nissuer: C=JP, O=試験, CN=Middle\n/);
    expect(output).toContain('publicKey:\n  algorithm: rsaEncryption\n  bits: 2048\n');
    expect(output).toContain('  - name: keyUsage\n    oid: 2.5.29.15\n    critical: yes\n    value: digitalSignature\n');
    expect(output).toContain('    value: serverAuth, OCSPSigning\n');
    expect(output).toContain('value:\n      - dns: www.example.jp\n');
  });

  it('tells what a CRL says, with its first hundred entries and the number of all', async () => {
    const crl = await shownJson(ca.write('long.crl', await ca.crl(9n, Array.from({ length: 150 }, (_, n) => BigInt(n + 1)))));
    expect(crl).toMatchObject({ kind: 'CRL', issuer: 'C=JP, O=試験, CN=Middle', entryCount: 150, extensions: [{}, { name: 'cRLNumber', value: '9' }] });
    expect(z.looseObject({ entries: z.array(z.unknown()) }).parse(crl).entries).toHaveLength(100);
  });

  it('tells what OCSP messages say', async () => {
    const certId = certIdOf(ca.middle.certificate, 0x0abcn, 'sha1');
    const request = ca.write('request.der', createOcspRequest({ items: [certId], nonce: Buffer.alloc(4, 7) }));
    expect(await shownJson(request)).toMatchObject({ kind: 'OCSP request', items: [{ hash: 'sha1', serial: '0abc' }], nonce: '07070707' });
    const answer = { certId, status: { kind: 'revoked', revokedAt: new Date('2025-01-01T00:00:00Z'), reason: 'superseded' }, thisUpdate: NOT_AFTER } as const;
    const response = await buildOcspResponse({ answers: [answer], producedAt: NOT_AFTER, responderCertificate: ca.holder.certificate.der }, ca.holder.key);
    expect(await shownJson(ca.write('response.der', response))).toMatchObject({
      kind: 'OCSP response', status: 'successful', answers: [{ status: 'revoked', revokedAt: '2025-01-01T00:00:00.000Z', reason: 'superseded' }], certificates: [{ serial: '0abc' }],
    });
  });

  it('shows every block of a file, and says which one cannot be read', async () => {
    const pem = pemEncode('CERTIFICATE', ca.root.certificate.der) + pemEncode('X509 CRL', await ca.crl(1n, []));
    expect(await shownJson(ca.write('two.pem', pem))).toMatchObject([{ kind: 'certificate' }, { kind: 'CRL', entryCount: 0 }]);
    const bad = await show(ca.write('bad.pem', `${pem}${pem.replaceAll('X509 CRL', 'CERTIFICATE')}`));
    expect(bad).toMatchObject({ code: 2, output: '', notes: expect.stringMatching(/bad\.pem, object 4: BAD_CERTIFICATE: /) });
    expect((await show(ca.write('nothing', 'nothing'))).notes).toContain('object 1: BAD_DER: no certificate, CRL, request');
  });

  it('lets no text of an object move the cursor or turn the direction of writing', () => {
    expect(shown('a\u001b[2Kb\u202ec\u2028試験 e')).toBe('a\\u{1b}[2Kb\\u{202e}c\\u{2028}試験 e');
  });
});

const CONFIG = `
[req]
distinguished_name=dn
[dn]
[tsa]
default_tsa=one
[one]
serial=./serial
crypto_device=builtin
signer_digest=sha256
default_policy=1.2.3.4
digests=sha256
accuracy=secs:1
ess_cert_id_alg=sha256
[stamper]
extendedKeyUsage=critical,timeStamping
[all]
basicConstraints=critical,CA:TRUE,pathlen:3
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid:always
subjectAltName=DNS:ca.example.jp,IP:192.0.2.1,IP:2001:db8::1,email:a@example.jp,URI:http://example.jp/,RID:1.2.3,dirName:dir,otherName:1.2.3.4;UTF8:other
issuerAltName=issuer:copy
certificatePolicies=1.2.3.4,@policy
policyMappings=1.2.3.4:1.2.3.5
policyConstraints=critical,requireExplicitPolicy:1,inhibitPolicyMapping:0
inhibitAnyPolicy=critical,2
nameConstraints=critical,permitted;DNS:example.jp,excluded;IP:10.0.0.0/255.0.0.0
crlDistributionPoints=point
freshestCRL=URI:http://example.jp/delta.crl
authorityInfoAccess=OCSP;URI:http://ocsp.example.jp/,caIssuers;URI:http://example.jp/ca.cer
subjectInfoAccess=caRepository;URI:http://example.jp/
1.2.3.9=ASN1:UTF8String:own
[dir]
CN=Directory
[policy]
policyIdentifier=1.2.3.6
CPS.1=http://example.jp/cps
userNotice.1=@notice
[notice]
explicitText=UTF8:注意
organization=Kiban
noticeNumbers=1,2
[point]
fullname=URI:http://example.jp/ca.crl
CRLissuer=dirName:dir
reasons=keyCompromise,CACompromise
`;

describe.skipIf(!hasOpenssl)('kibanctl pki show of what OpenSSL makes', () => {
  function openssl(...args: string[]): SpawnSyncReturns<string> {
    const done = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8', timeout: 30_000 });
    expect(done.status, done.stderr).toBe(0);
    return done;
  }

  beforeAll(() => {
    ca.write('all.cnf', CONFIG);
    ca.write('content.txt', 'content');
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-config', 'all.cnf', '-extensions', 'all', '-utf8', '-subj', '/C=JP/CN=基盤', '-keyout', 'all.key', '-out', 'all.pem', '-days', '2');
  });

  it('every extension of RFC 5280', async () => {
    const { extensions } = z.looseObject({ extensions: z.array(z.looseObject({ name: z.string().optional(), oid: z.string(), value: z.unknown() })) }).parse(await shownJson(ca.file('all.pem')));
    const values = Object.fromEntries(extensions.map(({ name, oid, value }) => [name ?? oid, value]));
    expect(extensions.filter((one) => 'malformed' in one)).toEqual([]);
    expect(values).toMatchObject({
      basicConstraints: { ca: true, pathLength: '3' }, keyUsage: ['keyCertSign', 'cRLSign'], policyMappings: [{ issuerDomainPolicy: '1.2.3.4', subjectDomainPolicy: '1.2.3.5' }],
      subjectAltName: [
        { dns: 'ca.example.jp' }, { ip: '192.0.2.1' }, { ip: '2001:db8:0:0:0:0:0:1' }, { email: 'a@example.jp' }, { uri: 'http://example.jp/' }, { registeredId: '1.2.3' },
        { directoryName: 'CN=Directory' }, { otherName: { type: '1.2.3.4', value: 'other' } },
      ],
      certificatePolicies: [{ policy: '1.2.3.4' }, { policy: '1.2.3.6', qualifiers: [{ cps: 'http://example.jp/cps' }, { notice: { organization: 'Kiban', numbers: ['1', '2'], text: '注意' } }] }],
      policyConstraints: { requireExplicitPolicy: '1', inhibitPolicyMapping: '0' }, inhibitAnyPolicy: '2',
      nameConstraints: { permitted: [{ base: { dns: 'example.jp' } }], excluded: [{ base: { ip: '10.0.0.0/255.0.0.0' } }] },
      cRLDistributionPoints: [{ name: [{ uri: 'http://example.jp/ca.crl' }], reasons: ['keyCompromise', 'cACompromise'], crlIssuer: [{ directoryName: 'CN=Directory' }] }],
      freshestCRL: [{ name: [{ uri: 'http://example.jp/delta.crl' }] }],
      authorityInfoAccess: [{ method: 'ocsp', location: { uri: 'http://ocsp.example.jp/' } }, { method: 'caIssuers', location: { uri: 'http://example.jp/ca.cer' } }],
      subjectInfoAccess: [{ method: 'caRepository', location: { uri: 'http://example.jp/' } }], '1.2.3.9': '0c036f776e',
    });
    expect(extensions.every(({ name, oid }) => name !== undefined || oid === '1.2.3.9')).toBe(true);
  });

  it('a request with an elliptic key and requested extensions', async () => {
    openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=x', '-addext', 'subjectAltName=DNS:x.example.jp', '-keyout', 'ec.key', '-out', 'ec.csr');
    expect(await shownJson(ca.file('ec.csr'))).toMatchObject({
      kind: 'certification request', subject: 'CN=x', publicKey: { algorithm: 'ecPublicKey', curve: 'prime256v1' },
      attributes: [{ type: 'extensionRequest', extensions: [{ name: 'subjectAltName', value: [{ dns: 'x.example.jp' }] }] }],
    });
  });

  it('a signed message and an encrypted one', async () => {
    openssl('cms', '-sign', '-in', 'content.txt', '-signer', 'all.pem', '-inkey', 'all.key', '-outform', 'DER', '-nodetach', '-binary', '-nosmimecap', '-out', 'signed.p7m');
    expect(await shownJson(ca.file('signed.p7m'))).toMatchObject({
      kind: 'CMS message', contentType: 'data', contentOctets: 7, certificates: [{ subject: 'C=JP, CN=基盤' }],
      signers: [{ digest: 'sha256', attributes: [{ type: 'contentType', values: ['data'] }, { type: 'signingTime' }, { type: 'messageDigest' }] }],
    });
    openssl('cms', '-encrypt', '-binary', '-in', 'content.txt', '-aes256', '-outform', 'PEM', '-out', 'sealed.pem', 'all.pem');
    expect(await shownJson(ca.file('sealed.pem'))).toMatchObject({ kind: 'CMS message', type: 'envelopedData' });
  });

  it('a time-stamp response and its token', async () => {
    ca.write('serial', '0A\n');
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-config', 'all.cnf', '-extensions', 'stamper', '-subj', '/CN=Stamper', '-keyout', 'tsa.key', '-out', 'tsa.pem', '-days', '2');
    openssl('ts', '-query', '-data', 'content.txt', '-sha256', '-cert', '-out', 'query.tsq');
    openssl('ts', '-reply', '-config', 'all.cnf', '-section', 'one', '-queryfile', 'query.tsq', '-signer', 'tsa.pem', '-inkey', 'tsa.key', '-out', 'reply.tsr');
    const stamp = { kind: 'time-stamp token', timeStamp: { policy: '1.2.3.4', messageImprint: { hash: 'sha256' }, accuracyMicros: 1_000_000 }, certificates: [{ subject: 'CN=Stamper' }] };
    expect(await shownJson(ca.file('reply.tsr'))).toMatchObject({ kind: 'time-stamp response', status: 'granted', token: stamp });
    openssl('ts', '-reply', '-in', 'reply.tsr', '-token_out', '-out', 'token.tst');
    expect(await shownJson(ca.file('token.tst'))).toMatchObject(stamp);
  });
});
