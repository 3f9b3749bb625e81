import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { cardAbolished, cardResumed, cardSuspended } from '#contracts/card-issuance';
import { activateCertificates, certificatesOfCard } from '#contracts/jpki-ca';
import { residentChanged, residentDied, residentMovedIn, residentMovedOut, type PersonView } from '#contracts/juki-net';
import { buildOcspError, certIdOf, createOcspRequest, crlEntriesOf, encodeOcspGet, parseCertificate, parseCrl, parseOcspResponse, verifyOcspResponse, type BasicOcspResponse } from '#pki';
import { migrate, start, Peers } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { jpkiCaModule } from './jpki-ca.module.js';
import {
  Neighbours, cardExpiry, cardSerial, cardService, certifyBatch, csr, listen, openssl, operator, otherWindow, stranger, tell, verifier, window, KASUMI, type CertificationRequest,
} from './neighbours.fixture.js';

const BASE = '/api/jpki-ca/v1';
const neighbours = new Neighbours();
const folder = mkdtempSync(join(tmpdir(), 'kiban-jpki-'));
let estate: TestEstate;
let peers: Peers | undefined;
let stream: Awaited<ReturnType<typeof listen>>;
let recordNo = 0;

const code = (answer: Answer): string => z.object({ code: z.string() }).parse(answer.json).code;
const file = (name: string, bytes: Buffer | string): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

async function request(person: PersonView, more: Partial<CertificationRequest> = {}): Promise<CertificationRequest> {
  const [sign, auth] = [await csr(), await csr()];
  recordNo += 1;
  return {
    recordNo, cardSerial: cardSerial(), personKey: person.personKey, municipalityCode: person.municipalityCode, factVersion: person.factVersion, cardExpiry: cardExpiry(estate),
    signCsr: sign.der, authCsr: auth.der, ...more,
  };
}

const ask = <I, O>(rpc: Parameters<Peers['call']>[0] & { input: z.ZodType<I>; output: z.ZodType<O> }, input: I): Promise<O> =>
  (peers ?? new Peers(estate.config, { token: () => estate.token(cardService) })).call(rpc, { correlationId: `test-${randomUUID()}`, purpose: 'CARD_HANDOVER' }, input) as Promise<O>;

async function certificates(serial: string) {
  const { certificates: found } = await ask(certificatesOfCard, { cardSerial: serial });
  return { sign: found.find(({ type }) => type === 'SIGN_CERT'), auth: found.find(({ type }) => type === 'AUTH_CERT') };
}

const statesOf = async (serial: string) => {
  const { sign, auth } = await certificates(serial);
  return [sign?.state, auth?.state];
};

/** A resident with a card of two valid certificates. */
async function holder(more: Partial<PersonView> = {}) {
  const person = neighbours.person(more);
  const card = await request(person);
  await certifyBatch(estate, neighbours, [card]);
  await ask(activateCertificates, { cardSerial: card.cardSerial, personKey: person.personKey, wishSign: true, wishAuth: true });
  const { sign, auth } = await certificates(card.cardSerial);
  if (sign === undefined || auth === undefined) throw new Error('no certificates');
  return { person, card, sign, auth };
}

async function caCertificate(ca: 'sign' | 'auth'): Promise<Buffer> {
  return (await estate.request('GET', `${BASE}/cas/${ca}/certificate`, { as: verifier })).bytes;
}

const fact = (person: PersonView, factVersion: number, more: object = {}) => ({
  personKey: person.personKey, factVersion, factDate: '2016-02-01', municipalityCode: person.municipalityCode, reason: '30', fields: ['address'], ...more,
});

/** What was told of a certificate, each with its sequence. */
function told(aggregateId: string): string[] {
  return stream.events.filter(({ subject }) => subject === aggregateId).map(({ type, sequence }) => `${sequence} ${type.split('.').slice(4, 5).join()}`);
}

const audited = async (action: string): Promise<string[]> =>
  (await estate.sql<{ entry: string }>("SELECT entry FROM jpki_ca.audit_line WHERE entry::json->>'action' = $1 ORDER BY at", action)).map(({ entry }) => entry);

async function ocsp(ca: 'sign' | 'auth', serials: string[], options: { as?: typeof verifier; hash?: 'sha1' | 'sha256'; nonce?: Buffer } = {}) {
  const issuer = parseCertificate(await caCertificate(ca));
  const items = serials.map((serial) => certIdOf(issuer, BigInt(`0x${serial}`), options.hash ?? 'sha1'));
  const body = createOcspRequest({ items, ...(options.nonce === undefined ? {} : { nonce: options.nonce }) });
  const answer = await estate.request('POST', `${BASE}/ocsp/${ca}`, { as: options.as ?? verifier, headers: { 'content-type': 'application/ocsp-request' }, body });
  return { answer, issuer, body };
}

function basic(answer: Answer): BasicOcspResponse {
  const response = parseOcspResponse(answer.bytes);
  if (response.status !== 'successful') throw new Error(response.status);
  return response;
}

async function publishedCrl(partition: string): Promise<Buffer> {
  const { json } = await estate.request('POST', `${BASE}/crl-partitions/${partition}/issues`, { as: operator, body: {} });
  const { number } = z.object({ number: z.number() }).parse(json);
  return estate.eventually(async () => {
    const answer = await estate.request('GET', `${BASE}/crl-partitions/${partition}/current.crl`, { as: verifier });
    return answer.status === 200 && Number(parseCrl(answer.bytes).number) > number ? answer.bytes : undefined;
  });
}

/** The ports are new after each start. */
function connect(): void {
  peers?.close();
  peers = new Peers(estate.config, { token: () => estate.token(cardService) });
}

beforeAll(async () => {
  estate = await startEstate([...neighbours.modules(), jpkiCaModule]);
  stream = await listen(estate.natsUrl);
  connect();
  for (const organisation of ['tax']) for (const ca of ['sign', 'auth']) await estate.request('POST', `${BASE}/access-grants`, { as: operator, body: { organisation, ca } });
  const names = { municipalityCode: KASUMI, prefectureRomaji: 'Kasumi-ken', municipalityRomaji: 'Kasumi-shi' };
  expect((await estate.request('POST', `${BASE}/crl-partitions`, { as: operator, body: names })).json).toEqual({ partitions: ['sign-99001', 'auth-99001'] });
});

afterAll(async () => {
  peers?.close();
  await stream?.close();
  await estate?.stop();
  neighbours.close();
  rmSync(folder, { recursive: true });
});

describe('authorities (JPKI-4.2, 4.3)', () => {
  it('were created once, O=JPKI-TEST, and are the same after a restart and with a second replica', async () => {
    const before = await caCertificate('sign');
    const root = parseCertificate(before);
    expect(root.subject.find(({ type }) => type === 'O')?.value).toBe('JPKI-TEST');
    expect(root.notAfter.toISOString().slice(11)).toBe('14:59:59.000Z');
    expect(await openssl('verify', '-CAfile', file('root.pem', (await estate.request('GET', `${BASE}/cas/sign/certificate?format=pem`, { as: stranger })).bytes), join(folder, 'root.pem'))).toContain('OK');
    const other = await start(estate.config, [jpkiCaModule], { clock: estate.clock });
    await other.stop();
    expect(await caCertificate('sign')).toEqual(before);
    expect(await estate.sql('SELECT ca, generation, serial::int FROM jpki_ca.ca_key_generation ORDER BY ca')).toEqual([{ ca: 'auth', generation: 1, serial: 1 }, { ca: 'sign', generation: 1, serial: 1 }]);
  });

  it('two replicas starting at once on fresh data make one generation and one responder of each', async () => {
    const fresh = await startEstate([]);
    try {
      await migrate(fresh.adminUrl, fresh.config.database.secret, [jpkiCaModule]);
      const replicas = await Promise.all([1, 2].map(() => start(fresh.config, [jpkiCaModule], { clock: fresh.clock })));
      expect(await fresh.sql('SELECT count(*)::int AS n FROM jpki_ca.ca_key_generation')).toEqual([{ n: 2 }]);
      expect(await fresh.sql('SELECT count(*)::int AS n FROM jpki_ca.ocsp_responder')).toEqual([{ n: 2 }]);
      await Promise.all(replicas.map((replica) => replica.stop()));
      const production = { ...fresh.config, environment: 'production' as const };
      await expect(start(production, [jpkiCaModule], { clock: fresh.clock })).rejects.toThrow('O=JPKI-TEST');
    } finally {
      await fresh.stop();
    }
  });
});

describe('production batch (JPKI-4.6)', () => {
  it('certifies every card that passes, names the reason for the others, and a second run changes nothing', async () => {
    const [good, moved, gone, child, elsewhere] = [
      neighbours.person(), neighbours.person({ factVersion: 2 }), neighbours.person({ status: 'DECEASED' }),
      neighbours.person({ birthDate: `${estate.clock.now().getUTCFullYear() - 10}0101` }), neighbours.person({ municipalityCode: '990027' }),
    ];
    const weak = await request(neighbours.person(), { signCsr: Buffer.from('no request') });
    const reused = await csr();
    const cards = [
      await request(good), await request(moved, { factVersion: 1 }), await request(gone), await request(child), await request(elsewhere), weak,
      await request(neighbours.person(), { signCsr: reused.der, authCsr: reused.der }),
    ];
    const { batchId, result } = await certifyBatch(estate, neighbours, cards);
    expect(result).toEqual({ issued: 5, rejected: 9 });
    const rejections = z.object({ productionBatchId: z.string(), cardSerial: z.string(), type: z.string(), code: z.string() });
    const rejected = await estate.eventually(async () => {
      const found = stream.events.filter(({ type }) => type.includes('issuance.rejected')).map(({ data }) => rejections.parse(data));
      return found.length === 9 ? found : undefined;
    });
    expect(new Set(rejected.map(({ productionBatchId }) => productionBatchId))).toEqual(new Set([batchId]));
    expect(rejected.map(({ cardSerial: serial, type, code: why }) => `${cards.findIndex((card) => card.cardSerial === serial)} ${type} ${why}`).sort()).toEqual([
      '1 AUTH_CERT ATTRIBUTE_MISMATCH', '1 SIGN_CERT ATTRIBUTE_MISMATCH', '2 AUTH_CERT NOT_RESIDENT', '2 SIGN_CERT NOT_RESIDENT', '3 SIGN_CERT UNDER_AGE',
      '4 AUTH_CERT PARTITION_UNKNOWN', '4 SIGN_CERT PARTITION_UNKNOWN', '5 SIGN_CERT BAD_CSR', '6 SIGN_CERT KEY_REUSED',
    ]);
    const card = cards[0]?.cardSerial ?? '';
    const { sign, auth } = await certificates(card);
    expect([sign?.state, auth?.state]).toEqual(['ISSUED_INACTIVE', 'ISSUED_INACTIVE']);
    expect((sign?.notAfter ?? '') <= (auth?.notAfter ?? '')).toBe(true);
    expect(told(`sign:${sign?.serial}`)).toEqual(['1 issued']);
    // The four attributes are in the certificate and readable nowhere in its row.
    const [row] = await estate.sql<{ der: Buffer }>('SELECT der FROM jpki_ca.certificate WHERE ca = $1 AND card_serial = $2', 'sign', card);
    expect([row?.der.includes(Buffer.from('花子')), sign?.der.includes(Buffer.from('基盤　花子'))]).toEqual([false, true]);

    const count = () => estate.sql('SELECT count(*)::int AS certificates, max(serial)::int AS serial FROM jpki_ca.certificate');
    const before = await count();
    await estate.sql("UPDATE jpki_ca.job SET state = 'QUEUED', cursor = NULL, done = 0, result = NULL, lease_until = NULL WHERE parameters->>'batchId' = $1", batchId);
    await estate.eventually(async () => (await estate.sql<{ state: string }>("SELECT state FROM jpki_ca.job WHERE parameters->>'batchId' = $1", batchId))[0]?.state === 'SUCCEEDED');
    expect(await count()).toEqual(before);
    expect((await certificates(card)).sign?.der).toEqual(sign?.der);
    expect(told(`sign:${sign?.serial}`)).toEqual(['1 issued']);
  });

  it('a kill between the two records leaves nothing valid; the next run signs what was recorded (JPKI-3.3)', async () => {
    const card = await request(neighbours.person());
    await estate.sql("CREATE FUNCTION jpki_ca.fail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''killed''; END'");
    await estate.sql('CREATE TRIGGER killed BEFORE INSERT ON jpki_ca.certificate FOR EACH ROW EXECUTE FUNCTION jpki_ca.fail()');
    const running = certifyBatch(estate, neighbours, [card]).catch((error: unknown) => error);
    const recorded = await estate.eventually(async () => {
      const rows = await estate.sql<{ state: string; serial: string }>('SELECT state, serial FROM jpki_ca.issuance_request WHERE card_serial = $1 ORDER BY ca', card.cardSerial);
      return rows.length === 2 ? rows : undefined;
    });
    expect(recorded.map(({ state }) => state)).toEqual(['LINTED', 'LINTED']);
    expect(await statesOf(card.cardSerial)).toEqual([undefined, undefined]);
    await estate.restart();
    connect();
    await estate.sql('DROP TRIGGER killed ON jpki_ca.certificate');
    expect(await running).toMatchObject({ result: { issued: 2, rejected: 0 } });
    const { sign } = await certificates(card.cardSerial);
    expect(Number.parseInt(sign?.serial ?? '', 16)).toBe(Number(recorded[1]?.serial));
    expect(await estate.sql('SELECT state FROM jpki_ca.issuance_request WHERE card_serial = $1', card.cardSerial)).toEqual([{ state: 'SIGNED' }, { state: 'SIGNED' }]);
  });
});

describe('what must not strand a production batch (JPKI-4.6)', () => {
  it('waits for a neighbour that stays away longer than a job may fail', async () => {
    // Each question of a job is tried four times.
    neighbours.away = 24;
    expect(await certifyBatch(estate, neighbours, [await request(neighbours.person())], 45)).toMatchObject({ result: { issued: 2, rejected: 0 } });
    expect(neighbours.away).toBe(0);
  });

  it('refuses one odd order and certifies the others', async () => {
    const [odd, expired, good] = [
      await request(neighbours.person({ birthDate: '09850401' })), await request(neighbours.person(), { cardExpiry: '2020-01-01' }), await request(neighbours.person()),
    ];
    expect(await certifyBatch(estate, neighbours, [odd, expired, good])).toMatchObject({ result: { issued: 3, rejected: 3 } });
    const rejected = await estate.sql("SELECT type, code FROM jpki_ca.issuance_request WHERE card_serial = ANY($1) AND state = 'REJECTED' ORDER BY code, type", [odd.cardSerial, expired.cardSerial]);
    expect(rejected).toEqual([{ type: 'AUTH_CERT', code: 'CARD_EXPIRED' }, { type: 'SIGN_CERT', code: 'CARD_EXPIRED' }, { type: 'SIGN_CERT', code: 'LINT_FAILED' }]);
    expect(await statesOf(good.cardSerial)).toEqual(['ISSUED_INACTIVE', 'ISSUED_INACTIVE']);
  });
});

describe('hand-over (JPKI-3.4)', () => {
  it('brings the wished certificate into force, revokes the other, and a repetition changes nothing', async () => {
    const person = neighbours.person();
    const card = await request(person);
    await certifyBatch(estate, neighbours, [card]);
    const wish = { cardSerial: card.cardSerial, personKey: person.personKey, wishSign: false, wishAuth: true };
    await expect(ask(activateCertificates, { ...wish, personKey: randomUUID() })).rejects.toMatchObject({ code: 'PERSON_MISMATCH' });
    const first = await ask(activateCertificates, wish);
    expect(first.certificates.map(({ type, state }) => `${type} ${state}`)).toEqual(['SIGN_CERT REVOKED', 'AUTH_CERT VALID']);
    expect(await ask(activateCertificates, wish)).toEqual(first);
    const { sign, auth } = await certificates(card.cardSerial);
    await estate.eventually(async () => told(`sign:${sign?.serial}`).length === 2);
    expect([told(`sign:${sign?.serial}`), told(`auth:${auth?.serial}`)]).toEqual([['1 issued', '2 revoked'], ['1 issued', '2 activated']]);
    const records = await estate.sql("SELECT cause, reason FROM jpki_ca.revocation_record WHERE ca = 'sign' AND serial = $1", Number.parseInt(sign?.serial ?? '', 16));
    expect(records).toEqual([{ cause: 'NOT_WANTED', reason: 4 }]);
  });

  it('a second card replaces the first in the same moment: never two in force', async () => {
    const { person, card } = await holder();
    const second = await request(person);
    await certifyBatch(estate, neighbours, [second]);
    expect(await statesOf(card.cardSerial)).toEqual(['VALID', 'VALID']);
    await ask(activateCertificates, { cardSerial: second.cardSerial, personKey: person.personKey, wishSign: true, wishAuth: true });
    expect([await statesOf(card.cardSerial), await statesOf(second.cardSerial)]).toEqual([['REVOKED', 'REVOKED'], ['VALID', 'VALID']]);
  });
});

describe('resident changes (JPKI-3.6, 4.7)', () => {
  it('a move revokes the signature certificate, leaves the other, and verifiers see it by OCSP and CRL with the openssl program', async () => {
    const { person, card, sign, auth } = await holder();
    const token = await estate.token(verifier);
    const pem = async (ca: 'sign' | 'auth') => file(`${ca}-ca.pem`, (await estate.request('GET', `${BASE}/cas/${ca}/certificate?format=pem`, { as: verifier })).bytes);
    const cas = { sign: await pem('sign'), auth: await pem('auth') };
    const held = { sign: file('sign.der', sign.der), auth: file('auth.der', auth.der) };
    const verify = async (ca: 'sign' | 'auth') => {
      const crl = file(`${ca}.crl`, await publishedCrl(`${ca}-99001`));
      return openssl('verify', '-x509_strict', '-crl_check', '-CRLfile', crl, '-CAfile', cas[ca], held[ca]);
    };
    const ocspStatus = (ca: 'sign' | 'auth') => {
      const url = `http://127.0.0.1:${estate.running.httpPort}${BASE}/ocsp/${ca}`;
      return openssl('ocsp', '-issuer', cas[ca], '-cert', held[ca], '-CAfile', cas[ca], '-url', url, '-header', `Authorization=Bearer ${token}`);
    };
    expect([await verify('sign'), await verify('auth')].map((text) => /: OK/.test(text))).toEqual([true, true]);
    expect(await ocspStatus('sign')).toMatch(/: good[^]*Response verify OK/);

    await tell(estate, residentMovedIn, person.personKey, 2, fact(person, 2, { reason: '11', municipalityCode: '990027' }));
    await estate.eventually(async () => (await statesOf(card.cardSerial))[0] === 'REVOKED');
    expect(await verify('sign')).toContain('certificate revoked');
    expect(await verify('auth')).toContain(': OK');
    expect(await ocspStatus('sign')).toMatch(/: revoked[^]*Reason: affiliationChanged[^]*Response verify OK/);
    expect(await ocspStatus('auth')).toMatch(/: good[^]*Response verify OK/);
    expect(told(`sign:${sign.serial}`)).toEqual(['1 issued', '2 activated', '3 revoked']);
    // The window of the new municipality is now in charge.
    const path = `${BASE}/certificates/auth/${auth.serial}`;
    expect((await estate.request('GET', path, { as: otherWindow, purpose: 'CERTIFICATE_STATUS' })).json).toMatchObject({ state: 'VALID' });
    expect(code(await estate.request('GET', path, { as: window, purpose: 'CERTIFICATE_STATUS' }))).toBe('OUT_OF_JURISDICTION');
  });

  it('applies versions strictly in order, ignores minor corrections and numbers, and a death ends both', async () => {
    const { person, card } = await holder({ factVersion: 3 });
    const states = async () => estate.sql<{ fact_version: string; state: string }>('SELECT fact_version, state FROM jpki_ca.resident_change_notice WHERE person_key = $1 ORDER BY fact_version', person.personKey);
    const waitFor = (count: number) => estate.eventually(async () => ((await states()).length === count ? true : undefined));
    await tell(estate, residentDied, person.personKey, 6, fact(person, 6, { reason: '20', fields: [] }));
    await tell(estate, residentChanged, person.personKey, 5, fact(person, 5));
    await tell(estate, residentChanged, person.personKey, 3, fact(person, 3));
    await waitFor(3);
    expect((await states()).map(({ state }) => state)).toEqual(['SUPERSEDED', 'ARRIVED', 'ARRIVED']);
    expect(await statesOf(card.cardSerial)).toEqual(['VALID', 'VALID']);
    await tell(estate, residentChanged, person.personKey, 4, fact(person, 4, { reason: '42', fields: ['individualNumber'] }));
    await waitFor(4);
    expect((await states()).map(({ state }) => state)).toEqual(['SUPERSEDED', 'APPLIED', 'APPLIED', 'APPLIED']);
    expect(await statesOf(card.cardSerial)).toEqual(['REVOKED', 'REVOKED']);
    await tell(estate, residentMovedIn, person.personKey, 7, fact(person, 7, { reason: '11' }));
    await waitFor(5);
    expect((await states()).at(-1)?.state).toBe('QUARANTINED');
  });

  it('leaves both alone when someone moves to another municipality of Japan, and catches up with notices that overtook the issue', async () => {
    const { person, card } = await holder();
    await tell(estate, residentMovedOut, person.personKey, 2, { ...fact(person, 2, { reason: '21', fields: [] }), abroad: false });
    await estate.eventually(async () => (await estate.sql("SELECT 1 AS x FROM jpki_ca.resident_change_notice WHERE person_key = $1 AND state = 'APPLIED'", person.personKey)).length === 1);
    expect(await statesOf(card.cardSerial)).toEqual(['VALID', 'VALID']);
    const early = neighbours.person();
    await tell(estate, residentChanged, early.personKey, 2, fact(early, 2));
    await estate.eventually(async () => (await estate.sql("SELECT 1 AS x FROM jpki_ca.resident_change_notice WHERE person_key = $1 AND state = 'NO_CERTIFICATE'", early.personKey)).length === 1);
    const late = await request(early);
    await certifyBatch(estate, neighbours, [late]);
    expect(await statesOf(late.cardSerial)).toEqual(['REVOKED', 'ISSUED_INACTIVE']);
  });
});

describe('stops, holds and revocations (JPKI-3.9, 4.7)', () => {
  it('a stopped card holds AUTH and ends SIGN; resumed it releases; a stop that comes late holds nothing; abolished ends all', async () => {
    const { person, card } = await holder();
    const { cardSerial: serial } = card;
    const data = (from: 'ACTIVE' | 'SUSPENDED', to: 'ACTIVE' | 'SUSPENDED' | 'ABOLISHED') => ({ cardSerial: serial, personKey: person.personKey, municipalityCode: KASUMI, from, to });
    const become = (sign: string, auth: string) => estate.eventually(async () => (await statesOf(serial)).join() === `${sign},${auth}`);
    await tell(estate, cardSuspended, serial, 9, data('ACTIVE', 'SUSPENDED'));
    await become('REVOKED', 'HELD');
    await tell(estate, cardResumed, serial, 11, data('SUSPENDED', 'ACTIVE'));
    await become('REVOKED', 'VALID');
    await tell(estate, cardSuspended, serial, 10, data('ACTIVE', 'SUSPENDED'));
    await tell(estate, cardAbolished, serial, 12, data('ACTIVE', 'ABOLISHED'));
    await become('REVOKED', 'REVOKED');
    const { auth } = await certificates(serial);
    expect(told(`auth:${auth?.serial}`)).toEqual(['1 issued', '2 activated', '3 held', '4 released', '5 revoked']);
  });

  it('a stop heard before the hand-over is in force at the hand-over, until it is lifted', async () => {
    const person = neighbours.person();
    const card = await request(person);
    const { cardSerial: serial } = card;
    await certifyBatch(estate, neighbours, [card]);
    const data = (from: 'ACTIVE' | 'SUSPENDED', to: 'ACTIVE' | 'SUSPENDED') => ({ cardSerial: serial, personKey: person.personKey, municipalityCode: KASUMI, from, to });
    const become = (sign: string, auth: string) => estate.eventually(async () => (await statesOf(serial)).join() === `${sign},${auth}`);
    await tell(estate, cardSuspended, serial, 3, data('ACTIVE', 'SUSPENDED'));
    await become('REVOKED', 'ISSUED_INACTIVE');
    const wish = { cardSerial: serial, personKey: person.personKey, wishSign: true, wishAuth: true };
    expect((await ask(activateCertificates, wish)).certificates.map(({ state }) => state)).toEqual(['REVOKED', 'HELD']);
    await tell(estate, cardResumed, serial, 4, data('SUSPENDED', 'ACTIVE'));
    await become('REVOKED', 'VALID');
    const { auth } = await certificates(serial);
    expect(told(`auth:${auth?.serial}`)).toEqual(['1 issued', '2 activated', '3 held', '4 released']);
  });

  it('holds by telephone, releases at the counter only, lists the hold and takes it off again', async () => {
    const { auth } = await holder();
    const path = `${BASE}/certificates/auth/${auth.serial}`;
    const listed = async () => [...crlEntriesOf(parseCrl(await publishedCrl('auth-99001')))].find(({ serial }) => serial === BigInt(`0x${auth.serial}`))?.reason;
    const held = await estate.request('POST', `${path}/holds`, { as: operator, purpose: 'CALL_CENTRE', body: { callRef: 'call-1' } });
    expect([held.status, held.json]).toMatchObject([201, { state: 'HELD', reasonCode: 6 }]);
    expect(await listed()).toBe('certificateHold');
    const release = (as: typeof operator) => estate.request('DELETE', `${path}/holds`, { as, purpose: 'CERTIFICATE_STATUS', body: { identityRef: 'id-1' } });
    expect(code(await release(operator))).toBe('RELEASE_NOT_IN_PERSON');
    expect(code(await release(otherWindow))).toBe('OUT_OF_JURISDICTION');
    expect((await release(window)).json).toMatchObject({ state: 'VALID' });
    expect(await listed()).toBe(undefined);
    expect((await audited('jpki-ca.certificate.release')).map((entry) => z.object({ outcome: z.string() }).parse(JSON.parse(entry)).outcome).sort()).toEqual(['DONE', 'REFUSED', 'REFUSED']);
  });

  it('revokes on report with invalidity date and a list at once; final stays final unless it becomes graver', async () => {
    const { sign, auth } = await holder();
    const revoke = (ca: string, serial: string, body: object, as = window) => estate.request('POST', `${BASE}/certificates/${ca}/${serial}/revocations`, { as, purpose: 'CERTIFICATE_STATUS', body });
    expect(code(await revoke('sign', sign.serial, { cause: 'KEY_LEAKED_OR_LOST', evidenceRef: 'r' }, operator))).toBe('CAUSE_NOT_PERMITTED');
    const first = await revoke('sign', sign.serial, { cause: 'HOLDER_APPLICATION', evidenceRef: 'a-1' });
    expect(first.json).toMatchObject({ state: 'REVOKED', reasonCode: 5 });
    expect(code(await revoke('sign', sign.serial, { cause: 'HOLDER_APPLICATION', evidenceRef: 'a-2' }))).toBe('ALREADY_FINAL');
    const [number] = await estate.sql<{ last_number: string }>("SELECT last_number FROM jpki_ca.crl_partition WHERE id = 'sign-99001'");
    const lostAt = `${estate.clock.now().toISOString().slice(0, 19)}.000Z`;
    const graver = await revoke('sign', sign.serial, { cause: 'KEY_LEAKED_OR_LOST', evidenceRef: 'r-1', invalidityDate: lostAt });
    const revokedAt = z.object({ revokedAt: z.string() });
    expect(graver.json).toMatchObject({ reasonCode: 1, revokedAt: revokedAt.parse(first.json).revokedAt });
    const entry = await estate.eventually(async () => {
      const crl = parseCrl((await estate.request('GET', `${BASE}/crl-partitions/sign-99001/current.crl`, { as: verifier })).bytes);
      return Number(crl.number) > Number(number?.last_number) ? [...crlEntriesOf(crl)].find(({ serial }) => serial === BigInt(`0x${sign.serial}`)) : undefined;
    });
    expect([entry.reason, entry.invalidityDate?.toISOString()]).toEqual(['keyCompromise', lostAt]);
    expect(code(await estate.request('GET', `${BASE}/certificates/auth/${auth.serial}`, { as: window }))).toBe('PURPOSE_REQUIRED');
    expect(code(await estate.request('GET', `${BASE}/certificates/auth/ffffff`, { as: window, purpose: 'CERTIFICATE_STATUS' }))).toBe('NOT_FOUND');
  });
});

describe('input that no certificate or list can carry', () => {
  it('an invalidity date must lie in the life of the key, so that it cannot stop the list (JPKI-4.8)', async () => {
    const { sign } = await holder();
    const revoke = (invalidityDate: string) => estate.request('POST', `${BASE}/certificates/sign/${sign.serial}/revocations`, {
      as: window, purpose: 'CERTIFICATE_STATUS', body: { cause: 'KEY_LEAKED_OR_LOST', evidenceRef: 'r-1', invalidityDate },
    });
    const tomorrow = new Date(estate.clock.now().getTime() + 86_400_000).toISOString();
    for (const date of ['0000-01-04T00:00:00Z', '0016-01-04T00:00:00Z', tomorrow]) {
      const answer = await revoke(date);
      expect([answer.status, answer.json]).toMatchObject([400, { code: 'INVALID_INPUT', errors: [{ pointer: '/invalidityDate' }] }]);
    }
    expect((await revoke(estate.clock.now().toISOString())).status).toBe(201);
    await publishedCrl('sign-99001');
  });

  it('a list whose entries cannot be written fails alone: the next one of the run is published (JPKI-3.7)', async () => {
    const [entry] = await estate.sql<{ serial: string }>("UPDATE jpki_ca.revoked SET invalidity_date = '0016-01-04T00:00:00Z' WHERE ca = 'auth' AND serial = (SELECT min(serial) FROM jpki_ca.revoked WHERE ca = 'auth') RETURNING serial");
    const count = async (partition: string, what: string) => (await estate.sql<{ n: number }>(`SELECT count(*)::int AS n FROM jpki_ca.crl_issue WHERE partition_id = $1 AND ${what}`, partition))[0]?.n ?? 0;
    const before = await count('sign-99001', 'scheduled');
    await estate.sql("DELETE FROM jpki_ca.cursor WHERE name = 'schedule:daily-crl'");
    await estate.eventually(async () => (await count('sign-99001', 'scheduled')) > before);
    expect(await count('auth-99001', "scheduled AND state = 'FAILED' AND fault = 'BAD_TIME'")).toBe(1);
    await estate.sql("UPDATE jpki_ca.revoked SET invalidity_date = NULL WHERE ca = 'auth' AND serial = $1", entry?.serial);
  });

  it('is refused with a stable code, never as a fault of the service', async () => {
    const { der } = await csr();
    const body = { type: 'AUTH_CERT', cardSerial: cardSerial(), personKey: neighbours.person().personKey, csr: der.toString('base64'), windowId: '99001001A', requestId: 'old', cardExpiry: '2020-01-01' };
    expect(code(await estate.request('POST', `${BASE}/issuance-requests`, { as: window, purpose: 'CERTIFICATE_ISSUE', body }))).toBe('CARD_EXPIRED');
    expect(code(await estate.request('GET', `${BASE}/crl-partitions/sign%00/current.crl`, { as: verifier }))).toBe('INVALID_INPUT');
    expect(code(await estate.request('POST', `${BASE}/crl-partitions/sign%00/issues`, { as: operator, body: {} }))).toBe('INVALID_INPUT');
    const { auth } = await holder();
    const holds = `${BASE}/certificates/auth/${auth.serial}/holds`;
    expect(code(await estate.request('POST', holds, { as: operator, purpose: 'CALL_CENTRE', body: { callRef: 'call\u0000' } }))).toBe('INVALID_INPUT');
    await expect(ask(certificatesOfCard, { cardSerial: 'card\u0000' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('window (JPKI-4.6, channel WINDOW)', () => {
  it('issues, repeats the same octets, comes into force by the read-back, replaces only when told', async () => {
    const { person, card, auth: old } = await holder();
    const { der } = await csr();
    const body = { type: 'AUTH_CERT', cardSerial: card.cardSerial, personKey: person.personKey, csr: der.toString('base64'), windowId: '99001001A', requestId: 'r-1', cardExpiry: card.cardExpiry };
    const issue = (more: object = {}, as = window) => estate.request('POST', `${BASE}/issuance-requests`, { as, purpose: 'CERTIFICATE_ISSUE', body: { ...body, ...more } });
    expect(code(await issue())).toBe('DUPLICATE_VALID');
    expect(code(await issue({ windowId: '99002001A' }))).toBe('OUT_OF_JURISDICTION');
    expect(code(await issue({ csr: card.authCsr?.toString('base64'), replaces: true }))).toBe('KEY_REUSED');
    const answer = z.object({ id: z.string(), serial: z.string(), certificate: z.string(), state: z.string() });
    const [first, again] = [await issue({ replaces: true }), await issue({ replaces: true })];
    expect([first.status, again.json]).toEqual([201, first.json]);
    expect(code(await issue({ replaces: true, cardExpiry: '2099-01-01' }))).toBe('IDEMPOTENCY_CONFLICT');
    const { id, certificate } = answer.parse(first.json);
    const deliver = (sha256: string) => estate.request('POST', `${BASE}/issuance-requests/${id}/delivery`, { as: window, purpose: 'CERTIFICATE_ISSUE', body: { sha256 } });
    expect(code(await deliver('0'.repeat(64)))).toBe('HASH_DIFFERS');
    const digest = createHash('sha256').update(Buffer.from(certificate, 'base64')).digest('hex');
    expect([(await deliver(digest)).json, (await deliver(digest)).json]).toMatchObject([{ state: 'VALID', channel: 'WINDOW' }, { state: 'VALID' }]);
    const replaced = await estate.request('GET', `${BASE}/certificates/auth/${old.serial}`, { as: window, purpose: 'CERTIFICATE_STATUS' });
    expect(replaced.json).toMatchObject({ state: 'REVOKED', reasonCode: 4 });
    // A second attempt that is never confirmed, which no hand-over brings into force, is revoked after a day (JPKI-3.3).
    const other = await csr();
    const lost = answer.parse((await issue({ replaces: true, requestId: 'r-2', csr: other.der.toString('base64') })).json);
    const { certificates: after } = await ask(activateCertificates, { cardSerial: card.cardSerial, personKey: person.personKey, wishSign: true, wishAuth: true });
    expect(after.filter(({ type }) => type === 'AUTH_CERT').map(({ state }) => state)).toEqual(['REVOKED', 'VALID', 'ISSUED_INACTIVE']);
    await estate.sql("UPDATE jpki_ca.issuance_request SET changed_at = changed_at - interval '25 hours' WHERE id = $1", lost.id);
    await estate.sql("DELETE FROM jpki_ca.cursor WHERE name = 'schedule:undelivered-certificates'");
    await estate.eventually(async () => (await estate.sql<{ state: string }>('SELECT state FROM jpki_ca.issuance_request WHERE id = $1', lost.id))[0]?.state === 'UNDELIVERED');
    expect((await estate.request('GET', `${BASE}/certificates/auth/${lost.serial}`, { as: window, purpose: 'CERTIFICATE_STATUS' })).json).toMatchObject({ state: 'REVOKED' });
  });
});

describe('OCSP (JPKI-4.9)', () => {
  it('answers by POST and GET, with both hashes, echoing the nonce, never good for what was not issued', async () => {
    const { sign } = await holder();
    const inactive = await request(neighbours.person());
    await certifyBatch(estate, neighbours, [inactive]);
    const waiting = (await certificates(inactive.cardSerial)).sign?.serial ?? '';
    const nonce = Buffer.alloc(32, 7);
    const serials = [sign.serial, waiting, 'ffffff'].map((serial) => BigInt(`0x${serial}`));
    const { answer, issuer } = await ocsp('sign', [sign.serial, waiting, 'ffffff'], { hash: 'sha256', nonce });
    expect([answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual(['application/ocsp-response', 'no-store']);
    const answers = verifyOcspResponse(basic(answer), { issuer, serials, nonce, at: estate.clock.now() });
    expect(answers.map(({ status }) => (status.kind === 'revoked' ? `revoked ${status.reason}` : status.kind))).toEqual(['good', 'revoked certificateHold', 'unknown']);
    expect((answers[0]?.nextUpdate?.getTime() ?? 0) - (answers[0]?.thisUpdate.getTime() ?? 0)).toBe(15 * 60_000);
    const plain = await ocsp('sign', [sign.serial]);
    const get = await estate.request('GET', `${BASE}/ocsp/sign/${encodeOcspGet(plain.body)}`, { as: verifier });
    expect(verifyOcspResponse(basic(get), { issuer, serials: [BigInt(`0x${sign.serial}`)], at: estate.clock.now() })[0]?.status.kind).toBe('good');
    expect(60 - Number(/max-age=(\d+)/.exec(get.headers.get('cache-control') ?? '')?.[1])).toBeCloseTo((estate.clock.now().getTime() - basic(get).producedAt.getTime()) / 1_000, -0.5);
    // The authority for authentication knows nothing of the other's certificates.
    const elsewhere = await estate.request('POST', `${BASE}/ocsp/auth`, { as: verifier, headers: { 'content-type': 'application/ocsp-request' }, body: plain.body });
    expect(parseOcspResponse(elsewhere.bytes)).toMatchObject({ answers: [{ status: { kind: 'unknown' } }] });
  });

  it('gives a signed answer again for a minute, but never after what it says has changed', async () => {
    const { sign } = await holder();
    const ask = async (as = verifier) => (await ocsp('sign', [sign.serial], { as })).answer;
    expect([(await ask()).bytes, (await ask(stranger)).bytes]).toEqual([(await ask()).bytes, buildOcspError('unauthorized')]);
    await estate.request('POST', `${BASE}/certificates/sign/${sign.serial}/revocations`, { as: window, purpose: 'CERTIFICATE_STATUS', body: { cause: 'HOLDER_APPLICATION', evidenceRef: 'a-9' } });
    const revoked = await ask();
    expect(basic(revoked).answers).toMatchObject([{ status: { kind: 'revoked' } }]);
    for (const [seconds, isSame] of [[55, true], [60, false]] as const) {
      estate.clock.set(new Date(basic(revoked).producedAt.getTime() + seconds * 1_000));
      expect((await ask()).bytes.equals(revoked.bytes)).toBe(isSame);
    }
  });

  it('refuses verifiers without a grant and malformed requests by OCSP status, with an audit line', async () => {
    const { answer } = await ocsp('sign', ['02'], { as: stranger });
    expect(answer.bytes).toEqual(buildOcspError('unauthorized'));
    expect((await audited('jpki-ca.ocsp.answer')).some((entry) => entry.includes('unauthorized') && entry.includes('verifier-x'))).toBe(true);
    const malformed = async (body: string) => (await estate.request('POST', `${BASE}/ocsp/sign`, { as: verifier, headers: { 'content-type': 'application/ocsp-request' }, body })).bytes;
    expect([await malformed('nonsense'), await malformed('0'.repeat(300_000))]).toEqual([buildOcspError('malformedRequest'), buildOcspError('malformedRequest')]);
    expect(code(await estate.request('GET', `${BASE}/crl-partitions/sign-99001/current.crl`, { as: stranger }))).toBe('NO_ACCESS_GRANT');
    expect(code(await estate.request('POST', `${BASE}/access-grants`, { as: verifier, body: { organisation: 'x', ca: 'sign' } }))).toBe('ACTION_NOT_PERMITTED');
  });
});

describe('revocation lists (JPKI-3.7, 4.8)', () => {
  it('number rises with every issue, ends in 48 hours, is not served stale, and lost entries are never published', async () => {
    const [one, two] = [parseCrl(await publishedCrl('sign-99001')), parseCrl(await publishedCrl('sign-99001'))];
    expect((two.number ?? 0n) > (one.number ?? 0n)).toBe(true);
    expect((two.nextUpdate?.getTime() ?? 0) - two.thisUpdate.getTime()).toBe(48 * 3_600_000);
    const arl = await estate.eventually(async () => {
      const answer = await estate.request('GET', `${BASE}/cas/sign/arl`, { as: verifier });
      return answer.status === 200 ? answer.bytes : undefined;
    });
    expect(parseCrl(arl).issuingDistributionPoint?.only).toBe('caCerts');
    const kept = await estate.sql<{ serial: string }>("DELETE FROM jpki_ca.revoked WHERE partition_id = 'sign-99001' RETURNING *");
    expect(kept.length).toBeGreaterThan(0);
    await estate.request('POST', `${BASE}/crl-partitions/sign-99001/issues`, { as: operator, body: {} });
    await estate.eventually(async () => (await estate.sql("SELECT 1 AS x FROM jpki_ca.crl_issue WHERE partition_id = 'sign-99001' AND state = 'FAILED' AND fault = 'ENTRIES_LOST'")).length === 1);
    expect(parseCrl((await estate.request('GET', `${BASE}/crl-partitions/sign-99001/current.crl`, { as: verifier })).bytes).number).toBe(two.number);
    expect(stream.events.filter(({ type }) => type.includes('crl.published')).length).toBeGreaterThan(2);
    const names = { municipalityCode: KASUMI, prefectureRomaji: 'Kasumi-ken', municipalityRomaji: 'Other-shi' };
    expect(code(await estate.request('POST', `${BASE}/crl-partitions`, { as: operator, body: names }))).toBe('PARTITION_DIFFERS');
    estate.clock.set(new Date(estate.clock.now().getTime() + 49 * 3_600_000));
    expect(code(await estate.request('GET', `${BASE}/crl-partitions/sign-99001/current.crl`, { as: verifier }))).toBe('CRL_STALE');
    // The daily run of the auth list catches up by itself, and responders are renewed in time.
    estate.clock.set(new Date(estate.clock.now().getTime() + 20 * 86_400_000));
    await estate.eventually(async () => (await estate.sql("SELECT 1 AS x FROM jpki_ca.ocsp_responder WHERE number = 2")).length === 2);
    await estate.eventually(async () => (await estate.request('GET', `${BASE}/crl-partitions/auth-99001/current.crl`, { as: verifier })).status === 200);
  });
});
