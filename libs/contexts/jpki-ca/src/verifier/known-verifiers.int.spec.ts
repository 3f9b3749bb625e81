import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { activateCertificates, authCertificateStatus, certificatesOfCard, formerVerifiers, verifierUse } from '#contracts/jpki-ca';
import { statementIssued, verifierChanged, type VerifierAccess } from '#contracts/jpki-verifier';
import { residentMovedIn, type PersonView } from '#contracts/juki-net';
import { certIdOf, createOcspRequest, parseCertificate, parseOcspResponse } from '#pki';
import { FieldCipher, masterKey, Peers, uuidv7, type Actor } from '#platform';
import { databaseAs, startEstate, type Answer, type TestEstate } from '#testing';
import { jpkiCaModule } from '../jpki-ca.module.js';
import { cardExpiry, cardSerial, cardService, certifyBatch, csr, KASUMI, listen, Neighbours, tell, window } from '../neighbours.fixture.js';
import { AccessGrants, GrantAccess } from '../ocsp/access-grants.js';

const API = '/api/jpki-ca/v1';
/** Budget of a suspension, from the step to the first refusal (JPKI 3.11). */
const AT_ONCE_SECONDS = 5;
const first: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: 'officer-1' };
const verifierOf = (organisation: string): Actor => ({ clientId: `verifier-${organisation}`, kind: 'signature-verifier', organisation });
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

const accessOf = (organisation: string, more: Partial<VerifierAccess> = {}): VerifierAccess => ({
  verifierId: uuidv7(), organisation, class: 'PRIVATE', state: 'PRODUCTION', purposes: ['SIGN'], modes: ['OCSP'], confirmers: [], grantedAt: estate.clock.now().toISOString(), told: 2, ...more,
});
const versionOf = async (id: string): Promise<number | undefined> => (await estate.sql<{ version: string }>('SELECT version FROM jpki_ca.known_verifier WHERE id = $1', id)).map(({ version }) => Number(version))[0];

/** Tells what stands as jpki-verifier does. */
const change = (access: VerifierAccess, version: number): Promise<void> => tell(estate, verifierChanged, access.verifierId, version, access);

/** The same, and waits until it acts. */
async function known(access: VerifierAccess, version: number): Promise<VerifierAccess> {
  await change(access, version);
  await estate.eventually(async () => (await versionOf(access.verifierId)) === version);
  return access;
}

const producing = (organisation: string, more: Partial<VerifierAccess> = {}): Promise<VerifierAccess> => known(accessOf(organisation, more), 5);

/** As a service asks. */
async function asking<T>(organisation: string, ask: (peers: Peers, call: { correlationId: string }) => Promise<T>): Promise<T> {
  const peers = new Peers(estate.config, { token: () => estate.token({ clientId: `svc-${organisation}`, kind: 'service', organisation }) });
  return ask(peers, { correlationId: `test-${randomUUID()}` }).finally(() => peers.close());
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

describe('who is answered (JPKI-3.11)', () => {
  it('follows what jpki-verifier tells: purposes and ways, suspension at once, never what is older; partners hear of it as before', async () => {
    const bank = verifierOf('bank');
    await post('/access-grants', { organisation: 'bank', ca: 'auth' }, first);
    const tested = await known(accessOf('bank', { state: 'TEST_ACCESS', purposes: [], modes: [], told: 1 }), 2);
    expect([await ocsp('sign', ['ffffff'], bank), await ocsp('auth', ['ffffff'], bank)]).toEqual(['unauthorized', 'unknown']);
    const running: VerifierAccess = { ...tested, state: 'PRODUCTION', purposes: ['SIGN'], modes: ['OCSP'], told: 2 };
    await known(running, 6);
    // Wrong purpose, wrong way (JPKI-7); what was granted to try is over.
    expect([await ocsp('sign', ['ffffff'], bank), await ocsp('auth', ['ffffff'], bank)]).toEqual(['unknown', 'unauthorized']);
    expect(codeOf(await get('/crl-partitions/sign-99001/current.crl', bank))).toBe('403 NO_ACCESS_GRANT');
    expect(codeOf(await post('/access-grants', { organisation: 'bank', ca: 'auth' }, first))).toBe('409 VERIFIER_ON_FILE');

    const suspended: VerifierAccess = { ...running, state: 'SUSPENDED', reason: 'BREACH', told: 3 };
    await change(suspended, 7);
    await estate.eventually(async () => (await ocsp('sign', ['ffffff'], bank)) === 'unauthorized', AT_ONCE_SECONDS);
    // A repetition that comes late, as after an interrupted delivery, and one step that was told twice.
    await change(running, 6);
    await change(suspended, 7);
    await known({ ...running, told: 4 }, 9);
    expect(await ocsp('sign', ['ffffff'], bank)).toBe('unknown');
    // The check of a renewal is none that partners are told of.
    await known({ ...running, told: 4 }, 10);
    await known({ ...running, state: 'ENDED', told: 5 }, 11);
    expect(await ocsp('sign', ['ffffff'], bank)).toBe('unauthorized');
    await estate.eventually(async () => told(running.verifierId).length === 5);
    expect(told(running.verifierId)).toEqual([
      '1 verifier.test-granted', '2 verifier.production-granted', '3 verifier.suspended', '4 verifier.production-granted', '5 verifier.ended',
    ]);
    expect(stream.events.find(({ type }) => type.includes('verifier.suspended'))?.data).toEqual({
      verifierId: running.verifierId, organisation: 'bank', class: 'PRIVATE', purposes: ['SIGN'], modes: ['OCSP'], reason: 'BREACH', at: expect.any(String),
    });
    // The next one of the organisation has an access of its own, whatever is still told of the one before.
    const next = await producing('bank', { purposes: ['AUTH'] });
    await known({ ...running, state: 'ENDED', told: 5 }, 12);
    expect([await ocsp('sign', ['ffffff'], bank), await ocsp('auth', ['ffffff'], bank)]).toEqual(['unauthorized', 'unknown']);
    await known({ ...next, state: 'ENDED', told: 3 }, 6);
  });

  it('finds out each hour and at a start what no event told: a suspended verifier keeps no access', async () => {
    const lost = await producing('lost');
    const fine = await producing('fine');
    const compared = async () => (await estate.sql<{ result: unknown }>("SELECT result FROM jpki_ca.job WHERE kind = 'compare-verifiers' AND state = 'SUCCEEDED' ORDER BY id DESC LIMIT 1"))[0]?.result;
    await estate.eventually(async () => (await compared()) !== undefined);
    expect(await ocsp('sign', ['ffffff'], verifierOf('lost'))).toBe('unknown');
    neighbours.verifiers.set(lost.verifierId, { ...lost, state: 'SUSPENDED', reason: 'FEE_UNPAID', told: 3, version: 6 });
    neighbours.verifiers.set(fine.verifierId, { ...fine, version: 5 });
    estate.clock.set(new Date(estate.clock.now().getTime() + 3_600_000));
    await estate.eventually(async () => (await ocsp('sign', ['ffffff'], verifierOf('lost'))) === 'unauthorized');
    expect(await ocsp('sign', ['ffffff'], verifierOf('fine'))).toBe('unknown');
    await estate.eventually(async () => JSON.stringify(await compared()) === '{"behind":1,"verifiers":2}');
    await estate.eventually(async () => told(lost.verifierId).includes('3 verifier.suspended'));
    neighbours.verifiers.set(fine.verifierId, { ...fine, state: 'ENDED', told: 3, version: 6 });
    // Its database was restored to a day before what it had told.
    const restored = await producing('restored');
    neighbours.verifiers.set(restored.verifierId, { ...restored, state: 'SUSPENDED', version: 4 });
    await estate.restart();
    for (const organisation of ['fine', 'restored']) await estate.eventually(async () => (await ocsp('sign', ['ffffff'], verifierOf(organisation))) === 'unauthorized');
    await known({ ...restored, told: 4 }, 5);
    expect(await ocsp('sign', ['ffffff'], verifierOf('restored'))).toBe('unknown');
  });

  it('a member of a professional group learns effective or not, nothing else, as long as its group has access', async () => {
    const group = await producing('lawyers', { class: 'PROFESSIONAL_GROUP', confirmers: ['office-1'] });
    const office = verifierOf('office-1');
    const { sign } = await card(neighbours.person());
    const asked = [sign, 'fffffe'].map((serial) => ({ ca: 'sign', serial }));
    expect(await query(office, asked)).toEqual(asked.map((one, index) => ({ ...one, effective: index === 0 })));
    expect(codeOf(await post('/status-queries', { queries: [{ ca: 'sign', serial: sign }], links: 'SERIALS' }, office))).toBe('403 NOT_NOTIFIED_FOR_PURPOSE');
    expect(await ocsp('sign', [sign], office)).toBe('unauthorized');
    const used = await estate.sql("SELECT organisation, status FROM jpki_ca.status_use WHERE organisation IN ('office-1', 'lawyers') ORDER BY status");
    expect(used).toEqual([{ organisation: 'lawyers', status: 'good' }, { organisation: 'lawyers', status: 'unknown' }]);
    const refused = async (): Promise<string> => codeOf(await post('/status-queries', { queries: [{ ca: 'sign', serial: sign }] }, office));
    await known({ ...group, state: 'SUSPENDED', told: 3 }, 6);
    expect(await refused()).toBe('403 NOT_NOTIFIED_FOR_PURPOSE');
    await known({ ...group, told: 4 }, 7);
    expect(await refused()).toBe('200');
    await known({ ...group, confirmers: [], told: 4 }, 8);
    expect(await refused()).toBe('403 NOT_NOTIFIED_FOR_PURPOSE');
  });
});

describe('status queries (JPKI-4.13)', () => {
  it('now and at a past instant; successors and pairs only to those with the notification', async () => {
    const [one, both] = [verifierOf('insurer'), verifierOf('town')];
    await producing('insurer');
    await producing('town', { class: 'PUBLIC_BODY', purposes: ['SIGN', 'AUTH'] });
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
    const ask = (organisation: string, serial: string) =>
      asking(organisation, (peers, call) => peers.call(authCertificateStatus, { ...call, purpose: 'CONVENIENCE_ISSUANCE' }, { serial }));
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
});

describe('counts of answers (JPKI-4.13)', () => {
  it('definitive answers once inside nextUpdate, when the month is over, whatever is killed; only for those who make statements', async () => {
    const payer = verifierOf('payer');
    await producing('payer', { purposes: ['SIGN', 'AUTH'], modes: ['OCSP', 'CRL'] });
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
    const used = (organisation = 'payer') => asking('jpki-verifier', (peers, call) => peers.call(verifierUse, call, { organisation, month: '2016-02' }));
    const totals = async (): Promise<string[]> => {
      const sums = new Map<string, number[]>();
      for (const { purpose, mode, definitive, free } of (await used()).days) {
        const [a = 0, b = 0] = sums.get(`${purpose} ${mode}`) ?? [];
        sums.set(`${purpose} ${mode}`, [a + definitive, b + free]);
      }
      return [...sums].map(([of, sum]) => `${of} ${sum.join()}`).toSorted();
    };
    estate.clock.set(new Date('2016-03-01T18:00:00Z'));
    const job = async () => (await estate.sql<{ state: string; done: number }>("SELECT state, done::int FROM jpki_ca.job WHERE kind = 'count-uses'"))[0];
    await estate.eventually(async () => ((await job())?.done ?? 0) > 100, 60);
    expect(await used()).toEqual({ complete: false, days: [] });
    await estate.restart();
    estate.clock.set(new Date('2016-03-01T18:02:00Z'));
    await estate.eventually(async () => (await job())?.state === 'SUCCEEDED', 120);
    const counted = ['AUTH OCSP 50000,300', 'SIGN CRL 0,1', 'SIGN OCSP 1000,4'];
    expect(await totals()).toEqual(counted);
    expect((await used()).days.map(({ day }) => day)).toContain('2016-02-29');
    // A sandbox has no statement.
    expect(await used('sandbox')).toEqual({ complete: true, days: [] });
    await expect(asking('issuing-centre', (peers, call) => peers.call(verifierUse, call, { organisation: 'payer', month: '2016-02' }))).rejects.toThrow('ACTION_NOT_PERMITTED');
    await estate.sql("UPDATE jpki_ca.job SET state = 'QUEUED', cursor = NULL, done = 600, result = NULL, lease_until = NULL WHERE kind = 'count-uses'");
    await estate.eventually(async () => (await job())?.state === 'SUCCEEDED', 120);
    expect(await totals()).toEqual(counted);

    // Who hears of statements here goes on hearing of them.
    const data = { organisation: 'payer', month: '2016-02', definitive: 51_000, amountYen: 120_000, issuedAt: '2016-03-01T18:05:00.000Z' };
    await tell(estate, statementIssued, 'payer:2016-02', 1, data);
    await estate.eventually(async () => told('payer:2016-02').length === 1);
    expect([told('payer:2016-02'), stream.events.find(({ subject }) => subject === 'payer:2016-02')?.data]).toEqual([['1 statement.issued'], data]);
  }, 180_000);
});

describe('verifiers that were kept here', () => {
  it('stand as they were written and are told to their new home alone; nobody changes them', async () => {
    const app = databaseAs(estate, 'jpki-ca', 'app');
    const open = "INSERT INTO verifier (id, organisation, class, state, purposes, modes, told, opened_at, changed_at) VALUES ($1, 'old', 'PRIVATE', 'PRODUCTION', '{SIGN}', '{OCSP}', 2, now(), now())";
    await expect(app.db.run(open, uuidv7())).rejects.toMatchObject({ code: '25006' });
    await expect(app.db.run('DELETE FROM signature_confirmer')).rejects.toMatchObject({ code: '25006' });
    await app.close();
    const id = uuidv7();
    const contacts = JSON.stringify([{ desk: '監視室', phone: '03-0000-0000', mail: 'noc@example.jp' }]);
    const sealed = new FieldCipher(masterKey(estate.config.keys), 'jpki-ca').encrypt('verifier.contacts', contacts);
    for (const table of ['verifier', 'signature_confirmer', 'usage_statement']) await estate.sql(`ALTER TABLE jpki_ca.${table} DISABLE TRIGGER moved`);
    await estate.sql(open.replace('verifier', 'jpki_ca.verifier'), id);
    await estate.sql('UPDATE jpki_ca.verifier SET contacts = $2 WHERE id = $1', id, sealed);
    await estate.sql("INSERT INTO jpki_ca.signature_confirmer VALUES ('member', $1, now(), 'x')", id);
    await estate.sql("INSERT INTO jpki_ca.access_grant (organisation, ca, granted_at, granted_by, verifier_id, modes) VALUES ('old', 'sign', '2015-12-01Z', 'operator-1', $1, '{OCSP}')", id);
    await estate.sql("INSERT INTO jpki_ca.usage_day (organisation, day, ca, mode, definitive, free, amount_yen, counted_to) VALUES ('old', '2015-11-30', 'sign', 'OCSP', 1, 0, 20, now()), ('old', '2015-12-01', 'sign', 'OCSP', 2, 1, 40, now()), ('old', '2015-12-31', 'sign', 'OCSP', 3, 0, 60, now())");
    await estate.sql("INSERT INTO jpki_ca.usage_statement VALUES ('old', '2015-12', 5, 100, now())");
    const { verifiers } = await asking('jpki-verifier', (peers, call) => peers.call(formerVerifiers, call, {}));
    const [{ record = '', ...rest } = { record: '' }] = verifiers;
    expect(rest).toEqual({ verifierId: id, contacts });
    expect(JSON.parse(record)).toMatchObject({
      id, organisation: 'old', state: 'PRODUCTION', provided_by: 'operator-1', confirmers: [{ organisation: 'member', verifier_id: id }], statements: [{ month: '2015-12', amount_yen: 100 }],
      lines: [{ organisation: 'old', month: '2015-12', purpose: 'SIGN', mode: 'OCSP', definitive: 5, free: 1, amount_yen: 100 }],
    });
    expect(record).not.toContain('contacts');
    await expect(asking('card-issuance', (peers, call) => peers.call(formerVerifiers, call, {}))).rejects.toThrow('ACTION_NOT_PERMITTED');
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
