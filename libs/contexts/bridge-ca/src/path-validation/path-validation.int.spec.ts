import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { validatePathOverBridge } from '#contracts/bridge-ca';
import { buildTbsCertificate, issuerOf, parseCertificate, parseCertificatesOnly, pemEncode, signCertificate, type ParsedCertificate } from '#pki';
import { Peers } from '#platform';
import { startEstate, type TestEstate } from '#testing';
import { drawSerial } from '../authority/certificate-signer.js';
import { linkProfile, type CrossTerms } from '../authority/profiles.js';
import { codeOf, Desk, sha256, verifier, API, type Crossed } from '../bridge-ca.fixture.js';
import { bridgeCaModule } from '../bridge-ca.module.js';
import { G, GPKI_TERMS, GpkiBridge, Holder, P } from '../gpki-bridge.fixture.js';
import { Grants } from '../grants.fixture.js';

const DAY_MS = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), 'kiban-bridge-'));
const grants = new Grants();
let estate: TestEstate;
let gpki: GpkiBridge;
let holder: Holder;
let prefecture: Crossed;
const desk = new Desk(() => estate);

const answer = z.object({
  valid: z.boolean(), policies: z.array(z.string()), qualifiers: z.array(z.unknown()),
  path: z.array(z.object({ sha256: z.string(), revocation: z.object({ state: z.string(), lists: z.array(z.object({ issuer: z.string() })).optional() }).optional() })),
  failure: z.object({ reason: z.string(), step: z.string(), certificateIndex: z.number() }).optional(),
});

/** A question over the bridge; `certificates` stand alone where they are given. */
interface Case {
  readonly target: Buffer;
  readonly policies: readonly string[] | undefined;
  readonly certificates?: readonly Buffer[];
  readonly inhibitMapping?: boolean;
}

async function ask({ target, policies, certificates, inhibitMapping = false }: Case, more: object = {}) {
  const body = {
    target: target.toString('base64'), anchors: [{ authorityId: 'gpki' }], revocation: 'none', initialPolicyMappingInhibit: inhibitMapping,
    ...(policies === undefined ? {} : { initialPolicySet: policies, initialExplicitPolicy: true }),
    ...(certificates === undefined ? {} : { source: 'GIVEN', certificates: certificates.map((der) => der.toString('base64')) }), ...more,
  };
  const { status, json } = await estate.request('POST', `${API}/path-validations`, { as: verifier, body });
  expect(status).toBe(200);
  return answer.parse(json);
}

/** What the repository offers everybody. */
async function bundle(): Promise<Buffer[]> {
  return parseCertificatesOnly((await desk.get('/repository/certificates', verifier)).bytes).map(({ der }) => der);
}

/** The verdict of OpenSSL on the same question, with the same certificates. */
function openssl({ target, policies, inhibitMapping = false }: Case, certificates: readonly Buffer[]): boolean {
  const file = (name: string, list: readonly Buffer[]): string => {
    writeFileSync(join(folder, name), list.map((der) => pemEncode('CERTIFICATE', der)).join(''));
    return name;
  };
  const asked = policies === undefined ? [] : ['-explicit_policy', ...policies.flatMap((policy) => ['-policy', policy])];
  const args = [
    'verify', '-x509_strict', '-partial_chain', '-policy_check', '-attime', String(Math.floor(estate.clock.now().getTime() / 1000)), ...asked, ...(inhibitMapping ? ['-inhibit_map'] : []),
    '-trusted', file('anchor.pem', [gpki.root.der]), '-untrusted', file('bundle.pem', certificates), file('target.pem', [target]),
  ];
  try {
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe', timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

/** Of the repository what leads down: OpenSSL takes the first issuer that it finds, and never goes back from a wrong one. */
async function downwards(): Promise<Buffer[]> {
  const { certificate: bridge } = await desk.authority('bridge');
  return (await bundle()).filter((der) => {
    const { issuerDer, subjectDer } = parseCertificate(der);
    return !issuerDer.equals(subjectDer) && (issuerDer.equals(gpki.root.subjectDer) || (issuerDer.equals(bridge.subjectDer) && !subjectDer.equals(gpki.root.subjectDer)));
  });
}

/** The service's verdict, which OpenSSL shares. */
async function judged(question: Case): Promise<string> {
  const result = await ask(question);
  expect(openssl(question, question.certificates ?? (await downwards()))).toBe(result.valid);
  return result.failure?.reason ?? result.policies.join();
}

beforeAll(async () => {
  estate = await startEstate([grants.module(), bridgeCaModule]);
  gpki = await GpkiBridge.create(estate.clock.now());
  holder = await Holder.create();
  await desk.post('/external-authorities', 'registrar', { authorityId: 'gpki', certificate: gpki.root.der.toString('base64'), letterRef: '総行情 1' });
  await desk.post('/authorities/gpki/generations/1/activation', 'listener', { fingerprint: sha256(gpki.root.der) });
  prefecture = await desk.published({ counterpart: 'pref-13' });
  await desk.published({ counterpart: 'gpki', terms: GPKI_TERMS, request: await gpki.request(), deliver: (bridge) => gpki.certify(bridge, estate.clock.now()) });
  await desk.quiet();
}, 120_000);

afterAll(async () => {
  await estate?.stop();
  grants.close();
  rmSync(folder, { recursive: true });
});

describe('from the government\'s bridge over ours and a prefecture to a holder (JPKI-4.10)', () => {
  const target = async (policies?: readonly string[]) => holder.certificate(await desk.authority('pref-13'), estate.clock.now(), policies);

  it('B1 to B5: over what is published', async () => {
    expect(await judged({ target: await target(), policies: [G] })).toBe(G);
    expect(await judged({ target: await target(), policies: [P] })).toBe('NO_EXPLICIT_POLICY');
    expect(await judged({ target: await target(), policies: [G], inhibitMapping: true })).toBe('NO_EXPLICIT_POLICY');
    expect(await judged({ target: await target(['1.2.392.99999.9']), policies: [G] })).toBe('NO_EXPLICIT_POLICY');
    // The cross certificate of the government's bridge asks for a policy by itself.
    expect(await judged({ target: await target([]), policies: undefined })).toBe('NO_EXPLICIT_POLICY');
  });

  it.each<[string, Partial<CrossTerms>, string]>([
    ['B6', { inhibitPolicyMapping: 0 }, 'NO_EXPLICIT_POLICY'], ['B7', { inhibitPolicyMapping: 1 }, G], ['B8', { pathLength: 0 }, 'PATH_TOO_LONG'], ['B9', { pathLength: 1 }, G],
  ])('%s: other limits of the government\'s bridge', async (_name, changed, verdict) => {
    const cross = await gpki.certify((await desk.authority('bridge')).certificate, estate.clock.now(), changed);
    expect(await judged({ target: await target(), policies: [G], certificates: [cross, await desk.certificate(prefecture.crossId, 'TO_COUNTERPART')] })).toBe(verdict);
  });

  it.each([['B10', 'permitted', 'NAME_NOT_PERMITTED'], ['B11', 'excluded', 'NAME_EXCLUDED']] as const)('%s: names %s', async (_name, kind, verdict) => {
    const [bridge, authority] = [await desk.authority('bridge'), await desk.authority('pref-13')];
    const name = kind === 'permitted' ? bridge.certificate.subject.slice(0, 2) : authority.certificate.subject;
    const cross = await gpki.certify(bridge.certificate, estate.clock.now(), {}, { critical: true, value: { kind: 'nameConstraints', [kind]: [{ kind: 'directoryName', name }] } });
    expect(await judged({ target: await target(), policies: [G], certificates: [cross, await desk.certificate(prefecture.crossId, 'TO_COUNTERPART')] })).toBe(verdict);
  });

  it('shows the lists that say so, wants them where they are required, and keeps within its limits', async () => {
    const question = { target: await target(), policies: [G] };
    const required = await ask(question, { revocation: 'require', crls: [(await gpki.arl(estate.clock.now())).toString('base64')] });
    const issuers = required.path.map(({ revocation }) => revocation?.lists?.[0]?.issuer);
    expect(issuers).toEqual([expect.stringContaining('Tokyo-to'), expect.stringContaining('Bridge Certification'), expect.stringContaining('BridgeCA'), undefined]);
    expect(required.qualifiers).toEqual([{ policy: P, cpsUri: 'http://www.jpki.go.jp/cps.html' }]);
    expect((await ask(question, { revocation: 'require' })).failure).toEqual({ reason: 'REVOCATION_UNKNOWN', step: 'RFC 5280 6.3', certificateIndex: 2 });
    expect((await ask(question, { revocation: 'soft' })).path.map(({ revocation }) => revocation?.state)).toEqual(['GOOD', 'GOOD', 'UNKNOWN', undefined]);
    expect((await ask(question, { maxDepth: 2 })).failure?.reason).toBe('PATH_BUDGET_EXCEEDED');
    expect((await ask(question, { asOf: new Date(estate.clock.now().getTime() - DAY_MS).toISOString() })).valid).toBe(false);
    expect(codeOf(await estate.request('POST', `${API}/path-validations`, { as: verifier, body: { target: 'AAAA', anchors: [{ authorityId: 'gpki' }] } }))).toBe('422 BUNDLE_UNREADABLE');
    expect(codeOf(await estate.request('POST', `${API}/path-validations`, { as: { clientId: 'maker-1', kind: 'card-maker', organisation: 'maker' }, body: {} }))).toBe('403 ACTION_NOT_PERMITTED');
  });

  it('tells of what is listed whom the act lets know it, and everybody of the rest (JPKI-4.8)', async () => {
    const question = { target: await target(), policies: [G] };
    const of = async (organisation: string, more: object): Promise<string> => codeOf(await estate.request('POST', `${API}/path-validations`, {
      as: { ...verifier, organisation }, body: { target: question.target.toString('base64'), anchors: [{ authorityId: 'gpki' }], ...more },
    }));
    expect([await of('shop', { revocation: 'soft' }), await of('shop', {}), await of('shop', { revocation: 'none' }), await of('shop', { source: 'GIVEN' })]).toEqual(['403 NO_ACCESS_GRANT', '403 NO_ACCESS_GRANT', '200', '200']);
    expect([codeOf(await desk.get('/repository/pref-13/crl', { ...verifier, organisation: 'shop' })), codeOf(await desk.get('/repository/pref-13/arl', { ...verifier, organisation: 'shop' }))]).toEqual(['403 NO_ACCESS_GRANT', '200']);
    expect([await of('tax', { revocation: 'soft' }), (await desk.get('/repository/pref-13/crl', verifier)).status]).toEqual(['200', 200]);
    // Its provision is suspended: from the next question on.
    grants.granted.delete('tax:CRL');
    expect([await of('tax', { revocation: 'soft' }), codeOf(await desk.get('/repository/pref-13/crl', verifier))]).toEqual(['200', '403 NO_ACCESS_GRANT']);
    grants.granted.add('tax:CRL');
  });

  it('is the same by gRPC (JPKI-5)', async () => {
    const question = { target: (await target()).toString('base64'), anchors: [{ authorityId: 'gpki' }], revocation: 'soft' as const };
    const peers = new Peers(estate.config, { token: () => estate.token(verifier) });
    const call = { correlationId: 'test-path' };
    const { path, ...told } = await peers.call(validatePathOverBridge, call, { ...question, initialPolicySet: [G], initialExplicitPolicy: true });
    const { path: byRest, ...rest } = answer.parse((await estate.request('POST', `${API}/path-validations`, { as: verifier, body: { ...question, initialPolicySet: [G], initialExplicitPolicy: true } })).json);
    expect(told).toMatchObject(rest);
    expect(path.map(({ sha256: digest, revocation }) => [digest, revocation?.state, revocation?.lists.map(({ issuer }) => issuer)])).toEqual(byRest.map((step) => [step.sha256, step.revocation?.state, step.revocation?.lists?.map(({ issuer }) => issuer) ?? (step.revocation && [])]));
    expect((await peers.call(validatePathOverBridge, call, { ...question, initialPolicySet: [P], initialExplicitPolicy: true })).failure).toMatchObject({ reason: 'NO_EXPLICIT_POLICY', step: expect.stringContaining('6.1') });
    expect((await peers.call(validatePathOverBridge, call, question)).policies).toEqual([G]);
    await expect(peers.call(validatePathOverBridge, call, { ...question, target: 'AAAA' })).rejects.toMatchObject({ code: 'BUNDLE_UNREADABLE' });
    peers.close();
  });
});

describe('the directory (JPKI-4.8, 5)', () => {
  it('shows entries by name and attribute, as LDIF, to everybody', async () => {
    const search = (query: string) => desk.get(`/repository/directory?${query}`, verifier);
    const base = encodeURIComponent('ou=bridge certification authority, o=jpki-test, C=JP');
    const { bytes, status } = await search(`base=${base}&attributes=${encodeURIComponent('crossCertificatePair;binary')}`);
    const lines = bytes.toString('utf8').replaceAll('\n ', '').split('\n');
    expect([status, lines.slice(0, 4), lines.filter((line) => line.startsWith('crossCertificatePair;binary:: ')).length]).toEqual([
      200, ['version: 1', '', 'dn: OU=Bridge Certification Authority,O=JPKI-TEST,C=JP', 'objectClass: pkiCA'], 2,
    ]);
    const all = (await search('base=O=JPKI-TEST,C=JP&scope=sub')).bytes.toString('utf8');
    expect([all.match(/^dn: /gm)?.length, all.match(/^authorityRevocationList;binary:: /gm)?.length]).toEqual([48, 2]);
    expect(codeOf(await search('base=O=nobody,C=JP'))).toBe('404 NOT_FOUND');
    expect(codeOf(await search(`base=${base}&attributes=userPassword`))).toBe('400 INVALID_INPUT');
  });
});

describe('a bridge with another key (JPKI-4.11, 4.10)', () => {
  let old: Awaited<ReturnType<Desk['authority']>>;
  let link: ParsedCertificate;

  it('is planned, certified and activated by three officers, 30 days after everybody could take its root over', async () => {
    old = await desk.authority('bridge');
    const [path, planned] = ['/authorities/bridge/generations', { activateAt: estate.clock.now().toISOString(), ceremonyRef: '鍵セレモニー議事録 2' }];
    expect(codeOf(await desk.post(path, 'planner', planned))).toBe('201');
    expect(codeOf(await desk.post(path, 'planner', planned))).toBe('409 GENERATION_PLANNED');
    expect(codeOf(await desk.post(`${path}/2/certification`, 'planner'))).toBe('409 SAME_OFFICER');
    expect(codeOf(await desk.post(`${path}/2/certification`, 'keeper'))).toBe('200');
    const root = parseCertificate((await estate.sql<{ certificate: Buffer }>("SELECT certificate FROM bridge_ca.authority_generation WHERE authority_id = 'bridge' AND generation = 2"))[0]?.certificate ?? Buffer.alloc(0));
    const activate = (by: string) => desk.post(`${path}/2/activation`, by, { fingerprint: sha256(root.der) });
    expect([codeOf(await activate('keeper')), codeOf(await activate('council'))]).toEqual(['409 SAME_OFFICER', '409 ACTIVATION_TOO_EARLY']);
    estate.clock.set(new Date(estate.clock.now().getTime() + 31 * DAY_MS));
    expect(codeOf(await activate('council'))).toBe('200');
    await desk.quiet();
    expect((await desk.get('/authorities/bridge')).json).toMatchObject({ generations: [{ state: 'RETIRING' }, { state: 'ACTIVE' }] });
    link = (await bundle()).map((der) => parseCertificate(der)).find((one) => one.spki.equals(root.spki) && !one.der.equals(root.der)) ?? root;
    expect(link.issuerDer).toEqual(old.certificate.subjectDer);
    expect((await desk.get('/repository/bridge/arl?generation=1', verifier)).status).toBe(200);
  });

  it('B12 to B15: the prefecture is certified by its new key, the government\'s bridge certified the old one', async () => {
    const successor = desk.view(await desk.post(`/cross-certifications/${prefecture.crossId}/renewal`, 'proposer'));
    const { crossId } = await desk.published({ counterpart: 'pref-13' }, successor);
    const target = await holder.certificate(await desk.authority('pref-13'), estate.clock.now());
    const renewed = await desk.certificate(crossId, 'TO_COUNTERPART');
    const cross = (changed: Partial<CrossTerms> = {}) => gpki.certify(old.certificate, estate.clock.now(), changed);
    const paths = (certificates: readonly Buffer[]): Promise<string> => judged({ target, policies: [G], certificates });
    // Over what is published the older, shorter way is still there; the new one is there as well.
    expect((await ask({ target, policies: [G] })).policies).toEqual([G]);
    expect(await paths([await cross(), link.der, renewed])).toBe(G);
    expect(await paths([await cross(), renewed])).toBe('NO_PATH');
    const { extensions, ...profile } = linkProfile(old.certificate.subject);
    const bare = { ...profile, extensions: extensions.filter(({ value }) => value.kind !== 'certificatePolicies') };
    const tbs = buildTbsCertificate({ profile: bare, serial: drawSerial(), issuer: issuerOf(old.certificate), notBefore: link.notBefore, notAfter: link.notAfter, spki: link.spki });
    expect(await paths([await cross(), await signCertificate(tbs, old.key), renewed])).toBe('NO_EXPLICIT_POLICY');
    expect(await paths([await cross({ pathLength: 1 }), link.der, renewed])).toBe(G);
  });

  it('ends what it certified: a path is refused from then on, and was good before', async () => {
    const target = await holder.certificate(await desk.authority('pref-13'), new Date(estate.clock.now().getTime() - DAY_MS));
    const [{ id: crossId = '' } = {}] = await estate.sql<{ id: string }>("SELECT id FROM bridge_ca.cross_certification WHERE counterpart = 'gpki'");
    const cross = await desk.certificate(crossId, 'TO_BRIDGE');
    const before = estate.clock.now().toISOString();
    await desk.post(`/cross-certifications/${prefecture.crossId}/revocation`, 'proposer', { cause: 'REPLACED', evidenceRef: '更新済' });
    expect(codeOf(await desk.post(`/cross-certifications/${prefecture.crossId}/revocation/confirmation`, 'council'))).toBe('200');
    await desk.quiet();
    const shortWay = { source: 'GIVEN', certificates: [cross, await desk.certificate(prefecture.crossId, 'TO_COUNTERPART')].map((der) => der.toString('base64')), revocation: 'soft' };
    const arl = (await desk.get('/repository/bridge/arl?generation=1', verifier)).bytes.toString('base64');
    expect((await ask({ target, policies: [G] }, { ...shortWay, crls: [arl] })).failure).toEqual({ reason: 'REVOKED', step: 'RFC 5280 6.1.3 (a)(3)', certificateIndex: 1 });
    expect([(await ask({ target, policies: [G] }, { revocation: 'soft' })).valid, (await ask({ target, policies: [G] }, { revocation: 'soft', asOf: before })).valid]).toEqual([true, true]);
  });
});
