import { createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCertificatesOnly, createCsr, generateRsaKey, isCertificateSignedBy, parseCertificate, parseCrl, crlEntriesOf, certificatePairFaultOf, parseCertificatePair, parseCertificatesOnly } from '#pki';
import { startEstate, type TestEstate } from '#testing';
import { codeOf, Desk, listen, nameless, officer, sha256, verifier, API } from '../bridge-ca.fixture.js';
import { bridgeCaModule } from '../bridge-ca.module.js';
import { GPKI_TERMS, GpkiBridge } from '../gpki-bridge.fixture.js';

const DAY_MS = 86_400_000;
let estate: TestEstate;
let gpki: GpkiBridge;
let stream: Awaited<ReturnType<typeof listen>>;
const desk = new Desk(() => estate);
const later = (days: number): void => estate.clock.set(new Date(estate.clock.now().getTime() + days * DAY_MS));
const told = (): string[] => stream.events.filter(({ type }) => type.includes('cross-cert')).map(({ type, sequence }) => `${type.split('.')[4] ?? ''} ${sequence}`);

beforeAll(async () => {
  estate = await startEstate([bridgeCaModule]);
  stream = await listen(estate.natsUrl);
  gpki = await GpkiBridge.create(estate.clock.now());
}, 90_000);

afterAll(async () => {
  await stream?.close();
  await estate?.stop();
});

describe('an external authority (JPKI-3.1)', () => {
  it('is known by a certificate that one officer takes over and another one confirms by its digest', async () => {
    const body = { authorityId: 'gpki', certificate: gpki.root.der.toString('base64'), letterRef: '総行情 1' };
    expect(codeOf(await desk.post('/external-authorities', 'registrar', { ...body, authorityId: 'pref-48' }))).toBe('400 INVALID_INPUT');
    expect(codeOf(await estate.request('POST', `${API}/external-authorities`, { as: nameless, body }))).toBe('403 OPERATOR_NOT_ASSERTED');
    expect(codeOf(await desk.post('/external-authorities', 'registrar', { ...body, certificate: (await gpki.certify(gpki.root, estate.clock.now())).toString('base64') }))).toBe('201');
    await estate.sql("DELETE FROM bridge_ca.authority_generation WHERE authority_id = 'gpki'");
    expect(codeOf(await desk.post('/external-authorities', 'registrar', { ...body, certificate: Buffer.from('no certificate').toString('base64') }))).toBe('422 CERTIFICATE_UNFIT');
    expect(codeOf(await desk.post('/external-authorities', 'registrar', body))).toBe('201');
    expect(codeOf(await desk.post('/external-authorities', 'registrar', body))).toBe('409 GENERATION_PLANNED');
    expect(codeOf(await desk.post('/external-authorities', 'registrar', { ...body, authorityId: 'other' }))).toBe('409 OTHER_NAME');
    const fingerprint = sha256(gpki.root.der);
    expect(codeOf(await desk.post('/authorities/gpki/generations/1/activation', 'registrar', { fingerprint }))).toBe('409 SAME_OFFICER');
    expect(codeOf(await desk.post('/authorities/gpki/generations/1/activation', 'listener', { fingerprint: fingerprint.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) }))).toBe('409 FINGERPRINT_DIFFERS');
    expect(codeOf(await desk.post('/authorities/gpki/generations/1/activation', 'listener', { fingerprint: fingerprint.toUpperCase().replaceAll(/(..)(?=.)/g, '$1:') }))).toBe('200');
    expect(codeOf(await desk.post('/authorities/gpki/requests', 'registrar'))).toBe('409 AUTHORITY_WITHOUT_KEY');
  });
});

describe('the exchange with a prefecture (JPKI-3.10, 7)', () => {
  let one = '';
  const step = (path: string, by: string, body: object = {}) => desk.post(`${one}${path}`, by, body);

  it('begins with terms of both domains, on which two officers agree; keys are made only now', async () => {
    expect(codeOf(await desk.post('/cross-certifications', 'proposer', { counterpart: 'bridge' }))).toBe('400 INVALID_INPUT');
    expect(codeOf(await desk.post('/cross-certifications', 'proposer', { counterpart: 'nobody' }))).toBe('404 NOT_FOUND');
    expect(codeOf(await desk.post('/cross-certifications', 'proposer', { counterpart: 'gpki' }))).toBe('422 TERMS_DIFFER');
    expect(codeOf(await desk.post('/cross-certifications', 'proposer', { counterpart: 'pref-13', terms: GPKI_TERMS }))).toBe('422 TERMS_DIFFER');
    expect(await desk.keys().list()).toEqual([]);
    expect(await estate.sql("SELECT count(*)::int, count(*) FILTER (WHERE kind = 'PREFECTURAL')::int AS prefectural FROM bridge_ca.authority")).toEqual([{ count: 49, prefectural: 47 }]);
    expect((await desk.get('/authorities/pref-13')).json).toMatchObject({ name: 'C=JP, O=JPKI-TEST, OU=Prefectural Certification Authority, OU=Tokyo-to', generations: [] });
    one = `/cross-certifications/${desk.view(await desk.post('/cross-certifications', 'proposer', { counterpart: 'pref-13' })).crossId}`;
    expect(await desk.keys().list()).toEqual(['bridge-g1', 'pref-13-g1']);
    expect(codeOf(await desk.post('/cross-certifications', 'proposer', { counterpart: 'pref-13' }))).toBe('409 EXCHANGE_OPEN');
    expect(codeOf(await step('/policy-mapping', 'proposer', { decisionRef: 'x' }))).toBe('409 SAME_OFFICER');
    expect(codeOf(await step('/TO_BRIDGE/request', 'registrar', { request: 'AAAA' }))).toBe('409 NOT_IN_STATE');
    expect(codeOf(await step('/policy-mapping', 'council', { decisionRef: '運用会議決定 1' }))).toBe('200');
    expect(codeOf(await estate.request('PUT', `${API}${one}/terms`, { as: officer('proposer'), body: { terms: GPKI_TERMS } }))).toBe('409 NOT_IN_STATE');
  });

  it('sends a request back to PROPOSED that is not the authority\'s own, with every fault; and one with Japanese text', async () => {
    const key = await generateRsaKey(2048);
    const faulty = createCsr(key, [{ type: 'C', value: 'JP' }, { type: 'O', value: '東京都認証局' }]);
    expect(desk.view(await step('/TO_COUNTERPART/request', 'registrar', { request: faulty.toString('base64') }))).toMatchObject({
      state: 'PROPOSED', faults: ['TO_COUNTERPART OTHER_NAME', 'TO_COUNTERPART OTHER_KEY', 'TO_COUNTERPART JAPANESE_TEXT'],
    });
    for (const [request, fault] of [[Buffer.from('no request'), 'MALFORMED'], [Buffer.from((await desk.request('bridge')).request, 'base64'), 'OTHER_NAME']] as const) {
      await step('/policy-mapping', 'council', { decisionRef: '運用会議決定 2' });
      expect(desk.view(await step('/TO_COUNTERPART/request', 'registrar', { request: request.toString('base64') })).faults[0]).toBe(`TO_COUNTERPART ${fault}`);
    }
    await step('/policy-mapping', 'council', { decisionRef: '運用会議決定 3' });
  });

  it('needs the digest of each request from another officer by the second channel; another one begins it again', async () => {
    const [theirs, ours] = [await desk.request('pref-13'), await desk.request('bridge')];
    expect(desk.view(await step('/TO_COUNTERPART/request', 'registrar', { request: theirs.request })).state).toBe('POLICY_MAPPED');
    expect(codeOf(await step('/TO_COUNTERPART/request', 'registrar', { request: theirs.request }))).toBe('409 NOT_IN_STATE');
    const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${ours.request}\n-----END CERTIFICATE REQUEST-----\n`;
    expect(desk.view(await step('/TO_BRIDGE/request', 'registrar', { request: Buffer.from(pem).toString('base64') })).state).toBe('REQUEST_EXCHANGED');
    expect(codeOf(await step('/TO_BRIDGE/fingerprint', 'registrar', { fingerprint: ours.sha256 }))).toBe('409 SAME_OFFICER');
    expect(desk.view(await step('/TO_BRIDGE/fingerprint', 'listener', { fingerprint: theirs.sha256 }))).toMatchObject({ state: 'PROPOSED', faults: ['TO_BRIDGE FINGERPRINT_DIFFERS'] });
    await step('/policy-mapping', 'council', { decisionRef: '運用会議決定 4' });
    for (const [direction, { request }] of [['TO_COUNTERPART', theirs], ['TO_BRIDGE', ours]] as const) await step(`/${direction}/request`, 'registrar', { request });
    expect(desk.view(await step('/TO_COUNTERPART/fingerprint', 'listener', { fingerprint: theirs.sha256 })).state).toBe('REQUEST_EXCHANGED');
    expect(desk.view(await step('/TO_BRIDGE/fingerprint', 'listener', { fingerprint: ours.sha256 }))).toMatchObject({ state: 'FINGERPRINT_CONFIRMED', faults: [] });
  });

  it('issues both certificates once, though several ask at the same time, and publishes the pair', async () => {
    expect(codeOf(await step('/TO_BRIDGE/certificate', 'listener'))).toBe('409 SAME_OFFICER');
    const answers = await Promise.all([1, 2, 3].flatMap(() => ['TO_BRIDGE', 'TO_COUNTERPART'].map((direction) => step(`/${direction}/certificate`, 'issuer'))));
    expect(answers.map(codeOf).sort()).toEqual(['200', '200', '409 NOT_IN_STATE', '409 NOT_IN_STATE', '409 NOT_IN_STATE', '409 NOT_IN_STATE']);
    expect(codeOf(await step('/publication', 'issuer'))).toBe('409 SAME_OFFICER');
    expect(desk.view(await step('/publication', 'publisher')).state).toBe('PUBLISHED');
    expect(codeOf(await desk.post('/cross-certifications', 'proposer', { counterpart: 'pref-13' }))).toBe('409 CROSS_CERTIFIED');
    const [bridge, prefecture] = [(await desk.authority('bridge')).certificate, (await desk.authority('pref-13')).certificate];
    const der = (await desk.get(`${one}/TO_COUNTERPART/certificate`)).bytes;
    const [issued] = parseCertificatesOnly((await desk.get(`${one}/TO_COUNTERPART/certificate?format=p7c`)).bytes);
    expect([issued?.der.equals(der), isCertificateSignedBy(parseCertificate(der), bridge.spki)]).toEqual([true, true]);
    for (const [id, authority] of [['bridge', bridge], ['pref-13', prefecture]] as const) {
      const pair = parseCertificatePair((await desk.get(`/repository/${id}/cross-pairs/${one.split('/')[2] ?? ''}`, verifier)).bytes);
      expect([certificatePairFaultOf(pair, authority), pair.forward?.subjectDer.equals(authority.subjectDer)]).toEqual([undefined, true]);
    }
    await estate.eventually(async () => told().length >= 6);
    expect(told()).toEqual(['returned 1', 'returned 2', 'returned 3', 'returned 4', 'issued 5', 'published 6']);
  });
});

describe('the exchange with the government\'s bridge (JPKI-3.10)', () => {
  it('takes in what was agreed, as DER or PKCS#7, and nothing else', async () => {
    const { crossId } = desk.view(await desk.post('/cross-certifications', 'proposer', { counterpart: 'gpki', terms: GPKI_TERMS }));
    const one = `/cross-certifications/${crossId}`;
    await desk.post(`${one}/policy-mapping`, 'council', { decisionRef: '運用会議決定 5' });
    const [theirs, ours] = [await gpki.request(), await desk.request('bridge')];
    for (const [direction, request] of [['TO_COUNTERPART', theirs.toString('base64')], ['TO_BRIDGE', ours.request]]) await desk.post(`${one}/${direction}/request`, 'registrar', { request });
    for (const [direction, fingerprint] of [['TO_COUNTERPART', sha256(theirs)], ['TO_BRIDGE', ours.sha256]]) await desk.post(`${one}/${direction}/fingerprint`, 'listener', { fingerprint });
    const [{ certificate: bridge }, now] = [await desk.authority('bridge'), estate.clock.now()];
    const deliver = async (certificate: Buffer) => {
      const { status, json } = await desk.post(`${one}/TO_BRIDGE/certificate`, 'issuer', { certificate: certificate.toString('base64') });
      return status === 200 ? 'taken' : JSON.stringify(json);
    };
    const spki = createPublicKey(await generateRsaKey(2048)).export({ type: 'spki', format: 'der' });
    const permitted = { critical: true, value: { kind: 'nameConstraints', permitted: [{ kind: 'directoryName', name: bridge.subject.slice(0, 2) }] } } as const;
    for (const [certificate, fault] of [
      [Buffer.from('none'), 'UNREADABLE'], [gpki.root.der, 'SUBJECT'], [await gpki.certify({ ...bridge, spki }, now), 'KEY'],
      [await gpki.certify(bridge, now, { policies: ['1.2.3'] }), 'POLICIES'], [await gpki.certify(bridge, now, { pathLength: 0 }), 'LIMITS'], [await gpki.certify(bridge, now, { mappings: [] }), 'LIMITS'],
      [await gpki.certify(bridge, now, { years: 4 }), 'VALIDITY'], [await gpki.certify(bridge, now, {}, permitted), 'NAME_CONSTRAINTS'],
    ] as const) expect(await deliver(certificate)).toContain(`"fault":"${fault}"`);
    expect(await deliver(buildCertificatesOnly([await gpki.certify(bridge, now)]))).toBe('taken');
    expect(desk.view(await desk.post(`${one}/TO_COUNTERPART/certificate`, 'issuer')).state).toBe('ISSUED');
    expect(desk.view(await desk.post(`${one}/publication`, 'publisher')).state).toBe('PUBLISHED');
    expect((await desk.get('/repository/bridge/cross-pairs', verifier)).json).toMatchObject({ needed: { mesh: 2162, bridge: 94, external: 2 }, published: { bridge: 2, external: 2 } });
  });
});

describe('the end of a cross-certification (JPKI-3.10, 4.7, 4.8)', () => {
  const serialsOf = async (id: string): Promise<string[]> => [...crlEntriesOf(parseCrl((await desk.get(`/repository/${id}/arl`, verifier)).bytes))].map(({ serial, reason }) => `${serial.toString(16)} ${reason ?? ''}`);

  it('by two officers: both certificates go, each onto the list of its issuer at once', async () => {
    const { crossId, directions } = await desk.published({ counterpart: 'pref-01' });
    const one = `/cross-certifications/${crossId}`;
    await desk.quiet();
    expect(await serialsOf('bridge')).toEqual([]);
    expect(codeOf(await desk.post(`${one}/revocation/confirmation`, 'council'))).toBe('409 NOT_IN_STATE');
    expect(codeOf(await desk.post(`${one}/revocation`, 'proposer', { cause: 'CESSATION', evidenceRef: '終了届' }))).toBe('200');
    expect(codeOf(await desk.post(`${one}/revocation/confirmation`, 'proposer'))).toBe('409 SAME_OFFICER');
    expect(codeOf(await desk.post(`${one}/revocation/dismissal`, 'council'))).toBe('200');
    await desk.post(`${one}/revocation`, 'proposer', { cause: 'CESSATION', evidenceRef: '終了届' });
    expect(desk.view(await desk.post(`${one}/revocation/confirmation`, 'council')).state).toBe('REVOKED');
    await desk.quiet();
    const serial = (direction: string) => `${directions.find((other) => other.direction === direction)?.serial ?? ''} cessationOfOperation`;
    expect([await serialsOf('bridge'), await serialsOf('pref-01')]).toEqual([[serial('TO_COUNTERPART')], [serial('TO_BRIDGE')]]);
    expect((await desk.get('/repository/pref-01/cross-pairs')).json).toMatchObject({ pairs: [] });
  });

  it('with the key of a counterpart that leaked: frozen by one officer, revoked with another one\'s confirmation', async () => {
    const { crossId } = await desk.published({ counterpart: 'pref-02' });
    const key = '/authorities/pref-02/generations/1';
    expect(codeOf(await desk.post(`${key}/compromise`, 'commander'))).toBe('200');
    expect(codeOf(await desk.post('/authorities/pref-02/requests', 'registrar'))).toBe('409 AUTHORITY_WITHOUT_KEY');
    expect(codeOf(await desk.post(`${key}/compromise/confirmation`, 'commander'))).toBe('409 SAME_OFFICER');
    expect(codeOf(await desk.post(`${key}/compromise/confirmation`, 'council'))).toBe('200');
    await desk.quiet();
    expect((await desk.get(`/cross-certifications/${crossId}`)).json).toMatchObject({ state: 'REVOKED', cause: 'KEY_COMPROMISE' });
    expect((await serialsOf('bridge')).map((entry) => entry.split(' ')[1])).toEqual(expect.arrayContaining(['cACompromise', 'cessationOfOperation']));
    // All is revoked: the key may be destroyed, by two.
    expect(codeOf(await desk.post(`${key}/end-of-use`, 'proposer'))).toBe('200');
    expect(codeOf(await desk.post(`${key}/destruction`, 'proposer'))).toBe('409 SAME_OFFICER');
    expect(codeOf(await desk.post(`${key}/destruction`, 'council'))).toBe('200');
    expect(await desk.keys().list()).not.toContain('pref-02-g1');
    expect(codeOf(await desk.post('/authorities/bridge/generations/1/end-of-use', 'proposer'))).toBe('409 NOT_IN_STATE');
  });

  it('by renewal: the successor is exchanged while it stands; and by time', async () => {
    const [{ id: crossId = '' } = {}] = await estate.sql<{ id: string }>("SELECT id FROM bridge_ca.cross_certification WHERE counterpart = 'pref-13' AND state = 'PUBLISHED'");
    const successor = desk.view(await desk.post(`/cross-certifications/${crossId}/renewal`, 'proposer'));
    expect(codeOf(await desk.post(`/cross-certifications/${crossId}/renewal`, 'proposer'))).toBe('409 NOT_IN_STATE');
    later(1);
    expect((await desk.published({ counterpart: 'pref-13' }, successor)).state).toBe('PUBLISHED');
    expect((await desk.get(`/cross-certifications/${crossId}`)).json).toMatchObject({ state: 'RENEWING' });
    expect((await desk.get('/repository/pref-13/cross-pairs')).json).toMatchObject({ pairs: [{ crossId }, { crossId: successor.crossId }] });
    const [{ end = new Date() } = {}] = await estate.sql<{ end: Date }>('SELECT min(not_after) AS end FROM bridge_ca.cross_certificate WHERE cross_certification_id = $1', crossId);
    estate.clock.set(new Date(end.getTime() + 3_600_000));
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM bridge_ca.cross_certification WHERE id = $1 AND state = 'EXPIRED'", crossId)).length === 1);
  });
});
