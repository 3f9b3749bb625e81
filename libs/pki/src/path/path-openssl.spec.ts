import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pemEncode } from '../der/pem.js';
import { type PathCase, caseGroups, requestOf } from './path-case.fixture.js';
import type { PathRequest } from './path.js';
import { ANY_POLICY } from './policy-extensions.js';

const version = spawnSync('openssl', ['version'], { encoding: 'utf8' });
const present = version.status === 0 && /^OpenSSL 3/.test(version.stdout);

const PURPOSE: Readonly<Record<string, string>> = {
  serverAuth: 'sslserver',
  clientAuth: 'sslclient',
  emailProtection: 'smimesign',
  timeStamping: 'timestampsign',
  OCSPSigning: 'ocsphelper',
};

function questionOf({ ask = {}, at = '2027-01-01T00:00:00Z', crls = [] }: PathCase): string[] {
  const { initialPolicies, explicitPolicy, inhibitMapping, inhibitAny, checkRevocation, purpose, peerName } = ask;
  return [
    '-x509_strict',
    '-partial_chain',
    ...['-attime', String(Math.floor(Date.parse(at) / 1000)), '-policy_check'],
    ...(initialPolicies ?? [ANY_POLICY]).flatMap((policy) => ['-policy', policy]),
    ...(explicitPolicy === true ? ['-explicit_policy'] : []),
    ...(inhibitMapping === true ? ['-inhibit_map'] : []),
    ...(inhibitAny === true ? ['-inhibit_any'] : []),
    ...(checkRevocation === true ? ['-crl_check_all', '-extended_crl', ...(crls.length === 0 ? [] : ['-CRLfile', 'crls.pem'])] : []),
    ...(purpose === undefined ? [] : ['-purpose', PURPOSE[purpose] ?? 'any']),
    ...(peerName === undefined ? [] : [isIP(peerName) === 0 ? '-verify_hostname' : '-verify_ip', peerName]),
  ];
}

/** The same cases before another judge. Where it answers otherwise, the case says why (`openssl`). Skipped where there is no OpenSSL 3. */
describe.skipIf(!present)(`verdicts of ${present ? version.stdout.trim() : 'openssl (OpenSSL 3 is not installed here: skipped)'}`, () => {
  let folder: string;
  let folders = 0;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pki-path-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function write(place: string, label: string, list: readonly { readonly der: Buffer }[]): void {
    writeFileSync(join(folder, place), list.map(({ der }) => pemEncode(label, der)).join(''));
  }

  /** The command that judges a case, in a folder of its own. */
  function commandFor(one: PathCase, place: string): string {
    const { target, anchors, intermediates, crls }: PathRequest = requestOf(one);
    mkdirSync(join(folder, place));
    write(`${place}/target.pem`, 'CERTIFICATE', [target]);
    write(`${place}/anchors.pem`, 'CERTIFICATE', anchors);
    write(`${place}/bundle.pem`, 'CERTIFICATE', intermediates);
    write(`${place}/crls.pem`, 'X509 CRL', crls);
    const trusted = anchors.length === 0 ? ['-no-CAfile', '-no-CApath', '-no-CAstore'] : ['-trusted', 'anchors.pem'];
    const words = ['openssl', 'verify', ...questionOf(one), ...trusted, '-untrusted', 'bundle.pem', 'target.pem'];
    return `(cd ${place} && ${words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ')}) >/dev/null 2>&1; echo $?`;
  }

  /** One shell starts all of them: a process of this size takes several times as long to start another. */
  function verdictsOf(cases: readonly PathCase[]): boolean[] {
    const script = cases.map((one) => commandFor(one, String(++folders))).join('\n');
    const { stdout } = spawnSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8', timeout: 60_000 });
    const codes = stdout.trim().split('\n');
    expect(codes).toHaveLength(cases.length);
    return codes.map((code) => code === '0');
  }

  it.each(caseGroups())('agrees on $group, or the case says why not', ({ cases }) => {
    const verdicts = verdictsOf(cases);
    const differing = cases.filter((one, index) => verdicts[index] !== (one.expect === 'VALID'));
    expect(differing.map(({ name }) => name)).toEqual(cases.filter(({ openssl }) => openssl !== undefined).map(({ name }) => name));
  }, 60_000);
});
