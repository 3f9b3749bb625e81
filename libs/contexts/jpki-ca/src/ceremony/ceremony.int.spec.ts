import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { certificatesOfCard } from '#contracts/jpki-ca';
import {
  FileKeyStore, certIdOf, createOcspRequest, createTimestampRequest, crlEntriesOf, isCertificateSignedBy, keyIdentifierOf, messageImprintOf, parseCertificate, parseCertificatesOnly, parseCrl, parseOcspResponse,
  parseTimestampResponse, pemEncode,
  validatePath, verifyOcspResponse,
  type ParsedCertificate,
} from '#pki';
import { Peers } from '#platform';
import { cardRequests, databaseAs, startEstate, type Answer, type TestEstate } from '#testing';
import { CaStore } from '../ca/ca.store.js';
import { jpkiCaModule } from '../jpki-ca.module.js';
import { KASUMI, Neighbours, cardExpiry, cardSerial, cardService, certifyBatch, csr, listen, openssl, operator, verifier, window, type CertificationRequest } from '../neighbours.fixture.js';
import { SigningGuard } from '../reconciliation/signing-guard.js';
import { Ceremonies, codeOf, named, PEOPLE } from './ceremony.fixture.js';

const API = '/api/jpki-ca/v1';
const DAY_MS = 86_400_000;
const neighbours = new Neighbours();
const folder = mkdtempSync(join(tmpdir(), 'kiban-ceremony-'));
let estate: TestEstate;
let stream: Awaited<ReturnType<typeof listen>>;
const ceremonies = new Ceremonies(() => estate);

const get = (path: string, as = verifier): Promise<Answer> => estate.request('GET', `${API}${path}`, { as });
const file = (name: string, der: Buffer, label = 'CERTIFICATE'): string => {
  const path = join(folder, name);
  writeFileSync(path, pemEncode(label, der));
  return path;
};
/** What a production batch of two cards asks for: both certificates of each. */
async function twoCards(): Promise<CertificationRequest[]> {
  const csrs = await cardRequests(4);
  return [1, 2].map((recordNo) => {
    const { personKey, municipalityCode } = neighbours.person();
    return { recordNo, cardSerial: cardSerial(), personKey, municipalityCode, factVersion: 1, cardExpiry: cardExpiry(estate), signCsr: csrs.pop(), authCsr: csrs.pop() };
  });
}
const later = (days: number): void => estate.clock.set(new Date(estate.clock.now().getTime() + days * DAY_MS));
const told = (): string[] => stream.events.filter(({ type }) => type.includes('.ca.')).map(({ type, subject, sequence }) => `${subject} ${sequence} ${type.split('.').slice(4, 5).join()}`);
const states = async (): Promise<string[]> =>
  (await estate.sql<{ state: string }>("SELECT concat(ca, ':', generation, ' ', state) AS state FROM jpki_ca.ca_key_generation ORDER BY ca, generation")).map(({ state }) => state);

/** What a window asks for a new resident with a new card. */
async function order(): Promise<object> {
  const { personKey } = neighbours.person();
  return { type: 'SIGN_CERT', cardSerial: cardSerial(), personKey, csr: (await csr()).der.toString('base64'), windowId: '99001001A', requestId: randomUUID(), cardExpiry: cardExpiry(estate) };
}

const atWindow = (body: object): Promise<Answer> => estate.request('POST', `${API}/issuance-requests`, { as: window, purpose: 'CERTIFICATE_ISSUE', body });

/** Issued and delivered. */
async function issued(body?: object): Promise<ParsedCertificate> {
  const answer = await atWindow(body ?? (await order()));
  expect(codeOf(answer)).toBe('201');
  const { id, certificate, caCertificate } = z.object({ id: z.string(), certificate: z.string(), caCertificate: z.string() }).parse(answer.json);
  const der = Buffer.from(certificate, 'base64');
  // What the terminal writes beside it: the certificate of the key that signed it (JPKI 4.11).
  expect(isCertificateSignedBy(parseCertificate(der), parseCertificate(Buffer.from(caCertificate, 'base64')).spki)).toBe(true);
  const sha256 = createHash('sha256').update(der).digest('hex');
  expect(codeOf(await estate.request('POST', `${API}/issuance-requests/${id}/delivery`, { as: window, purpose: 'CERTIFICATE_ISSUE', body: { sha256 } }))).toBe('200');
  return parseCertificate(der);
}

/** Which generation certified the keys that seal records. */
const sealing = async (): Promise<string[]> =>
  (await estate.sql<{ key: string }>("SELECT concat(role, ' ', number, ' by ', generation) AS key FROM jpki_ca.sealing_key ORDER BY role, number")).map(({ key }) => key);
const stamped = async (): Promise<string> => {
  const body = createTimestampRequest({ imprint: messageImprintOf('sha256', Buffer.from('h')), withCertificate: true });
  return parseTimestampResponse((await estate.request('POST', `${API}/timestamps`, { as: operator, headers: { 'content-type': 'application/timestamp-query' }, body: Buffer.from(body) })).bytes).status;
};
const quiet = (): Promise<boolean> => estate.eventually(async () => (await estate.sql("SELECT 1 FROM jpki_ca.job WHERE state IN ('QUEUED', 'RUNNING')")).length === 0, 90);
const keyId = (root: ParsedCertificate): string => keyIdentifierOf(root.spki).toString('hex');
const roots = async (): Promise<ParsedCertificate[]> => parseCertificatesOnly((await get('/cas/sign/certificates')).bytes);
const hexOf = ({ serial }: ParsedCertificate): string => serial.toString(16).padStart(2, '0');

async function ocsp(issuer: ParsedCertificate, ...serials: bigint[]) {
  const body = createOcspRequest({ items: serials.map((serial) => certIdOf(issuer, serial, 'sha256')) });
  const answer = await estate.request('POST', `${API}/ocsp/sign`, { as: verifier, headers: { 'content-type': 'application/ocsp-request' }, body });
  const response = parseOcspResponse(answer.bytes);
  if (response.status !== 'successful') throw new Error(response.status);
  return { response, kinds: response.answers.map(({ status }) => status.kind) };
}

async function prepareLists(): Promise<void> {
  await estate.sql("INSERT INTO jpki_ca.access_grant (organisation, ca, granted_at, granted_by) VALUES ('tax', 'sign', now(), 'test'), ('tax', 'auth', now(), 'test') ON CONFLICT DO NOTHING");
  await estate.request('POST', `${API}/crl-partitions`, { as: operator, body: { municipalityCode: KASUMI, prefectureRomaji: 'Kasumi-ken', municipalityRomaji: 'Kasumi-shi' } });
  await quiet();
}

beforeAll(async () => {
  // OpenSSL asks for the time of the machine: it is that of the lists and answers after the rollover.
  estate = await startEstate([...neighbours.modules(), jpkiCaModule], { at: new Date(Date.now() - 31 * DAY_MS) });
  stream = await listen(estate.natsUrl);
  await prepareLists();
}, 120_000);

afterAll(async () => {
  await stream?.close();
  await estate?.stop();
  neighbours.close();
  rmSync(folder, { recursive: true });
});

describe('a ceremony (JPKI-3.2)', () => {
  it('is held by named people with one role each, on its day, with its quorum, in the order of the script', async () => {
    const people = PEOPLE['GENERATE'] ?? [];
    const twice = await ceremonies.schedule('GENERATE', { participants: [...people.slice(0, -1), { officer: 'admin', role: 'SHARE_HOLDER' }] });
    expect([codeOf(twice), JSON.stringify(twice.json)]).toEqual(['400 INVALID_INPUT', expect.stringContaining('PERSON_TWICE')]);
    expect(codeOf(await ceremonies.schedule('GENERATE', { participants: people.slice(1) }))).toBe('400 INVALID_INPUT');
    expect(codeOf(await ceremonies.schedule('GENERATE', { heldOn: '2020-01-01' }))).toBe('409 CEREMONY_DAY');
    expect(codeOf(await ceremonies.schedule('CLOSE', { generation: 1 }))).toBe('409 NOT_IN_STATE');
    expect(codeOf(await ceremonies.schedule('CLOSE', { generation: 9 }))).toBe('404 NOT_FOUND');
    expect(codeOf(await ceremonies.post('/key-ceremonies', {}, window))).toBe('403 ACTION_NOT_PERMITTED');
    expect(codeOf(await ceremonies.post('/cas/sign/generations/9/compromise', { evidenceRef: '事案' }, named('commander')))).toBe('404 NOT_FOUND');
    expect(codeOf(await ceremonies.post('/cas/sign/generations/1/compromise', { evidenceRef: 'a\0b' }, named('commander')))).toBe('400 INVALID_INPUT');
    const { ceremonyId: id } = z.object({ ceremonyId: z.string() }).parse((await ceremonies.schedule('GENERATE')).json);
    expect(codeOf(await ceremonies.schedule('GENERATE'))).toBe('409 CEREMONY_OPEN');
    expect(codeOf(await ceremonies.post(`/key-ceremonies/${id}/attendances`, {}, operator))).toBe('403 OPERATOR_NOT_ASSERTED');
    expect(codeOf(await ceremonies.attend(id, 'stranger'))).toBe('403 NOT_IN_ROLE');
    for (const officer of ['admin', 'auditor', 'op-1', 'op-2', 'holder-1', 'holder-2']) await ceremonies.attend(id, officer);
    expect(codeOf(await ceremonies.step(id, 1, 'op-1'))).toBe('403 QUORUM_MISSING');
    await ceremonies.attend(id, 'holder-5');
    expect(codeOf(await ceremonies.step(id, 2, 'op-1'))).toBe('409 STEP_ORDER');
    expect(codeOf(await ceremonies.step(id, 1, 'holder-1'))).toBe('403 NOT_IN_ROLE');
    expect(codeOf(await ceremonies.step(id, 1, 'op-1'))).toBe('200');
    expect(codeOf(await ceremonies.step(id, 2, 'op-1'))).toBe('409 SAME_OFFICER');
    expect(codeOf(await ceremonies.attend(id, 'holder-3'))).toBe('409 NOT_IN_STATE');
    const refused = await estate.sql("SELECT 1 FROM jpki_ca.audit_line WHERE entry::json->>'action' = 'jpki-ca.key-ceremony.perform-step' AND entry::json->>'code' = 'QUORUM_MISSING'");
    expect(refused.length).toBe(1);
    // The key of a ceremony that stops is destroyed, and its generation planned again.
    const store = new FileKeyStore(join(estate.config.keys, 'ca'), Buffer.alloc(32));
    expect(await store.list()).toContain('sign-ca-g2');
    expect(codeOf(await ceremonies.post(`/key-ceremonies/${id}/abortion`, { reason: '立会人の退席' }, named('auditor')))).toBe('200');
    expect([await store.list(), await states()]).toEqual([expect.not.arrayContaining(['sign-ca-g2']), ['auth:1 ACTIVE', 'sign:1 ACTIVE', 'sign:2 PLANNED']]);
    expect(codeOf(await ceremonies.step(id, 2, 'op-2'))).toBe('409 NOT_IN_STATE');
    expect((await roots()).length).toBe(1);
  }, 60_000);
});

describe('rollover (JPKI-4.11)', () => {
  let [old, fresh]: ParsedCertificate[] = [];
  let cards: CertificationRequest[];
  let certified: Promise<unknown>;
  const at = (): string => String(Math.floor(estate.clock.now().getTime() / 1000));
  const verify = (...args: string[]): Promise<string> => openssl('verify', '-x509_strict', '-attime', at(), ...args);

  it('goes on after a kill in the middle, stops at a mistyped fingerprint, and publishes with the minutes signed', async () => {
    old = await issued();
    const id = await ceremonies.opened('GENERATE');
    expect(codeOf(await ceremonies.step(id, 1, 'op-1'))).toBe('200');
    await estate.restart();
    expect((await ceremonies.read(id)).nextStep).toBe(2);
    expect(codeOf(await ceremonies.step(id, 2, 'op-2'))).toBe('200');
    await estate.restart();
    const typed = await ceremonies.fingerprint(id, 3);
    const wrong = await ceremonies.step(id, 3, 'auditor', { fingerprint: `${typed.slice(0, -1)}${typed.endsWith('0') ? '1' : '0'}` });
    expect([codeOf(wrong), (await ceremonies.read(id)).nextStep]).toEqual(['409 FINGERPRINT_DIFFERS', 3]);
    expect((await estate.sql("SELECT 1 FROM jpki_ca.audit_line WHERE entry::json->>'code' = 'FINGERPRINT_DIFFERS'")).length).toBe(1);
    expect(codeOf(await ceremonies.step(id, 3, 'op-1', { fingerprint: typed }))).toBe('403 NOT_IN_ROLE');
    expect(codeOf(await ceremonies.step(id, 3, 'auditor', { fingerprint: (typed.toUpperCase().match(/../g) ?? []).join(':') }))).toBe('200');
    expect(codeOf(await ceremonies.close(id, 'admin'))).toBe('409 NOT_IN_STATE');
    await ceremonies.perform(id, 'GENERATE');
    expect(codeOf(await ceremonies.post(`/key-ceremonies/${id}/minutes/signatures`, { sha256: 'ab'.repeat(32) }, named('admin')))).toBe('409 FINGERPRINT_DIFFERS');
    expect((await roots()).length).toBe(1);
    await ceremonies.sign(id, 'GENERATE');
    expect(codeOf(await ceremonies.close(id, 'op-1'))).toBe('403 NOT_IN_ROLE');
    expect(codeOf(await ceremonies.close(id, 'admin'))).toBe('200');
    expect(await states()).toEqual(['auth:1 ACTIVE', 'sign:1 ACTIVE', 'sign:2 CERTIFIED']);
    const minutes = z.object({ participants: z.array(z.unknown()), steps: z.array(z.object({ code: z.string(), doneBy: z.string() })) }).parse((await get(`/key-ceremonies/${id}/minutes`, named('admin'))).json);
    expect([minutes.participants.length, minutes.steps.map(({ doneBy }) => doneBy)]).toEqual([7, ['op-1', 'op-2', 'auditor', 'auditor', 'auditor']]);
  }, 90_000);

  it('has roots of one name under one counter, and links by which each of them leads to the other', async () => {
    const [first, second, oldWithNew, newWithOld, ...others] = await roots();
    if (first === undefined || second === undefined || oldWithNew === undefined || newWithOld === undefined || old === undefined) throw new Error('certificates are missing');
    expect(others).toEqual([]);
    expect(second.subjectDer).toEqual(first.subjectDer);
    expect([first.serial === 1n, second.serial > old.serial]).toEqual([true, true]);
    expect([isCertificateSignedBy(oldWithNew, second.spki), isCertificateSignedBy(newWithOld, first.spki)]).toEqual([true, true]);
    for (const link of [oldWithNew, newWithOld]) expect(link.notAfter <= first.notAfter && link.notAfter <= second.notAfter).toBe(true);
    const text = await openssl('x509', '-noout', '-text', '-in', file('link.pem', oldWithNew.der));
    for (const part of ['CA:TRUE', 'X509v3 Any Policy', 'Certificate Sign, CRL Sign', 'Authority Key Identifier']) expect(text).toContain(part);
    const [g1, g2] = [file('g1.pem', first.der), file('g2.pem', second.der)];
    expect(await verify('-CAfile', g2, file('old-with-new.pem', oldWithNew.der))).toContain('OK');
    expect(await verify('-CAfile', g1, file('new-with-old.pem', newWithOld.der))).toContain('OK');
    const path = { target: old, anchors: [second], crls: [], at: estate.clock.now(), explicitPolicy: true };
    expect([validatePath({ ...path, intermediates: [oldWithNew] }).valid, validatePath({ ...path, intermediates: [] }).valid]).toEqual([true, false]);
    expect((await openssl('pkcs7', '-inform', 'DER', '-in', binary('trust.p7c', (await get('/cas/sign/certificates')).bytes), '-print_certs', '-noout')).match(/subject/g)?.length).toBe(4);
  }, 60_000);

  it('does not begin before everybody had thirty days; then the successor issues and the former does not', async () => {
    const id = await ceremonies.opened('ACTIVATE', { generation: 2 });
    expect(codeOf(await ceremonies.step(id, 1, 'authority'))).toBe('200');
    expect(codeOf(await ceremonies.step(id, 2, 'op-1'))).toBe('200');
    expect(codeOf(await ceremonies.step(id, 3, 'op-1'))).toBe('409 SAME_OFFICER');
    expect(codeOf(await ceremonies.step(id, 3, 'op-2'))).toBe('409 ACTIVATION_TOO_EARLY');
    later(31);
    // As a kill leaves a request that was recorded for the former key and not yet signed.
    const waiting = await order();
    const never = await issued(waiting);
    await estate.sql("DELETE FROM jpki_ca.certificate WHERE ca = 'sign' AND serial = $1", String(never.serial));
    await estate.sql("UPDATE jpki_ca.issuance_request SET state = 'LINTED' WHERE ca = 'sign' AND serial = $1", String(never.serial));
    // A batch of which the first card is certified.
    cards = await twoCards();
    neighbours.cardsAPage = neighbours.awayBehind = 1;
    certified = certifyBatch(estate, neighbours, cards, 90);
    await estate.eventually(async () => (await estate.sql('SELECT 1 FROM jpki_ca.certificate WHERE card_serial = $1', cards[0]?.cardSerial)).length === 2);
    await ceremonies.finish(id, 'ACTIVATE');
    expect(await states()).toEqual(['auth:1 ACTIVE', 'sign:1 RETIRING', 'sign:2 ACTIVE']);
    fresh = await issued(waiting);
    const [, second] = await roots();
    expect([fresh.serial > (second?.serial ?? 0n), isCertificateSignedBy(fresh, second?.spki ?? Buffer.alloc(0)), (await get('/cas/sign/certificate')).bytes]).toEqual([true, true, second?.der]);
    await estate.eventually(async () => told().length >= 5);
    expect(told()).toEqual(['sign:2 1 key-generated', 'sign:2 2 key-generated', 'sign:2 3 certified', 'sign:1 1 retiring', 'sign:2 4 activated']);
  }, 90_000);

  it('gives each card of a production batch the certificate of the key that signed its own: the chain verifies by that one alone', async () => {
    neighbours.awayBehind = Infinity;
    // Who waits for a neighbour asks again.
    estate.clock.set(new Date(estate.clock.now().getTime() + 3_000));
    expect(await certified).toMatchObject({ result: { issued: 4, rejected: 0 } });
    const [first, second] = await roots();
    const [auth] = parseCertificatesOnly((await get('/cas/auth/certificates')).bytes);
    const peers = new Peers(estate.config, { token: () => estate.token(cardService) });
    for (const [index, root] of [first, second].entries()) {
      const { certificates } = await peers.call(certificatesOfCard, { correlationId: randomUUID(), purpose: 'CARD_PRODUCTION' }, { cardSerial: cards[index]?.cardSerial ?? '' });
      expect(certificates.map(({ type, issuer }) => [type, issuer])).toEqual([['SIGN_CERT', root?.der], ['AUTH_CERT', auth?.der]]);
      for (const { der, issuer = Buffer.alloc(0) } of certificates) {
        const path = { target: parseCertificate(der), intermediates: [], crls: [], at: estate.clock.now(), explicitPolicy: true };
        expect(validatePath({ ...path, anchors: [parseCertificate(issuer)] }).valid).toBe(true);
      }
    }
    peers.close();
  }, 120_000);

  it('has a list and an answer of each key for the certificates of both, which OpenSSL takes', async () => {
    await quiet();
    if (old === undefined || fresh === undefined) throw new Error('certificates are missing');
    const [first, second, , newWithOld] = await roots();
    if (first === undefined || second === undefined || newWithOld === undefined) throw new Error('roots are missing');
    expect(codeOf(await estate.request('POST', `${API}/certificates/sign/${hexOf(old)}/revocations`, { as: operator, purpose: 'CERTIFICATE_STATUS', body: { cause: 'RECORD_ERROR', evidenceRef: '記録第1号' } }))).toBe('201');
    await estate.request('POST', `${API}/crl-partitions/sign-99001/issues`, { as: operator, body: {} });
    await quiet();
    const lists = [];
    for (const root of [first, second]) lists.push(parseCrl((await get(`/crl-partitions/sign-99001/current.crl?keyId=${keyId(root)}`)).bytes));
    const [one, two] = lists;
    if (one === undefined || two === undefined) throw new Error('lists are missing');
    expect((two.number ?? 0n) - (one.number ?? 0n)).toBe(1n);
    expect((await get('/crl-partitions/sign-99001/current.crl')).bytes).toEqual(two.der);
    for (const [root, list, name] of [[first, one, 'g1'], [second, two, 'g2']] as const) {
      expect(await openssl('crl', '-noout', '-verify', '-CAfile', file(`${name}.pem`, root.der), '-in', file(`${name}.crl`, list.der, 'X509 CRL'))).toContain('verify OK');
    }
    expect(await verify('-crl_check', '-CAfile', join(folder, 'g1.pem'), '-CRLfile', join(folder, 'g1.crl'), file('old.pem', old.der))).toContain('certificate revoked');
    expect(await verify('-crl_check', '-CAfile', join(folder, 'g2.pem'), '-CRLfile', join(folder, 'g2.crl'), file('fresh.pem', fresh.der))).toContain('OK');
    expect(await verify('-crl_check', '-CAfile', join(folder, 'g1.pem'), '-CRLfile', join(folder, 'g2.crl'), join(folder, 'old.pem'))).not.toContain('old.pem: OK');
    expect(validatePath({ target: fresh, anchors: [first], intermediates: [newWithOld], crls: [], at: estate.clock.now(), explicitPolicy: true }).valid).toBe(true);
    const url = `http://127.0.0.1:${estate.running.httpPort}${API}/ocsp/sign`;
    const header = `Authorization=Bearer ${await estate.token(verifier)}`;
    for (const [root, certificate, name, kind] of [[first, old, 'old', 'revoked'], [second, fresh, 'fresh', 'good']] as const) {
      const { response, kinds } = await ocsp(root, certificate.serial);
      expect(kinds).toEqual([kind]);
      expect(() => verifyOcspResponse(response, { issuer: root, at: estate.clock.now(), serials: [certificate.serial] })).not.toThrow();
      const ca = file('issuer.pem', root.der);
      expect(await openssl('ocsp', '-issuer', ca, '-cert', join(folder, `${name}.pem`), '-CAfile', ca, '-attime', at(), '-url', url, '-header', header)).toMatch(new RegExp(`: ${kind}[^]*Response verify OK`));
    }
    expect((await ocsp(second, old.serial)).kinds).toEqual(['unknown']);
  }, 90_000);
});

describe('a compromised key (JPKI-3.1, 4.11)', () => {
  it('records nothing that was signed just before it was frozen; the request goes on when the key is found sound', async () => {
    const body = await order();
    const database = databaseAs(estate, 'jpki-ca', 'app');
    const cas = new CaStore(new SigningGuard(estate.clock, false));
    const refused = await database.transaction(async (db) => {
      await cas.lockSwitch(db);
      const answer = atWindow(body);
      await estate.eventually(async () => (await estate.sql("SELECT 1 FROM jpki_ca.issuance_request WHERE state = 'LINTED'")).length === 1);
      await db.run("UPDATE ca_key_generation SET reported_by = 'x' WHERE ca = 'sign' AND state = 'ACTIVE'");
      return { answer };
    });
    expect(codeOf(await refused.answer)).toBe('503 UNAVAILABLE');
    expect(await estate.sql("SELECT 1 FROM jpki_ca.certificate c JOIN jpki_ca.issuance_request r ON r.id = c.issuance_request_id WHERE r.state = 'LINTED'")).toEqual([]);
    await estate.sql("UPDATE jpki_ca.ca_key_generation SET reported_by = NULL");
    await issued(body);
    await database.close();
  }, 60_000);

  it('is frozen by the first officer; the second one ends all its certificates, its links and then the key itself', async () => {
    const path = '/cas/sign/generations/2/compromise';
    expect(codeOf(await ceremonies.post(path, { evidenceRef: '事案第1号' }, named('commander')))).toBe('200');
    expect(codeOf(await atWindow(await order()))).toBe('503 UNAVAILABLE');
    expect(codeOf(await ceremonies.post(`${path}/confirmation`, {}, named('commander')))).toBe('409 SAME_OFFICER');
    expect(codeOf(await ceremonies.post(`${path}/dismissal`, {}, named('second')))).toBe('200');
    expect(codeOf(await ceremonies.post(`${path}/confirmation`, {}, named('second')))).toBe('409 NOT_IN_STATE');
    await issued();
    expect(codeOf(await ceremonies.schedule('CLOSE', { generation: 2 }))).toBe('409 NOT_IN_STATE');
    // Keys that seal records, as if they had been certified since the rollover.
    await estate.sql('DELETE FROM jpki_ca.sealing_key');
    await estate.eventually(async () => (await sealing()).length === 2, 60);
    expect([await sealing(), await stamped()]).toEqual([['audit 1 by 2', 'tsa 1 by 2'], 'granted']);
    await ceremonies.post(path, { evidenceRef: '事案第2号' }, named('commander'));
    expect(await stamped()).not.toBe('granted');
    expect(codeOf(await ceremonies.post(`${path}/confirmation`, {}, named('second')))).toBe('200');
    await estate.restart();
    await quiet();
    expect(codeOf(await atWindow(await order()))).toBe('503 UNAVAILABLE');
    const counted = await estate.sql("SELECT c.state, reason, count(*)::int FROM jpki_ca.certificate c LEFT JOIN jpki_ca.revoked USING (ca, serial) WHERE ca = 'sign' AND generation = 2 GROUP BY 1, 2");
    expect(counted).toEqual([{ state: 'REVOKED', reason: 2, count: 4 }]);
    expect(await states()).toEqual(['auth:1 ACTIVE', 'sign:1 RETIRING', 'sign:2 COMPROMISED']);
    expect(await estate.eventually(async () => ((ends) => ends.length > 0 && ends)(told().slice(5)))).toEqual(['sign:2 5 compromised']);
    const plan = await get('/cas/sign/generations/2/reissue-plan?from=2016-03-01&perDay=2', named('admin'));
    expect(plan.json).toEqual({ certificates: 3, until: '2016-03-02', municipalities: [{ municipalityCode: KASUMI, certificates: 3, from: '2016-03-01', until: '2016-03-02' }] });
    const [first, second, ...links] = await roots();
    if (first === undefined || second === undefined) throw new Error('roots are missing');
    const arl = parseCrl((await get(`/cas/sign/arl?keyId=${keyId(first)}`)).bytes);
    expect([...crlEntriesOf(arl)].map(({ serial, reason }) => `${serial} ${reason}`)).toEqual(links.map(({ serial }) => `${serial} cACompromise`));
    const list = parseCrl((await get(`/crl-partitions/sign-99001/current.crl?keyId=${keyId(second)}`)).bytes);
    expect([...crlEntriesOf(list)].filter(({ reason }) => reason === 'cACompromise').length).toBe(4);
  }, 90_000);

  it('is destroyed in a ceremony; its last list and its certificates stay, and the next key has no links to it', async () => {
    expect(codeOf(await ceremonies.schedule('CLOSE', { generation: 1 }))).toBe('201');
    const open = z.object({ ceremonies: z.array(z.object({ ceremonyId: z.string(), state: z.string() })) }).parse((await get('/key-ceremonies', named('admin'))).json).ceremonies.at(-1)?.ceremonyId ?? '';
    for (const officer of ['admin', 'auditor', 'op-1', 'op-2', 'holder-1', 'holder-2', 'holder-3']) await ceremonies.attend(open, officer);
    expect(codeOf(await ceremonies.step(open, 1, 'auditor', { fingerprint: await ceremonies.fingerprint(open, 1) }))).toBe('200');
    expect(codeOf(await ceremonies.step(open, 2, 'admin'))).toBe('409 CERTIFICATES_IN_FORCE');
    expect(codeOf(await ceremonies.post(`/key-ceremonies/${open}/abortion`, { reason: '証明書が有効' }, named('admin')))).toBe('200');

    const before = (await roots()).at(1);
    const id = await ceremonies.opened('CLOSE', { generation: 2 });
    await ceremonies.finish(id, 'CLOSE');
    expect(await new FileKeyStore(join(estate.config.keys, 'ca'), Buffer.alloc(32)).list()).not.toContain('sign-ca-g2');
    expect(await states()).toEqual(['auth:1 ACTIVE', 'sign:1 RETIRING', 'sign:2 CLOSED']);
    expect(await estate.eventually(async () => ((ends) => ends.length > 1 && ends)(told().slice(5)))).toEqual(['sign:2 5 compromised', 'sign:2 6 closed']);
    later(3);
    expect((await roots()).at(1)?.der).toEqual(before?.der);
    if (before !== undefined) expect((await get(`/crl-partitions/sign-99001/current.crl?keyId=${keyId(before)}`)).status).toBe(200);

    expect((await get('/cas/sign/generations', named('admin'))).json).toMatchObject({ isCeremonyOverdue: true });
    await ceremonies.hold('GENERATE');
    await ceremonies.hold('ACTIVATE', { generation: 3 });
    expect(await states()).toEqual(['auth:1 ACTIVE', 'sign:1 RETIRING', 'sign:2 CLOSED', 'sign:3 ACTIVE']);
    expect((await roots()).length).toBe(5);
    expect((await get('/cas/sign/generations', named('admin'))).json).toMatchObject({ isCeremonyOverdue: false });
    await issued();
    await estate.eventually(async () => (await sealing()).length === 4, 90);
    expect([(await sealing()).filter((key) => !key.endsWith('by 2')), await stamped()]).toEqual([['audit 2 by 3', 'tsa 2 by 3'], 'granted']);
  }, 150_000);
});

it('an hour after a signature that is not on record there is an alarm, and none while all are (JPKI-4.16)', async () => {
  const alarms = async (): Promise<string[]> => (await estate.sql<{ entry: string }>("SELECT entry FROM jpki_ca.audit_line WHERE entry LIKE '%SIGNATURE_NOT_LOGGED%'")).map(({ entry }) => entry);
  expect(await alarms()).toEqual([]);
  await issued();
  await estate.sql("DELETE FROM jpki_ca.key_signature WHERE at = (SELECT max(at) FROM jpki_ca.key_signature WHERE key_id = 'sign-ca-g3')");
  later(1);
  const [alarm] = await estate.eventually(async () => ((lines) => lines.length > 0 && lines)(await alarms()));
  expect(JSON.parse(alarm ?? '')).toMatchObject({ object: 'key:sign-ca-g3', facts: { alarm: 'SIGNATURE_NOT_LOGGED', signatures: 1 } });
});

it('a signature is put on record when those who sign hold every connection (JPKI-4.16)', async () => {
  const last = async (): Promise<number> => Number((await estate.sql<{ n: string }>("SELECT max(number) AS n FROM jpki_ca.crl_issue WHERE partition_id = 'sign-99001' AND state = 'PUBLISHED'"))[0]?.n);
  await quiet();
  const before = await last();
  const pool = estate.running.databases.get('jpki-ca')?.pool;
  const held = await Promise.all(Array.from({ length: estate.config.database.connections - 1 }, () => pool?.connect()));
  try {
    expect(codeOf(await estate.request('POST', `${API}/crl-partitions/sign-99001/issues`, { as: operator, body: {} }))).toBe('202');
    await estate.eventually(async () => (await last()) > before, 9);
  } finally {
    for (const connection of held) connection?.release();
  }
});

function binary(name: string, octets: Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, octets);
  return path;
}
