import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExampleAuthority, FILLED_PARTITION, PERSON, exampleAuthority } from './authority.fixture.js';
import {
  type CrlEntry,
  buildCrl,
  buildOcspResponse,
  certIdOf,
  createCsr,
  createOcspRequest,
  crlEntriesOf,
  generateRsaKey,
  parseCertificate,
  parseCrl,
  parseCsr,
  parseOcspRequest,
  parseOcspResponse,
  pemEncode,
  verifyOcspResponse,
} from './index.js';

const version = spawnSync('openssl', ['version'], { encoding: 'utf8' });
const present = version.status === 0 && /^OpenSSL [3-9]/.test(version.stdout);

/** An implementation that is not ours reads what we write, and we read what it writes. Skipped where OpenSSL 3 is not installed. */
describe.skipIf(!present)(
  `interoperation with ${present ? version.stdout.trim() : 'openssl (OpenSSL 3 is not installed here: skipped)'}`,
  () => {
    let folder: string;
    let ca: ExampleAuthority;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'pki-openssl-'));
      ca = await exampleAuthority();
      for (const [name, certificate] of Object.entries({ root: ca.root, holder: ca.holder, responder: ca.responder })) {
        writeFileSync(join(folder, `${name}.pem`), pemEncode('CERTIFICATE', certificate.der));
      }
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    function openssl(...args: readonly string[]): SpawnSyncReturns<string> {
      return spawnSync('openssl', args, { cwd: folder, encoding: 'utf8', timeout: 20_000 });
    }

    function seconds(instant: string): string {
      return String(Date.parse(instant) / 1000);
    }

    async function writeCrl(name: string, entries: readonly CrlEntry[]): Promise<Buffer> {
      const { der } = await buildCrl(
        {
          issuerDer: ca.root.subjectDer,
          thisUpdate: new Date('2016-01-04T17:00:00Z'),
          nextUpdate: new Date('2016-01-06T17:00:00Z'),
          crlNumber: 7n,
          distributionPoint: { fullName: [{ kind: 'directoryName', name: FILLED_PARTITION }], only: 'userCerts' },
          entries,
        },
        ca.key,
      );
      writeFileSync(join(folder, `${name}.der`), der);
      writeFileSync(join(folder, `${name}.pem`), pemEncode('X509 CRL', der));
      return der;
    }

    function verifyHolder(crl: string): SpawnSyncReturns<string> {
      const common = [
        '-x509_strict',
        '-policy_check',
        '-explicit_policy',
        '-policy',
        '1.2.392.200149.8.5.1.1.20',
        '-crl_check',
        '-extended_crl',
      ];
      return openssl('verify', ...common, '-attime', seconds('2016-01-05T00:00:00Z'), '-CAfile', 'root.pem', '-CRLfile', crl, 'holder.pem');
    }

    it('openssl verify -x509_strict accepts the chain with its partition CRL, and sees the revocation', async () => {
      await writeCrl('empty', []);
      const fine = verifyHolder('empty.pem');
      expect(fine.stdout + fine.stderr).toContain('holder.pem: OK');
      await writeCrl('full', [{ serial: ca.holder.serial, revokedAt: new Date('2016-01-04T12:00:00Z'), reason: 'affiliationChanged' }]);
      const revoked = verifyHolder('full.pem');
      expect(revoked.status).not.toBe(0);
      expect(revoked.stderr).toContain('certificate revoked');
    });

    it('openssl x509 prints the profile: names, critical policy, six otherNames', () => {
      const text = openssl('x509', '-in', 'holder.pem', '-noout', '-text', '-nameopt', 'RFC2253,utf8').stdout;
      expect(text).toContain(`CN=${PERSON.commonName}`);
      expect(text).toMatch(
        /X509v3 Certificate Policies: critical\s+Policy: 1\.2\.392\.200149\.8\.5\.1\.1\.20\s+CPS: http:\/\/www\.jpki\.go\.jp\/cps\.html/,
      );
      expect(text).toMatch(/X509v3 Key Usage: critical\s+Digital Signature, Non Repudiation/);
      expect(text.match(/othername/g)).toHaveLength(6);
    });

    it('openssl crl reads number, distribution point and entries, and verifies the signature', async () => {
      await writeCrl('three', [
        { serial: 5n, revokedAt: new Date('2016-01-04T12:00:00Z') },
        {
          serial: 300n,
          revokedAt: new Date('2016-01-04T12:00:00Z'),
          reason: 'keyCompromise',
          invalidityDate: new Date('2016-01-03T00:00:00Z'),
        },
        { serial: 1n << 120n, revokedAt: new Date('2051-01-04T12:00:00Z'), reason: 'certificateHold' },
      ]);
      const read = openssl('crl', '-inform', 'DER', '-in', 'three.der', '-CAfile', 'root.pem', '-noout', '-text');
      expect(read.stderr).toContain('verify OK');
      expect(read.stdout).toMatch(/CRL Number:\s+7/);
      expect(read.stdout).toMatch(/Issuing Distribution Point: critical/);
      expect(read.stdout).toContain('Only User Certificates');
      expect(read.stdout.match(/Serial Number: /g)).toHaveLength(3);
      expect(read.stdout).toMatch(/Invalidity Date:\s+Jan\s+3 00:00:00 2016 GMT/);
      expect(read.stdout).toContain('Certificate Hold');
    });

    it('openssl ocsp asks in a form we read, and believes our answer', async () => {
      const asked = openssl('ocsp', '-issuer', 'root.pem', '-cert', 'holder.pem', '-reqout', 'request.der');
      expect(asked.stderr).toBe('');
      const request = parseOcspRequest(readFileSync(join(folder, 'request.der')));
      expect(request.items).toEqual([certIdOf(ca.root, ca.holder.serial, 'sha1')]);
      expect(request.nonce?.length).toBeGreaterThanOrEqual(16);
      const at = new Date('2016-01-05T00:00:00Z');
      for (const [status, line] of [
        [{ kind: 'good' }, 'holder.pem: good'],
        [{ kind: 'revoked', revokedAt: new Date('2016-01-04T12:00:00Z'), reason: 'certificateHold' }, 'Reason: certificateHold'],
        [{ kind: 'unknown' }, 'holder.pem: unknown'],
      ] as const) {
        const answers = request.items.map((certId) => ({ certId, status, thisUpdate: at, nextUpdate: new Date('2036-01-05T00:15:00Z') }));
        const content = {
          answers,
          producedAt: at,
          responderCertificate: ca.responder.der,
          ...(request.nonce === undefined ? {} : { nonce: request.nonce }),
        };
        writeFileSync(join(folder, 'response.der'), await buildOcspResponse(content, ca.responderKey));
        const answered = ['-respin', 'response.der', '-CAfile', 'root.pem', '-attime', seconds('2016-01-05T00:01:00Z')];
        // With -cert it makes a new request with a new nonce, so the nonce is checked with the stored request, the status without.
        const nonceChecked = openssl('ocsp', '-reqin', 'request.der', ...answered);
        expect(nonceChecked.stderr).toBe('Response verify OK\n');
        const read = openssl('ocsp', '-no_nonce', '-issuer', 'root.pem', '-cert', 'holder.pem', ...answered);
        expect(read.stderr).toContain('Response verify OK');
        expect(read.stdout).toContain(line);
      }
      writeFileSync(join(folder, 'ours.der'), createOcspRequest({ items: [certIdOf(ca.root, 77n, 'sha256')], nonce: Buffer.alloc(32, 5) }));
      const read = openssl('ocsp', '-reqin', 'ours.der', '-req_text');
      expect(read.stdout).toContain('Hash Algorithm: sha256');
      expect(read.stdout).toContain('Serial Number: 4D');
    });

    it('we believe a response that openssl signed with the delegate key', () => {
      const responder = openssl(
        'req',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-x509',
        '-subj',
        '/C=JP/CN=own',
        '-keyout',
        'own.key',
        '-out',
        'own.pem',
        '-days',
        '2',
      );
      expect(responder.status).toBe(0);
      writeFileSync(join(folder, 'index.txt'), `R\t360101000000Z\t160104120000Z,keyCompromise\t4D\tunknown\t/CN=x\n`);
      expect(openssl('ocsp', '-sha256', '-issuer', 'own.pem', '-serial', '77', '-reqout', 'q.der').stderr).toBe('');
      const signer = ['-index', 'index.txt', '-CA', 'own.pem', '-rsigner', 'own.pem', '-rkey', 'own.key', '-resp_key_id'];
      openssl('ocsp', ...signer, '-reqin', 'q.der', '-respout', 'r.der', '-ndays', '1');
      const response = parseOcspResponse(readFileSync(join(folder, 'r.der')));
      if (response.status !== 'successful') throw new Error(response.status);
      const issuer = parseCertificate(readFileSync(join(folder, 'own.pem')));
      const answers = verifyOcspResponse(response, { issuer, at: response.producedAt, serials: [77n] });
      expect(answers[0]?.status).toEqual({ kind: 'revoked', revokedAt: new Date('2016-01-04T12:00:00Z'), reason: 'keyCompromise' });
    });

    it('PKCS#10 both ways: openssl verifies ours, we read its', async () => {
      const subject = [
        { type: 'C', value: 'JP' },
        { type: 'CN', value: '基盤カード' },
      ];
      writeFileSync(join(folder, 'ours.csr'), pemEncode('CERTIFICATE REQUEST', createCsr(await generateRsaKey(2048), subject)));
      const checked = openssl('req', '-in', 'ours.csr', '-verify', '-noout', '-subject', '-nameopt', 'RFC2253,utf8');
      expect(checked.stderr + checked.stdout).toContain('verify OK');
      const made = openssl(
        'req',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-subj',
        '/C=JP/CN=基盤カード',
        '-utf8',
        '-keyout',
        'its.key',
        '-outform',
        'DER',
        '-out',
        'its.csr',
      );
      expect(made.status).toBe(0);
      expect(parseCsr(readFileSync(join(folder, 'its.csr'))).subject).toEqual(subject);
    });

    it('CRL both ways: we read one that openssl wrote', () => {
      const config =
        '[ca]\ndefault_ca=x\n[x]\ndatabase=index.txt\ncrlnumber=crlnumber\ndefault_md=sha256\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n';
      writeFileSync(join(folder, 'ca.cnf'), config);
      writeFileSync(join(folder, 'crlnumber'), '2A\n');
      const made = openssl(
        'ca',
        '-gencrl',
        '-config',
        'ca.cnf',
        '-cert',
        'own.pem',
        '-keyfile',
        'own.key',
        '-crldays',
        '2',
        '-out',
        'its.crl',
      );
      expect(made.status, made.stderr).toBe(0);
      const crl = parseCrl(readFileSync(join(folder, 'its.crl')));
      expect(crl.number).toBe(42n);
      expect([...crlEntriesOf(crl)].map(({ serial, reason }) => [serial, reason])).toEqual([[0x4dn, 'keyCompromise']]);
    });
  },
);
