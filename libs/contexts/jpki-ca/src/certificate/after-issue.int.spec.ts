import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { authCertificateStatus, committeeFigures } from '#contracts/jpki-ca';
import { createCsr, generateRsaKey } from '#pki';
import { Peers, type Actor } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { codeOf, named } from '../ceremony/ceremony.fixture.js';
import { jpkiCaModule } from '../jpki-ca.module.js';
import { KASUMI, Neighbours, cardExpiry, cardSerial, certifyBatch, csr, operator, verifier, window } from '../neighbours.fixture.js';

const BASE = '/api/jpki-ca/v1';
const DAY_MS = 86_400_000;
const neighbours = new Neighbours();
let estate: TestEstate;
let [sign, auth] = ['', ''];

const move = (ms: number): void => estate.clock.set(new Date(estate.clock.now().getTime() + ms));
const post = (path: string, body: object, as: Actor, purpose?: string): Promise<Answer> => estate.request('POST', `${BASE}${path}`, { as, body, ...(purpose === undefined ? {} : { purpose }) });
const audited = async (what: string): Promise<string[]> => (await estate.sql<{ entry: string }>('SELECT entry FROM jpki_ca.audit_line WHERE entry LIKE $1 ORDER BY at', `%${what}%`)).map(({ entry }) => entry);
/** An answer to another context. */
async function ask<T>(organisation: string, work: (peers: Peers, call: { correlationId: string; purpose: string }) => Promise<T>, purpose = ''): Promise<T> {
  const peers = new Peers(estate.config, { token: () => estate.token({ clientId: `svc-${organisation}`, kind: 'service', organisation }) });
  return work(peers, { correlationId: `test-${randomUUID()}`, purpose }).finally(() => peers.close());
}

beforeAll(async () => {
  estate = await startEstate([...neighbours.modules(), jpkiCaModule], { at: new Date('2016-02-10T01:00:00Z') });
  await post('/crl-partitions', { municipalityCode: KASUMI, prefectureRomaji: 'Kasumi-ken', municipalityRomaji: 'Kasumi-shi' }, operator);
  const person = neighbours.person();
  const [signCsr, authCsr] = [(await csr()).der, (await csr()).der];
  await certifyBatch(estate, neighbours, [{ recordNo: 1, cardSerial: cardSerial(), personKey: person.personKey, municipalityCode: KASUMI, factVersion: 1, cardExpiry: cardExpiry(estate), signCsr, authCsr }]);
  const rows = await estate.sql<{ ca: string; serial: string }>("SELECT ca, to_hex(serial) AS serial FROM jpki_ca.certificate ORDER BY ca DESC");
  [sign, auth] = rows.map(({ serial }) => serial.padStart(serial.length + (serial.length % 2), '0')) as [string, string];
}, 120_000);
afterAll(async () => {
  await estate?.stop();
  neighbours.close();
});

describe('the statutory record (JPKI-5, 7)', () => {
  const read = (as = named('officer-2'), serial = sign, ca = 'sign'): Promise<Answer> => estate.request('GET', `${BASE}/issuance-records/${ca}/${serial}`, { as, purpose: 'RECORD_DISCLOSURE' });
  const asked = (as: Actor): Promise<Answer> => post(`/issuance-records/sign/${sign}/disclosures`, { caseNo: '開示第1号', identityRef: '運転免許証' }, as, 'RECORD_DISCLOSURE');

  it('is shown under a case that two officers decided, for a day, and never otherwise', async () => {
    expect(codeOf(await read())).toBe('403 DISCLOSURE_MISSING');
    expect((await audited('issuance-record.read')).map((entry) => z.looseObject({ outcome: z.string(), code: z.string() }).parse(JSON.parse(entry)))).toMatchObject([{ outcome: 'REFUSED', code: 'DISCLOSURE_MISSING' }]);
    expect(codeOf(await asked(operator))).toBe('403 OPERATOR_NOT_ASSERTED');
    expect(codeOf(await asked(window))).toBe('403 ACTION_NOT_PERMITTED');
    expect(codeOf(await post(`/issuance-records/sign/${sign}/disclosures`, { caseNo: '開示第1号', identityRef: '運転免許証' }, named('officer-1')))).toBe('400 PURPOSE_REQUIRED');
    const { disclosureId } = z.object({ disclosureId: z.string() }).parse((await asked(named('officer-1'))).json);
    const confirm = (by: string, ca = 'sign', serial = sign): Promise<Answer> => post(`/issuance-records/${ca}/${serial}/disclosures/${disclosureId}/confirmation`, {}, named(by), 'RECORD_DISCLOSURE');
    expect([codeOf(await confirm('officer-1')), codeOf(await confirm('officer-2', 'auth', auth)), codeOf(await read())]).toEqual(['409 SAME_OFFICER', '404 NOT_FOUND', '403 DISCLOSURE_MISSING']);
    expect([codeOf(await confirm('officer-2')), codeOf(await confirm('officer-3'))]).toEqual(['200', '409 NOT_IN_STATE']);
    expect((await read()).json).toMatchObject({ caseNo: '開示第1号', certificate: { serial: sign }, record: { commonName: expect.stringMatching(/^\d{14}/), identity: { nameKanji: '基盤　花子', address: expect.any(String) } } });
    expect([codeOf(await read(window)), codeOf(await read(named('officer-2'), auth, 'auth'))]).toEqual(['403 ACTION_NOT_PERMITTED', '403 DISCLOSURE_MISSING']);
    move(DAY_MS - 1_000);
    expect((await read()).status).toBe(200);
    move(1_000);
    expect(codeOf(await read())).toBe('403 DISCLOSURE_MISSING');
    expect([(await audited('"caseNo":"開示第1号"')).length, await audited('花子')]).toEqual([4, []]);
  });
});

describe('a sample of each night (JPKI-4.15, 7)', () => {
  const findings = (): Promise<{ ca: string; lints: string[] }[]> => estate.sql('SELECT ca, lints FROM jpki_ca.lint_finding ORDER BY ca');
  const night = async (): Promise<void> => {
    move(DAY_MS);
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM jpki_ca.cursor WHERE name = 'schedule:lint-issued' AND value = to_char($1::timestamptz AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD')", estate.clock.now().toISOString())).length === 1, 40);
  };
  const issuedYesterday = (ca: string): Promise<unknown> => estate.sql("UPDATE jpki_ca.certificate SET issued_at = $2 WHERE ca = $1", ca, estate.clock.now().toISOString());

  it('finds nothing wrong with sound ones; one that breaks its profile is an incident until it is revoked, and told to the committee', async () => {
    for (const ca of ['sign', 'auth']) await issuedYesterday(ca);
    await night();
    expect([await findings(), await audited('LINT_')]).toEqual([[], []]);
    // As if the authority for signatures had signed what only the other one's profile allows.
    await estate.sql("UPDATE jpki_ca.certificate SET der = (SELECT der FROM jpki_ca.certificate WHERE ca = 'auth') WHERE ca = 'sign'");
    await issuedYesterday('sign');
    await night();
    expect(await findings()).toEqual([{ ca: 'sign', lints: expect.arrayContaining(['e_issuer_dn_bytes_differ_from_ca', 'e_san_othername_set']) }]);
    expect(JSON.parse((await audited('LINT_FAILED'))[0] ?? '')).toMatchObject({ object: `certificate:sign:${sign}`, facts: { alarm: 'LINT_FAILED', cureBy: '2016-02-18' } });
    for (let days = 0; days < 4; days += 1) await night();
    expect(await audited('LINT_UNCURED')).toEqual([]);
    for (let days = 0; days < 2; days += 1) await night();
    const uncured = (await audited('LINT_UNCURED')).length;
    expect(uncured).toBeGreaterThan(0);
    expect(codeOf(await post(`/certificates/sign/${sign}/revocations`, { cause: 'RECORD_ERROR', evidenceRef: '検査第1号' }, operator, 'CERTIFICATE_STATUS'))).toBe('201');
    await night();
    expect((await audited('LINT_UNCURED')).length).toBe(uncured);
    const { counts } = await ask('bridge-ca', (peers, call) => peers.call(committeeFigures, call, { month: '2016-02' }));
    expect(counts.filter(({ topic }) => topic === 'INCIDENTS' || topic === 'ACCESS_REVIEWS')).toEqual([{ topic: 'INCIDENTS', name: 'LINT_FAILED', count: 1 }, { topic: 'ACCESS_REVIEWS', name: 'RECORD_DISCLOSED', count: 1 }]);
  }, 60_000);
});

it('a request with a key or in a form that cannot be certified consumes no serial number (JPKI-7)', async () => {
  const { personKey } = neighbours.person();
  const issue = (requestId: string, der: Buffer): Promise<Answer> => post('/issuance-requests', { type: 'AUTH_CERT', cardSerial: cardSerial(), personKey, csr: der.toString('base64'), windowId: '99001001A', requestId, cardExpiry: cardExpiry(estate) }, window, 'CERTIFICATE_ISSUE');
  const counter = async (): Promise<unknown> => (await estate.sql('SELECT last_value, is_called FROM jpki_ca.auth_serial'))[0];
  const before = await counter();
  const sound = (await csr()).der;
  const damaged = Buffer.from(sound);
  damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
  const longer = createCsr(await generateRsaKey(3072), [{ type: 'C', value: 'JP' }]);
  expect([codeOf(await issue('r-1', Buffer.from('no request'))), codeOf(await issue('r-2', damaged)), codeOf(await issue('r-3', longer))]).toEqual(['422 BAD_CSR', '422 BAD_CSR', '422 WEAK_KEY']);
  expect(await counter()).toEqual(before);
  expect(codeOf(await issue('r-4', sound))).toBe('201');
  expect(await counter()).not.toEqual(before);
});

it('whose clock went back tells no status that could be old (JPKI-7)', async () => {
  await post('/access-grants', { organisation: 'tax', ca: 'auth' }, operator);
  const queried = async (): Promise<string> => codeOf(await post('/status-queries', { queries: [{ ca: 'auth', serial: auth }] }, verifier));
  const kiosk = (): Promise<string> => ask('issuing-centre', (peers, call) => peers.call(authCertificateStatus, call, { serial: auth }).then(({ status }) => status, (error: unknown) => z.looseObject({ code: z.string() }).parse(error).code), 'CONVENIENCE_ISSUANCE');
  expect([await queried(), await kiosk()]).toEqual(['200', 'REVOKED']);
  move(-60_000);
  expect([await queried(), await kiosk()]).toEqual(['503 STATUS_NOT_FRESH', 'STATUS_NOT_FRESH']);
  move(62_000);
  expect([await queried(), await kiosk()]).toEqual(['200', 'REVOKED']);
});
