import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Pkcs11KeyStore, crlEntriesOf, isCertificateSignedBy, parseCertificate, parseCrl } from '#pki';
import { TokenVerifier, start } from '#platform';
import { softToken, softTokenAbsence, startEstate, type TestEstate } from '#testing';
import { codeOf, Desk, verifier, type Crossed } from '../bridge-ca.fixture.js';
import { bridgeCaModule } from '../bridge-ca.module.js';

const HOUR_MS = 3_600_000;
const absence = await softTokenAbsence();
/** Where there is one, the keys are in a token, as in production. */
const token = absence === undefined ? softToken() : undefined;
const module: typeof bridgeCaModule = { ...bridgeCaModule, build: (platform) => bridgeCaModule.build(token === undefined ? platform : { ...platform, config: { ...platform.config, pkcs11: token.config } }) };
const desk = new Desk(() => estate);
const crossed = new Map<string, Crossed>();
let estate: TestEstate;

const move = (ms: number): void => estate.clock.set(new Date(estate.clock.now().getTime() + ms));
const arl = async (): Promise<{ number: bigint; entries: number }> => {
  const crl = parseCrl((await desk.get('/repository/bridge/arl', verifier)).bytes);
  return { number: crl.number ?? 0n, entries: [...crlEntriesOf(crl)].length };
};
const issues = (): Promise<{ number: number; state: string; entries: number }[]> =>
  estate.sql("SELECT number::int, state, entry_count::int AS entries FROM bridge_ca.revocation_list_issue WHERE authority_id = 'bridge' AND list = 'ARL' ORDER BY number");
const audited = async (what: string): Promise<unknown[]> => (await estate.sql<{ entry: string }>('SELECT entry FROM bridge_ca.audit_line WHERE entry LIKE $1 ORDER BY at', `%${what}%`)).map(({ entry }) => z.looseObject({ facts: z.unknown().optional() }).parse(JSON.parse(entry)).facts);

const signed = async (): Promise<number> => (await estate.sql("SELECT 1 FROM bridge_ca.key_signature WHERE key_id = 'bridge-g1'")).length;

/** Ends a cross-certification, which asks for a list of the bridge at once. */
async function revoke(counterpart: string): Promise<string> {
  const one = `/cross-certifications/${crossed.get(counterpart)?.crossId ?? ''}`;
  await desk.post(`${one}/revocation`, 'proposer', { cause: 'CESSATION', evidenceRef: '終了届' });
  return codeOf(await desk.post(`${one}/revocation/confirmation`, 'council'));
}

/** Up to the confirmed digests. */
async function confirmed(counterpart: string): Promise<string> {
  const { crossId } = desk.view(await desk.post('/cross-certifications', 'proposer', { counterpart }));
  const one = `/cross-certifications/${crossId}`;
  await desk.post(`${one}/policy-mapping`, 'council', { decisionRef: '運用会議決定 1' });
  const requests = [['TO_COUNTERPART', await desk.request(counterpart)], ['TO_BRIDGE', await desk.request('bridge')]] as const;
  for (const [direction, { request }] of requests) await desk.post(`${one}/${direction}/request`, 'registrar', { request });
  for (const [direction, { sha256 }] of requests) await desk.post(`${one}/${direction}/fingerprint`, 'listener', { fingerprint: sha256 });
  return one;
}

beforeAll(async () => {
  estate = await startEstate([module], { at: new Date('2016-02-10T01:00:00Z') });
  for (const counterpart of ['pref-01', 'pref-02', 'pref-03', 'pref-04']) crossed.set(counterpart, await desk.published({ counterpart }));
  await desk.quiet();
}, 180_000);

afterAll(async () => {
  await estate?.stop();
  token?.remove();
});

describe('lists that several would make (JPKI-4.8, 7)', () => {
  it('a kill between signing and publishing leaves the former list; the next try publishes it once', async () => {
    const before = await arl();
    await estate.sql("CREATE FUNCTION bridge_ca.fail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''killed''; END'");
    await estate.sql('CREATE TRIGGER killed BEFORE INSERT ON bridge_ca.revocation_list_issue FOR EACH ROW EXECUTE FUNCTION bridge_ca.fail()');
    const signatures = await signed();
    expect(await revoke('pref-01')).toBe('200');
    await estate.eventually(async () => (await signed()) > signatures);
    expect(await arl()).toEqual(before);
    await estate.restart();
    await estate.sql('DROP TRIGGER killed ON bridge_ca.revocation_list_issue');
    await desk.quiet();
    expect(await arl()).toEqual({ number: before.number + 1n, entries: before.entries + 1 });
    expect((await audited('revocation-list:bridge:ARL:2"')).filter((facts) => facts !== undefined)).toEqual([{ state: 'PUBLISHED', count: 1 }]);
  }, 120_000);

  it('two replicas sign every number once, rising, and what one published the other one goes on from', async () => {
    // Slow enough that both are at it at the same time.
    await estate.sql("CREATE FUNCTION bridge_ca.slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.5); RETURN NEW; END'");
    await estate.sql('CREATE TRIGGER slow BEFORE INSERT ON bridge_ca.revocation_list_issue FOR EACH ROW EXECUTE FUNCTION bridge_ca.slow()');
    const [before, signatures] = [(await issues()).length, await signed()];
    const tokens = new TokenVerifier({ issuer: '', audience: '' }, () => Promise.reject(new Error('no requests')));
    const replica = await start(estate.config, [module], { clock: estate.clock, verifier: tokens });
    expect(await Promise.all(['pref-02', 'pref-03'].map(revoke))).toEqual(['200', '200']);
    await desk.quiet();
    await replica.stop();
    await estate.sql('DROP TRIGGER slow ON bridge_ca.revocation_list_issue');
    const made = await issues();
    expect([made.length - before, (await signed()) - signatures]).toEqual([2, 2]);
    expect(made.map(({ number }) => number)).toEqual(made.map((_, index) => index + 1));
    expect(made.map(({ state }) => state)).toEqual([...made.slice(1).map(() => 'SUPERSEDED'), 'PUBLISHED']);
    expect(made.at(-1)?.entries).toBe(3);
  }, 120_000);
});

describe.skipIf(token === undefined)(`keys in a PKCS#11 token ${absence ?? 'of SoftHSM'} (JPKI-4.16, 7)`, () => {
  it('were all made in it; without it nobody is certified and lists wait, the former one is served; with it all is done once', async () => {
    if (token === undefined) return;
    const store = new Pkcs11KeyStore(token.config);
    expect(await store.list()).toEqual(['bridge-g1', ...[1, 2, 3, 4].map((number) => `pref-0${number}-g1`)]);
    const [{ certificate } = { certificate: Buffer.alloc(0) }] = await estate.sql<{ certificate: Buffer }>("SELECT certificate FROM bridge_ca.authority_generation WHERE authority_id = 'bridge'");
    expect((await store.open('bridge-g1')).publicKeySpki).toEqual(parseCertificate(certificate).spki);
    const [one, before] = [await confirmed('pref-05'), await arl()];
    store.close();
    token.unplug();
    expect(codeOf(await desk.post(`${one}/TO_COUNTERPART/certificate`, 'issuer'))).toBe('503 UNAVAILABLE');
    expect(await revoke('pref-04')).toBe('200');
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM bridge_ca.job WHERE state IN ('QUEUED', 'RUNNING')")).length > 0);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(await arl()).toEqual(before);
    token.plugIn();
    await estate.eventually(async () => codeOf(await desk.post(`${one}/TO_COUNTERPART/certificate`, 'issuer')) === '200', 60);
    const [issued] = await estate.sql<{ certificate: Buffer }>("SELECT c.certificate FROM bridge_ca.cross_certificate c WHERE c.issuer = 'bridge' AND c.subject = 'pref-05'");
    expect(isCertificateSignedBy(parseCertificate(issued?.certificate ?? Buffer.alloc(0)), parseCertificate(certificate).spki)).toBe(true);
    await desk.quiet();
    expect(await arl()).toEqual({ number: before.number + 1n, entries: before.entries + 1 });
    expect((await issues()).filter(({ state }) => state === 'FAILED')).toEqual([]);
  }, 180_000);
});

describe('a clock that went back (JPKI-7)', () => {
  it('stops every signature until it has passed what it showed, in a new process too; lists are served as they are, and it is told', async () => {
    const before = await arl();
    move(-60_000);
    expect(codeOf(await desk.post('/authorities/bridge/requests', 'registrar'))).toBe('503 UNAVAILABLE');
    await estate.eventually(async () => (await audited('CLOCK_UNTRUSTED')).length === 1);
    await estate.restart();
    // A new process knows from the record what was signed.
    expect(codeOf(await desk.post('/authorities/bridge/requests', 'registrar'))).toBe('503 UNAVAILABLE');
    expect(codeOf(await desk.post('/authorities/bridge/generations', 'planner', { activateAt: estate.clock.now().toISOString(), ceremonyRef: '議事録' }))).toBe('201');
    expect(codeOf(await desk.post('/authorities/bridge/generations/2/certification', 'keeper'))).toBe('503 UNAVAILABLE');
    expect(await arl()).toEqual(before);
    move(62_000);
    expect(codeOf(await desk.post('/authorities/bridge/requests', 'registrar'))).toBe('200');
    expect(codeOf(await desk.post('/authorities/bridge/generations/2/certification', 'keeper'))).toBe('200');
  }, 60_000);
});

it('an hour after a signature that is not on record there is an alarm, and none while all are (JPKI-4.16)', async () => {
  expect(await audited('SIGNATURE_NOT_LOGGED')).toEqual([]);
  move(HOUR_MS);
  await desk.request('bridge');
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect(await audited('SIGNATURE_NOT_LOGGED')).toEqual([]);
  await estate.sql("DELETE FROM bridge_ca.key_signature WHERE at = (SELECT max(at) FROM bridge_ca.key_signature WHERE key_id = 'bridge-g1')");
  move(HOUR_MS);
  expect(await estate.eventually(async () => ((found) => found.length > 0 && found)(await audited('SIGNATURE_NOT_LOGGED')))).toEqual([{ alarm: 'SIGNATURE_NOT_LOGGED', signatures: 1 }]);
});
