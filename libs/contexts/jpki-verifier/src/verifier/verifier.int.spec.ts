import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { activateCertificates, authCertificateStatus, certificatesOfCard } from '#contracts/jpki-verifier';
import { residentMovedIn, type PersonView } from '#contracts/juki-net';
import { certIdOf, createOcspRequest, parseCertificate, parseOcspResponse } from '#pki';
import { Peers, type Actor } from '#platform';
import { databaseAs, startEstate, type Answer, type TestEstate } from '#testing';
import { jpkiCaModule } from '../jpki-ca.module.js';
import { cardExpiry, cardSerial, cardService, certifyBatch, csr, KASUMI, listen, Neighbours, tell, window } from '../neighbours.fixture.js';
import { AccessGrants, GrantAccess } from '../ocsp/access-grants.js';

const API = '/api/jpki-ca/v1';
const officer = (name: string): Actor => ({ clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: name });
const [first, second] = [officer('officer-1'), officer('officer-2')];
const verifierOf = (organisation: string): Actor => ({ clientId: `verifier-${organisation}`, kind: 'signature-verifier', organisation });
const view = z.object({ verifierId: z.string(), state: z.string(), isChecked: z.boolean().optional(), reason: z.string().nullish() });
const answersOf = z.object({ answers: z.array(z.looseObject({})) });

const neighbours = new Neighbours();
let estate: TestEstate;
let stream: Awaited<ReturnType<typeof listen>>;
let recordNo = 0;

beforeAll(async () => {
  estate = await startEstate([...neighbours.modules(), jpkiCaModule], { at: new Date('2016-02-10T01:00:00Z') });
  stream = await listen(estate.natsUrl);
  await post('/crl-partitions', { municipalityCode: KASUMI, prefectureRomaji: 'Kasumi-ken', municipalityRomaji: 'Kasumi-shi' }, first);
});

afterAll(async () => {
  await stream?.close();
  await estate?.stop();
  neighbours.close();
});

const post = (path: string, body: unknown, as: Actor): Promise<Answer> => estate.request('POST', `${API}${path}`, { as, body });
const get = (path: string, as: Actor): Promise<Answer> => estate.request('GET', `${API}${path}`, { as });
const codeOf = ({ status, json }: Answer): string => `${status} ${z.object({ code: z.string().optional() }).parse(json).code ?? ''}`.trim();
const step = (id: string, name: string, as: Actor, body: unknown = {}): Promise<Answer> => post(`/verifiers/${id}/steps/${name}`, body, as);
const stateOf = (answer: Answer): string => view.parse(answer.json).state;

const PAPERS = { disclosure: { hearingRef: '聴取第1号', disclosureRef: '開示第1号' }, test: { testRef: '試験第1号', clientCertificate: 'ab'.repeat(32) } };
const agreement = (more: object = {}): object => ({
  purposes: ['SIGN'], modes: ['OCSP'], network: 'PRIVATE_LINE', clientCertificate: 'cd'.repeat(32),
  contacts: [{ desk: '監視室', phone: '03-0000-0000', mail: 'noc@example.jp' }], ...more,
});

async function testing(organisation: string, of: string): Promise<string> {
  const { verifierId } = view.parse((await post('/verifiers', { organisation, class: of }, first)).json);
  await step(verifierId, 'disclosure', first, PAPERS.disclosure);
  expect(stateOf(await step(verifierId, 'test-access', first, PAPERS.test))).toBe('TEST_ACCESS');
  return verifierId;
}

async function granted(verifierId: string): Promise<void> {
  expect(codeOf(await step(verifierId, 'check', first))).toBe('200');
  expect(stateOf(await step(verifierId, 'production', second))).toBe('PRODUCTION');
}

async function producing(organisation: string, of: string, more: object = {}): Promise<string> {
  const verifierId = await testing(organisation, of);
  if (of === 'PRIVATE') await step(verifierId, 'certification', verifierOf(organisation), { certificationNo: '認定第7号', certificationExpiry: '2017-03-31' });
  expect(stateOf(await step(verifierId, 'notification', verifierOf(organisation), agreement(more)))).toBe('NOTIFIED');
  await granted(verifierId);
  return verifierId;
}

async function ocsp(ca: 'sign' | 'auth', serials: readonly string[], as: Actor): Promise<string> {
  const issuer = parseCertificate((await get(`/cas/${ca}/certificate`, as)).bytes);
  const body = createOcspRequest({ items: serials.map((serial) => certIdOf(issuer, BigInt(`0x${serial}`), 'sha1')) });
  const answer = await estate.request('POST', `${API}/ocsp/${ca}`, { as, headers: { 'content-type': 'application/ocsp-request' }, body });
  const response = parseOcspResponse(answer.bytes);
  return response.status === 'successful' ? response.answers.map(({ status }) => status.kind).join() : response.status;
}

/** A new card of two certificates in force. */
async function card(person: PersonView): Promise<{ sign: string; auth: string }> {
  const serial = cardSerial();
  recordNo += 1;
  const [sign, auth] = [await csr(), await csr()];
  await certifyBatch(estate, neighbours, [{
    recordNo, cardSerial: serial, personKey: person.personKey, municipalityCode: person.municipalityCode, factVersion: person.factVersion, cardExpiry: cardExpiry(estate),
    signCsr: sign.der, authCsr: auth.der,
  }]);
  const peers = new Peers(estate.config, { token: () => estate.token(cardService) });
  const call = { correlationId: `test-${randomUUID()}`, purpose: 'CARD_HANDOVER' };
  await peers.call(activateCertificates, call, { cardSerial: serial, personKey: person.personKey, wishSign: true, wishAuth: true });
  const { certificates } = await peers.call(certificatesOfCard, call, { cardSerial: serial });
  peers.close();
  const serialOf = (type: string): string => certificates.find((one) => one.type === type)?.serial ?? '';
  return { sign: serialOf('SIGN_CERT'), auth: serialOf('AUTH_CERT') };
}

const told = (aggregateId: string): unknown[] =>
  stream.events.filter(({ subject }) => subject === aggregateId).map(({ type, sequence }) => `${sequence} ${type.split('.').slice(3, 5).join('.')}`);
const query = async (as: Actor, queries: readonly object[], links = 'NONE') => answersOf.parse((await post('/status-queries', { queries, links }, as)).json).answers;

describe('life of a verifier (JPKI-3.11)', () => {
  it('from the inquiry to the end: who may do what, the check of two officers, and what access it has', async () => {
    const bank = verifierOf('bank');
    expect(codeOf(await post('/verifiers', { organisation: 'bank', class: 'PRIVATE' }, verifierOf('shop')))).toBe('403 OUT_OF_JURISDICTION');
    expect(codeOf(await post('/verifiers', { organisation: 'bank', class: 'PRIVATE' }, window))).toBe('403 ACTION_NOT_PERMITTED');
    const { verifierId: id } = view.parse((await post('/verifiers', { organisation: 'bank', class: 'PRIVATE' }, bank)).json);
    expect(codeOf(await post('/verifiers', { organisation: 'bank', class: 'COURT' }, first))).toBe('409 VERIFIER_ON_FILE');
    expect(codeOf(await step(id, 'test-access', first, PAPERS.test))).toBe('409 NOT_IN_STATE');
    expect(codeOf(await step(id, 'disclosure', bank, PAPERS.disclosure))).toBe('403 ACTION_NOT_PERMITTED');
    expect(codeOf(await step(id, 'disclosure', first, { ...PAPERS.disclosure, hearingRef: 'a\0b' }))).toBe('400 INVALID_INPUT');
    expect(codeOf(await step(id, 'disclosure', first, PAPERS.disclosure))).toBe('200');
    expect(codeOf(await step(id, 'test-access', first, PAPERS.test))).toBe('200');
    expect(codeOf(await step(id, 'notification', bank, agreement()))).toBe('409 CERTIFICATION_MISSING');
    expect(codeOf(await step(id, 'certification', bank, { certificationNo: '認定第7号', certificationExpiry: '2016-02-09' }))).toBe('409 CERTIFICATION_ENDED');
    expect(codeOf(await step(id, 'certification', first, { certificationNo: '認定第7号', certificationExpiry: '2017-03-31' }))).toBe('403 ACTION_NOT_PERMITTED');
    expect(stateOf(await step(id, 'certification', bank, { certificationNo: '認定第7号', certificationExpiry: '2017-03-31' }))).toBe('CERTIFIED');
    const nul = { contacts: [{ desk: 'a\u0000', phone: '03-0000-0000', mail: 'noc@example.jp' }] };
    for (const bad of [{ purposes: [] }, { purposes: ['SIGN', 'SIGN'] }, { network: 'INTERNET' }, { contacts: [] }, nul]) {
      expect(codeOf(await step(id, 'notification', bank, agreement(bad)))).toBe('400 INVALID_INPUT');
    }
    expect(codeOf(await step(id, 'notification', verifierOf('shop'), agreement()))).toBe('403 OUT_OF_JURISDICTION');
    expect(stateOf(await step(id, 'notification', bank, agreement()))).toBe('NOTIFIED');
    expect(codeOf(await step(id, 'production', second))).toBe('409 NOTIFICATION_UNCHECKED');
    const { operator: _name, ...unnamed } = second;
    expect(codeOf(await step(id, 'check', unnamed))).toBe('403 OPERATOR_NOT_ASSERTED');
    expect(stateOf(await step(id, 'return', first, { reason: 'INCOMPLETE' }))).toBe('RETURNED');
    expect(stateOf(await step(id, 'notification', bank, agreement()))).toBe('NOTIFIED');
    expect(view.parse((await step(id, 'check', first)).json)).toMatchObject({ state: 'NOTIFIED', isChecked: true, reason: null });
    expect(codeOf(await step(id, 'production', first))).toBe('409 SAME_OFFICER');
    expect(codeOf(await step(id, 'production', unnamed))).toBe('403 OPERATOR_NOT_ASSERTED');
    expect(await ocsp('sign', ['01'], bank)).toBe('unauthorized');
    expect(stateOf(await step(id, 'production', second))).toBe('PRODUCTION');
    expect((await get(`/verifiers/${id}/grants`, bank)).json).toMatchObject({ grants: [{ ca: 'sign', modes: ['OCSP'], grantedBy: 'operator-1' }] });

    // Wrong purpose, wrong way (JPKI-7).
    expect([await ocsp('sign', ['ffffff'], bank), await ocsp('auth', ['ffffff'], bank)]).toEqual(['unknown', 'unauthorized']);
    expect(codeOf(await get('/crl-partitions/sign-99001/current.crl', bank))).toBe('403 NO_ACCESS_GRANT');
    expect(codeOf(await post('/access-grants', { organisation: 'bank', ca: 'auth' }, first))).toBe('409 VERIFIER_ON_FILE');

    expect(stateOf(await step(id, 'suspension', first, { reason: 'BREACH' }))).toBe('SUSPENDED');
    expect(await ocsp('sign', ['ffffff'], bank)).toBe('unauthorized');
    expect(codeOf(await step(id, 'production', second))).toBe('409 NOTIFICATION_UNCHECKED');
    await granted(id);
    expect(await ocsp('sign', ['ffffff'], bank)).toBe('unknown');
    expect(codeOf(await step(id, 'end', verifierOf('shop')))).toBe('403 OUT_OF_JURISDICTION');
    expect(stateOf(await step(id, 'end', bank))).toBe('ENDED');
    expect(await ocsp('sign', ['ffffff'], bank)).toBe('unauthorized');
    expect(codeOf(await step(id, 'check', first))).toBe('409 NOT_IN_STATE');
    await estate.eventually(async () => told(id).length === 5);
    expect(told(id)).toEqual([
      '1 verifier.test-granted', '2 verifier.production-granted', '3 verifier.suspended', '4 verifier.production-granted', '5 verifier.ended',
    ]);
    expect(stateOf(await post('/verifiers', { organisation: 'bank', class: 'PRIVATE' }, bank))).toBe('INQUIRY');
    expect((await estate.sql("SELECT entry FROM jpki_ca.audit_line WHERE entry LIKE '%OUT_OF_JURISDICTION%' AND entry LIKE '%verifier-shop%'")).length).toBe(3);
  });

  it('shows an organisation its own alone, and its contacts in no other place', async () => {
    const guild = await testing('guild-x', 'PROFESSIONAL_GROUP');
    expect(codeOf(await step(guild, 'notification', verifierOf('guild-x'), agreement({ purposes: ['SIGN', 'AUTH'] })))).toBe('422 PURPOSE_NOT_OPEN');
    const id = await producing('court', 'COURT', { purposes: ['SIGN', 'AUTH'], modes: ['CRL', 'OCSP'] });
    expect((await get(`/verifiers/${id}`, verifierOf('court'))).json).toMatchObject({ contacts: [{ desk: '監視室' }], confirmers: [], certificationNo: null });
    expect(codeOf(await get(`/verifiers/${id}`, verifierOf('shop')))).toBe('403 OUT_OF_JURISDICTION');
    expect(codeOf(await get(`/verifiers/${randomUUID()}`, first))).toBe('404 NOT_FOUND');
    const listed = z.object({ items: z.array(z.object({ organisation: z.string() })), next: z.string().optional() });
    expect(listed.parse((await get('/verifiers', verifierOf('court'))).json).items).toMatchObject([{ organisation: 'court' }]);
    const page = listed.parse((await get('/verifiers?limit=1', first)).json);
    expect(listed.parse((await get(`/verifiers?limit=1&before=${page.next}`, first)).json).items.length).toBeGreaterThan(0);
    const stored = await estate.sql<{ contacts: Buffer }>('SELECT contacts FROM jpki_ca.verifier WHERE id = $1', id);
    expect(stored[0]?.contacts.includes(Buffer.from('example.jp'))).toBe(false);
    expect(await estate.sql("SELECT 1 FROM jpki_ca.audit_line WHERE entry LIKE '%example.jp%'")).toEqual([]);
    expect((await get('/crl-partitions/auth-99001/current.crl', verifierOf('court'))).status).toBe(200);
  });
});

describe('status queries (JPKI-4.13)', () => {
  it('now and at a past instant; successors and pairs only to those with the notification', async () => {
    const [one, both] = [verifierOf('insurer'), verifierOf('town')];
    await producing('insurer', 'PRIVATE');
    await producing('town', 'PUBLIC_BODY', { purposes: ['SIGN', 'AUTH'] });
    const person = neighbours.person();
    const old = await card(person);
    const before = estate.clock.now();
    const [sign, strange] = [{ ca: 'sign', serial: old.sign }, ['f'.repeat(12), 'f'.repeat(40)].map((serial) => ({ ca: 'sign', serial }))];
    expect(await query(one, [sign, ...strange])).toEqual([{ ...sign, status: 'GOOD' }, ...strange.map((asked) => ({ ...asked, status: 'UNKNOWN' }))]);
    const renewed = await card(person);
    expect(await query(one, [sign, { ...sign, asOf: before.toISOString() }, { ...sign, asOf: '2016-02-01T00:00:00Z' }])).toMatchObject([
      { status: 'REVOKED', reasonCode: 4 }, { status: 'GOOD' }, { status: 'UNKNOWN' },
    ]);
    const next = { ca: 'sign', serial: renewed.sign };
    expect(await query(one, [{ ...sign, serial: old.sign.toUpperCase() }, next], 'SERIALS')).toMatchObject([{ successors: [renewed.sign] }, { successors: [] }]);
    expect(await query(one, [next], 'SERIALS')).toEqual([{ ...next, status: 'GOOD', successors: [] }]);
    const paired = await query(both, [sign, { ca: 'auth', serial: renewed.auth }], 'SERIALS');
    expect(paired).toMatchObject([{ successors: [renewed.sign], pair: renewed.auth }, { pair: renewed.sign }]);
    const names = z.array(z.object({ pseudonym: z.string() }));
    const [a, b] = names.parse(await query(one, [sign, next], 'PSEUDONYM'));
    expect(a?.pseudonym).toBe(b?.pseudonym);
    const [c, d] = names.parse(await query(both, [sign, { ca: 'auth', serial: old.auth }], 'PSEUDONYM'));
    expect(new Set([a?.pseudonym, c?.pseudonym, d?.pseudonym]).size).toBe(3);
    const lines = await estate.sql<{ entry: string }>("SELECT entry FROM jpki_ca.audit_line WHERE entry::json->>'action' = $1 AND entry LIKE '%SERIALS%'", 'jpki-ca.status.query');
    expect(lines.length).toBe(3);
    for (const { entry } of lines) expect(entry).toContain(person.personKey);

    // A move ends the signature certificate; who comes back gets another one, which is no successor.
    const { personKey } = person;
    await tell(estate, residentMovedIn, personKey, 2, { personKey, factVersion: 2, factDate: '2016-02-10', municipalityCode: KASUMI, reason: '11', fields: ['address'] });
    await estate.eventually(async () => (await query(one, [next]))[0]?.['status'] === 'REVOKED');
    neighbours.persons.set(person.personKey, { ...person, factVersion: 2 });
    await card({ ...person, factVersion: 2 });
    expect(await query(one, [sign, next], 'SERIALS')).toMatchObject([{ successors: [renewed.sign] }, { successors: [] }]);
  });

  it('CARD-4.15: the issuing centre, and no other service, learns status, card, issuer and what was renewed', async () => {
    const person = neighbours.person();
    const [old, renewed] = [await card(person), await card(person)];
    const ask = async (organisation: string, serial: string) => {
      const peers = new Peers(estate.config, { token: () => estate.token({ clientId: `svc-${organisation}`, kind: 'service', organisation }) });
      return peers.call(authCertificateStatus, { correlationId: `test-${randomUUID()}`, purpose: 'CONVENIENCE_ISSUANCE' }, { serial }).finally(() => peers.close());
    };
    const { issuer, ...told } = await ask('issuing-centre', renewed.auth);
    expect(told).toEqual({ status: 'GOOD', cardSerial: expect.any(String), predecessors: [old.auth] });
    expect(issuer).toEqual((await get('/cas/auth/certificate', first)).bytes);
    expect(await ask('issuing-centre', old.auth)).toMatchObject({ status: 'REVOKED', predecessors: [] });
    expect(await ask('issuing-centre', 'f'.repeat(40))).toEqual({ status: 'UNKNOWN', predecessors: [] });
    await expect(ask('card-issuance', renewed.auth)).rejects.toThrow('ACTION_NOT_PERMITTED');
  });

  it('refuses the other purpose, who has no notification, what is to come, and more than a thousand', async () => {
    const insurer = verifierOf('insurer');
    const bad = await post('/status-queries', { queries: [{ ca: 'sign', serial: '01' }, { ca: 'auth', serial: '01' }] }, insurer);
    expect([codeOf(bad), JSON.stringify(bad.json)]).toEqual(['403 NOT_NOTIFIED_FOR_PURPOSE', expect.stringContaining('/queries/1/ca')]);
    const sign = { ca: 'sign', serial: '01' };
    expect(codeOf(await post('/status-queries', { queries: [sign] }, verifierOf('nobody')))).toBe('403 NOT_NOTIFIED_FOR_PURPOSE');
    expect(codeOf(await post('/status-queries', { queries: [sign] }, window))).toBe('403 ACTION_NOT_PERMITTED');
    // For those who try there is access without a notification, but nobody is linked.
    const call = { actor: first, correlationId: 'test-production', input: { organisation: 'sandbox', ca: 'sign' } };
    const inProduction = estate.running.runners.get('jpki-ca')?.run(new GrantAccess(new AccessGrants(), true), call);
    await expect(inProduction).rejects.toMatchObject({ code: 'NOTIFICATION_REQUIRED' });
    await post('/access-grants', { organisation: 'sandbox', ca: 'sign' }, first);
    expect(codeOf(await post('/status-queries', { queries: [sign] }, verifierOf('sandbox')))).toBe('200');
    expect(codeOf(await post('/status-queries', { queries: [sign], links: 'SERIALS' }, verifierOf('sandbox')))).toBe('403 NOT_NOTIFIED_FOR_PURPOSE');
    for (const queries of [[], Array(1_001).fill(sign), [{ ...sign, asOf: '2016-02-11T00:00:00Z' }], [{ ...sign, asOf: 'x' }], [{ ...sign, serial: '1\0' }]]) {
      expect(codeOf(await post('/status-queries', { queries }, insurer))).toBe('400 INVALID_INPUT');
    }
    expect((await query(insurer, Array(1_000).fill(sign))).length).toBe(1_000);
  });

  it('a member of a professional group learns effective or not, nothing else, as long as its group has access', async () => {
    const group = await producing('lawyers', 'PROFESSIONAL_GROUP');
    const other = await producing('notaries', 'PROFESSIONAL_GROUP');
    const office = verifierOf('office-1');
    expect(codeOf(await post(`/verifiers/${other}/confirmers`, { organisation: 'office-1' }, verifierOf('lawyers')))).toBe('403 OUT_OF_JURISDICTION');
    expect((await post(`/verifiers/${group}/confirmers`, { organisation: 'office-1' }, verifierOf('lawyers'))).json).toEqual({ confirmers: ['office-1'] });
    expect(codeOf(await post(`/verifiers/${other}/confirmers`, { organisation: 'office-1' }, verifierOf('notaries')))).toBe('409 CONFIRMER_ELSEWHERE');
    const court = z.object({ items: z.array(z.object({ verifierId: z.string() })) }).parse((await get('/verifiers', verifierOf('court'))).json).items[0]?.verifierId;
    expect(codeOf(await post(`/verifiers/${court}/confirmers`, { organisation: 'office-2' }, verifierOf('court')))).toBe('409 NOT_A_GROUP');
    const { sign } = await card(neighbours.person());
    const asked = [sign, 'fffffe'].map((serial) => ({ ca: 'sign', serial }));
    expect(await query(office, asked)).toEqual(asked.map((one, index) => ({ ...one, effective: index === 0 })));
    expect(codeOf(await post('/status-queries', { queries: [{ ca: 'sign', serial: sign }], links: 'SERIALS' }, office))).toBe('403 NOT_NOTIFIED_FOR_PURPOSE');
    expect(await ocsp('sign', [sign], office)).toBe('unauthorized');
    const used = await estate.sql("SELECT organisation, status FROM jpki_ca.status_use WHERE organisation IN ('office-1', 'lawyers') ORDER BY status");
    expect(used).toEqual([{ organisation: 'lawyers', status: 'good' }, { organisation: 'lawyers', status: 'unknown' }]);
    await step(group, 'suspension', first, { reason: 'FEE_UNPAID' });
    expect(codeOf(await post('/status-queries', { queries: [{ ca: 'sign', serial: sign }] }, office))).toBe('403 NOT_NOTIFIED_FOR_PURPOSE');
    await granted(group);
    const removed = await estate.request('DELETE', `${API}/verifiers/${group}/confirmers/office-1`, { as: verifierOf('lawyers') });
    expect(removed.json).toEqual({ confirmers: [] });
    expect(codeOf(await estate.request('DELETE', `${API}/verifiers/${group}/confirmers/office-1`, { as: verifierOf('lawyers') }))).toBe('404 NOT_FOUND');
    await post(`/verifiers/${group}/confirmers`, { organisation: 'office-1' }, verifierOf('lawyers'));
    await step(group, 'end', verifierOf('lawyers'));
    expect((await post(`/verifiers/${other}/confirmers`, { organisation: 'office-1' }, verifierOf('notaries'))).json).toEqual({ confirmers: ['office-1'] });
  });
});

describe('statements (JPKI-3.11, 4.13)', () => {
  it('counts definitive answers once inside nextUpdate, prices them, and issues the statement once, whatever is killed', async () => {
    const payer = verifierOf('payer');
    const id = await producing('payer', 'PRIVATE', { purposes: ['SIGN', 'AUTH'], modes: ['OCSP', 'CRL'] });
    const { sign } = await card(neighbours.person());
    expect(await ocsp('sign', [sign, sign, 'ffffff'], payer)).toBe('good,good,unknown');
    await query(payer, [{ ca: 'sign', serial: sign }]);
    expect((await get('/crl-partitions/sign-99001/current.crl', payer)).status).toBe(200);
    const uses = (): Promise<unknown[]> => estate.sql("SELECT status, count(*)::int AS n FROM jpki_ca.status_use WHERE organisation = 'payer' GROUP BY status ORDER BY status");
    expect(await uses()).toEqual([{ status: 'good', n: 3 }, { status: 'list', n: 1 }, { status: 'unknown', n: 1 }]);
    // The vector: 1,000 with the one above, two of the three below, whose second comes within a quarter of an hour and after midnight, and the month's last.
    const insert = (ca: string, status: string, count: number): Promise<unknown[]> => estate.sql(
      `INSERT INTO jpki_ca.status_use (at, organisation, ca, mode, serial, status)
       SELECT '2016-02-10T15:00:00Z'::timestamptz + n * interval '30 seconds', 'payer', $1, 'OCSP', $1 || n, $2 FROM generate_series(1, $3::int) AS n`, ca, status, count,
    );
    await insert('sign', 'good', 996);
    await insert('auth', 'revoked', 50_000);
    await insert('auth', 'tryLater', 300);
    const times = { aa: ['20T14:50:00.5Z', '20T15:04:59.9Z', '20T15:19:59Z'], ab: ['29T14:59:59Z'], ac: ['29T15:00:00Z'] };
    for (const [serial, at] of Object.entries(times).flatMap(([serial, all]) => all.map((at) => [serial, `2016-02-${at}`]))) {
      await estate.sql("INSERT INTO jpki_ca.status_use (at, organisation, ca, mode, serial, status) VALUES ($1, 'payer', 'sign', 'OCSP', $2, 'good')", at, serial);
    }

    await estate.sql("CREATE FUNCTION jpki_ca.fail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''killed''; END'");
    await estate.sql('CREATE TRIGGER killed BEFORE INSERT ON jpki_ca.usage_statement FOR EACH ROW EXECUTE FUNCTION jpki_ca.fail()');
    estate.clock.set(new Date('2016-03-01T18:00:00Z'));
    const job = async () => (await estate.sql<{ state: string; done: number; total: number }>("SELECT state, done::int, total::int FROM jpki_ca.job WHERE kind = 'issue-statements'"))[0];
    await estate.eventually(async () => ((await job())?.done ?? 0) > 100, 60);
    await estate.restart();
    await estate.eventually(async () => (await job())?.done === 696, 120);
    expect(codeOf(await get(`/verifiers/${id}/statements/2016-02`, payer))).toBe('404 NOT_FOUND');
    await estate.sql('DROP TRIGGER killed ON jpki_ca.usage_statement');
    await estate.eventually(async () => (await job())?.state === 'SUCCEEDED', 120);
    expect(await job()).toEqual({ state: 'SUCCEEDED', done: 696, total: 696 });

    const csv = (await get(`/verifiers/${id}/statements/2016-02`, payer)).bytes.toString();
    expect(csv).toBe([
      'verifier,month,purpose,mode,definitive,free,amount_yen', 'payer,2016-02,SIGN,CRL,0,1,0', 'payer,2016-02,SIGN,OCSP,1000,4,20000',
      'payer,2016-02,AUTH,OCSP,50000,300,100000', '',
    ].join('\r\n'));
    expect((await get(`/verifiers/${id}/statements`, first)).json).toMatchObject({ items: [{ month: '2016-02', definitive: 51_000, amountYen: 120_000 }] });
    expect(codeOf(await get(`/verifiers/${id}/statements/2016-02`, verifierOf('shop')))).toBe('403 OUT_OF_JURISDICTION');
    expect(codeOf(await get(`/verifiers/${id}/statements/2016-13`, payer))).toBe('400 INVALID_INPUT');
    await estate.eventually(async () => told('payer:2016-02').length === 1);
    // Public bodies pay nothing; a sandbox has no statement.
    const others = await estate.sql("SELECT organisation, amount_yen::int FROM jpki_ca.usage_statement WHERE organisation IN ('town', 'sandbox')");
    expect(others).toEqual([{ organisation: 'town', amount_yen: 0 }]);

    await estate.sql("UPDATE jpki_ca.job SET state = 'QUEUED', cursor = NULL, done = 600, result = NULL, lease_until = NULL WHERE kind = 'issue-statements'");
    await estate.eventually(async () => (await job())?.state === 'SUCCEEDED', 120);
    expect((await get(`/verifiers/${id}/statements/2016-02`, payer)).bytes.toString()).toBe(csv);
    expect(told('payer:2016-02')).toEqual(['1 statement.issued']);
  }, 180_000);
});

describe('the end of a certification (JPKI-3.11)', () => {
  it('suspends the provision and lapses what was not filed, on the day after its last one; a further one takes it up again', async () => {
    const running = await producing('pay-2', 'PRIVATE');
    const unfiled = await testing('pay-3', 'PRIVATE');
    const certification = { certificationNo: '認定第8号', certificationExpiry: '2016-03-31' };
    expect(stateOf(await step(unfiled, 'certification', verifierOf('pay-3'), certification))).toBe('CERTIFIED');
    expect(codeOf(await step(running, 'certification', verifierOf('pay-2'), certification))).toBe('409 CERTIFICATION_ENDED');
    // Nobody prolongs its own access: two officers confirm what was filed.
    const longer = await step(running, 'certification', verifierOf('pay-2'), { certificationNo: '認定第9号', certificationExpiry: '2018-03-31' });
    expect(longer.json).toMatchObject({ state: 'PRODUCTION', certificationExpiry: '2017-03-31', renewalExpiry: '2018-03-31' });
    await granted(running);
    expect((await get(`/verifiers/${running}`, first)).json).toMatchObject({ certificationNo: '認定第9号', certificationExpiry: '2018-03-31', renewalExpiry: null });
    expect(codeOf(await step(running, 'check', first))).toBe('409 NOT_IN_STATE');
    await estate.sql("UPDATE jpki_ca.verifier SET certification_expiry = '2016-03-31' WHERE id = $1", running);
    const states = async (): Promise<string[]> => [stateOf(await get(`/verifiers/${running}`, first)), stateOf(await get(`/verifiers/${unfiled}`, first))];
    const runOn = (day: string): Promise<unknown> =>
      estate.eventually(async () => (await estate.sql("SELECT 1 FROM jpki_ca.cursor WHERE name = 'schedule:verifier-certifications' AND value = $1", day)).length === 1);
    estate.clock.set(new Date('2016-03-31T14:00:00Z'));
    await runOn('2016-03-31');
    expect(await states()).toEqual(['PRODUCTION', 'CERTIFIED']);
    estate.clock.set(new Date('2016-03-31T15:00:01Z'));
    await runOn('2016-04-01');
    expect(await states()).toEqual(['SUSPENDED', 'LAPSED']);
    expect(await ocsp('sign', ['ffffff'], verifierOf('pay-2'))).toBe('unauthorized');
    expect(codeOf(await step(running, 'check', first))).toBe('409 CERTIFICATION_ENDED');
    expect(stateOf(await step(running, 'certification', verifierOf('pay-2'), { certificationNo: '認定第9号', certificationExpiry: '2019-03-31' }))).toBe('SUSPENDED');
    await granted(running);
    expect(view.parse((await get(`/verifiers/${running}`, first)).json).reason).toBeNull();
    expect(stateOf(await post('/verifiers', { organisation: 'pay-3', class: 'PRIVATE' }, verifierOf('pay-3')))).toBe('INQUIRY');
  });
});

describe('retention of single answers (JPKI-4.13)', () => {
  it('a month leaves whole once the next one is counted too, by that way only; what shares its part from another year stays', async () => {
    const rows = async (): Promise<unknown[]> => (await estate.sql<{ at: string }>("SELECT to_char(at, 'YYYY-MM-DD') AS at FROM jpki_ca.status_use WHERE organisation = 'kept' ORDER BY 1")).map(({ at }) => at);
    const times = ['2014-02-10', '2015-01-31', '2015-02-01', '2015-02-28', '2015-03-01'];
    for (const day of times) await estate.sql("INSERT INTO jpki_ca.status_use (at, organisation, ca, mode, serial, status) VALUES ($1, 'kept', 'sign', 'OCSP', 'aa', 'good')", `${day}T14:59:59Z`);
    const app = databaseAs(estate, 'jpki-ca', 'app');
    for (const statement of ['DELETE FROM status_use', 'TRUNCATE status_use', 'DELETE FROM usage_month', 'DELETE FROM status_use_02']) await expect(app.db.run(statement), statement).rejects.toThrow(/permission denied|must be owner/);
    const counted = (month: string): Promise<unknown> => estate.sql("INSERT INTO jpki_ca.usage_month (month, step, at) VALUES ($1, 'COUNTED', now()) ON CONFLICT DO NOTHING", month);
    await counted('2015-02');
    await expect(app.db.run('SELECT drop_status_uses($1)', '2015-02')).rejects.toThrow('not counted');
    await counted('2015-03');
    const passDay = async (): Promise<void> => {
      estate.clock.set(new Date(estate.clock.now().getTime() + 86_400_000));
      await estate.eventually(async () => (await estate.sql("SELECT 1 FROM jpki_ca.cursor WHERE name = 'schedule:status-use-retention' AND value = to_char($1::timestamptz AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD')", estate.clock.now().toISOString())).length === 1);
    };
    await passDay();
    // In Japan the first of the month begins at 15:00.
    expect(await rows()).toEqual(['2014-02-10', '2015-01-31', '2015-03-01']);
    await counted('2014-03');
    await counted('2014-02');
    await passDay();
    expect(await rows()).toEqual(['2015-01-31', '2015-03-01']);
    const dropped = await estate.sql<{ month: string }>("SELECT month FROM jpki_ca.usage_month WHERE step = 'DROPPED' AND month < '2016' ORDER BY 1");
    expect(dropped.map(({ month }) => month)).toEqual(expect.arrayContaining(['2014-02', '2015-02']));
    await app.close();
  });
});
