import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { cardLedgerState } from '#contracts/card-issuance';
import { residentDied, residentMinorCorrection, residentMovedIn, type PersonView } from '#contracts/juki-net';
import { addDays, localDateInJapan, startOfDayInJapan, type LocalDate } from '#kernel';
import { certIdOf, createOcspRequest, encodeOcspGet, parseCertificate, parseOcspResponse, signData, signingKeyOf } from '#pki';
import { databaseAs, startEstate, type Answer, type TestEstate } from '#testing';
import { codeOf, named } from '../ceremony/ceremony.fixture.js';
import { jpkiCaModule } from '../jpki-ca.module.js';
import { lastRenewableEnd } from '../profile/validity.js';
import { Neighbours, cardExpiry, cardSerial, csr, listen, operator, otherWindow, tell, verifier, window, KASUMI } from '../neighbours.fixture.js';

const API = '/api/jpki-ca/v1';
const neighbours = new Neighbours();
let estate: TestEstate;
let stream: Awaited<ReturnType<typeof listen>>;
let requests = 0;

const issued = z.object({ id: z.string(), serial: z.string(), certificate: z.string() });
const STATUS = { purpose: 'CERTIFICATE_STATUS' };

beforeAll(async () => {
  estate = await startEstate([...neighbours.modules(), jpkiCaModule], { at: new Date('2016-02-10T01:05:00Z') });
  stream = await listen(estate.natsUrl);
  await estate.request('POST', `${API}/crl-partitions`, { as: operator, body: { municipalityCode: KASUMI, prefectureRomaji: 'Kasumi-ken', municipalityRomaji: 'Kasumi-shi' } });
  await estate.request('POST', `${API}/access-grants`, { as: operator, body: { organisation: 'tax', ca: 'sign' } });
});
afterAll(async () => {
  await stream?.close();
  await estate?.stop();
  neighbours.close();
});

/** What a window asks for a resident with a card; the ledger has it in use. */
async function order(person: PersonView = neighbours.person(), request?: Buffer): Promise<{ readonly cardSerial: string; readonly [key: string]: unknown }> {
  requests += 1;
  return { type: 'SIGN_CERT', cardSerial: cardSerial(), personKey: person.personKey, csr: (request ?? (await csr()).der).toString('base64'), windowId: '99001001A', requestId: `r-${requests}`, cardExpiry: cardExpiry(estate) };
}
const ask = (body: object): Promise<Answer> => estate.request('POST', `${API}/issuance-requests`, { as: window, purpose: 'CERTIFICATE_ISSUE', body });

const later = (seconds: number): void => estate.clock.set(new Date(estate.clock.now().getTime() + seconds * 1_000));

/** Issued and delivered: its serial number. */
async function inForce(person: PersonView, more: object = {}): Promise<string> {
  const { id, serial, certificate } = issued.parse((await ask({ ...(await order(person)), ...more })).json);
  const sha256 = createHash('sha256').update(Buffer.from(certificate, 'base64')).digest('hex');
  expect(codeOf(await estate.request('POST', `${API}/issuance-requests/${id}/delivery`, { as: window, purpose: 'CERTIFICATE_ISSUE', body: { sha256 } }))).toBe('200');
  return serial;
}
const fact = (person: PersonView, factVersion: number, more: object = {}) => ({ personKey: person.personKey, factVersion, factDate: '2016-02-10', municipalityCode: KASUMI, reason: '34', fields: [], ...more });
const noticesOf = async (person: PersonView): Promise<string[]> => (await estate.sql<{ state: string }>('SELECT state FROM jpki_ca.resident_change_notice WHERE person_key = $1 ORDER BY fact_version', person.personKey)).map(({ state }) => state);

describe('the card at a window (JPKI-4.6 no. 4)', () => {
  type Said = z.output<typeof cardLedgerState.output>;
  /** Of a key that nothing is issued for. */
  let spare: Buffer;
  beforeAll(async () => {
    spare = (await csr()).der;
  });

  it.each<[string, Said, string]>([
    ['is not known', {}, '422 CARD_NOT_USABLE'],
    ['was abolished', { state: 'ABOLISHED', agrees: true }, '422 CARD_NOT_USABLE'],
    ['was made and not shipped', { state: 'MANUFACTURED', agrees: true }, '422 CARD_NOT_USABLE'],
    ['is another person\'s, or ends on another day', { state: 'ACTIVE', agrees: false }, '422 CARD_NOT_USABLE'],
    ['is being handed over', { state: 'HANDING_OVER', agrees: true }, '201'],
    ['is in use, by a ledger of before', { state: 'ACTIVE' }, '201'],
  ])('%s', async (_name, said, code) => {
    const body = await order(neighbours.person(), code === '201' ? undefined : spare);
    const asked: z.output<typeof cardLedgerState.input>[] = [];
    neighbours.ledger.set(body.cardSerial, (question) => (asked.push(question), said));
    const serials = () => estate.sql('SELECT last_value FROM jpki_ca.sign_serial');
    const before = await serials();
    expect(codeOf(await ask(body))).toBe(code);
    expect(asked).toEqual([{ cardSerial: body.cardSerial, personKey: body['personKey'], expiryDate: body['cardExpiry'] }]);
    if (code !== '201') expect(await serials()).toEqual(before);
  });

  it('is asked for once: a repetition gets the same octets, whatever became of the card (JPKI-3.3)', async () => {
    const body = await order();
    const first = await ask(body);
    neighbours.ledger.set(body.cardSerial, () => ({ state: 'ABOLISHED', agrees: true }));
    expect((await ask(body)).bytes).toEqual(first.bytes);
  });
});

describe('names of authentication certificates (JPKI-4.2)', () => {
  it('are 14 characters at random and the window, and tell nothing of the place or of the other certificate', async () => {
    const person = neighbours.person();
    const sign = await order(person);
    expect(codeOf(await ask(sign))).toBe('201');
    const names: string[] = [];
    for (const requestId of ['a-1', 'a-2']) {
      const body = { ...sign, type: 'AUTH_CERT', requestId, replaces: true, cardSerial: cardSerial(), csr: (await csr()).der.toString('base64') };
      const { certificate } = issued.parse((await ask(body)).json);
      names.push(parseCertificate(Buffer.from(certificate, 'base64')).subject.map(({ type, value }) => `${type}=${value}`).join(', '));
    }
    for (const name of names) expect(name).toMatch(/^C=JP, CN=[0-9A-Z]{14}99001001A$/);
    expect(new Set(names).size).toBe(2);
  });
});

describe('what is told of a certificate (JPKI-3, 3.4)', () => {
  it('are numbers, dates and codes; neither name nor person', async () => {
    const person = neighbours.person();
    const serial = await inForce(person);
    const revoke = { as: window, ...STATUS, body: { cause: 'HOLDER_APPLICATION', evidenceRef: 'a-1', invalidityDate: estate.clock.now().toISOString() } };
    expect((await estate.request('POST', `${API}/certificates/sign/${serial}/revocations`, revoke)).status).toBe(201);
    const events = await estate.eventually(async () => ((found) => found.length === 3 && found)(stream.events.filter(({ subject }) => subject === `sign:${serial}`)));
    const keys = ['ca', 'cardSerial', 'municipalityCode', 'notAfter', 'recordedAt', 'serial', 'type', 'windowId'];
    expect(events.map(({ type, data }) => [type.split('.')[4], Object.keys(z.record(z.string(), z.unknown()).parse(data)).sort()])).toEqual([
      ['issued', keys], ['activated', keys], ['revoked', [...keys.slice(0, 4), 'reasonClass', ...keys.slice(4)].sort()],
    ]);
    for (const secret of [person.personKey, '花子', '中央', '19900401']) expect(JSON.stringify(events)).not.toContain(secret);
  });

  it('is recorded for good: the service can neither change nor delete a revocation record (JPKI-3.5)', async () => {
    const [record] = await estate.sql('SELECT ca, kind, cause, reason, source_ref, municipality_code, partition_id, invalidity_date FROM jpki_ca.revocation_record');
    expect(record).toEqual({ ca: 'sign', kind: 'APPLICATION', cause: 'HOLDER_APPLICATION', reason: 5, source_ref: 'a-1', municipality_code: KASUMI, partition_id: 'sign-99001', invalidity_date: null });
    const database = databaseAs(estate, 'jpki-ca', 'app');
    for (const statement of ["UPDATE revocation_record SET cause = 'x'", 'DELETE FROM revocation_record']) {
      await expect(database.transaction((db) => db.run(statement))).rejects.toThrow('permission denied');
    }
    await database.close();
  });

  it('one on hold that is ended had no effect from the hold on; no other is dated back (JPKI-3.9, 4.7)', async () => {
    const [held, leaked] = [await inForce(neighbours.person()), await inForce(neighbours.person())];
    const change = (serial: string, what: 'holds' | 'revocations', body: object) => estate.request('POST', `${API}/certificates/sign/${serial}/${what}`, { as: window, ...STATUS, body });
    const dated = z.object({ reasonCode: z.number(), revokedAt: z.string() });
    const hold = dated.parse((await change(held, 'holds', { callRef: 'call-1' })).json);
    const lostAt = estate.clock.now().toISOString();
    later(60);
    const recordedFrom = estate.clock.now().toISOString();
    expect(dated.parse((await change(held, 'revocations', { cause: 'KEY_LEAKED_OR_LOST', evidenceRef: 'a-2' })).json)).toEqual({ reasonCode: 1, revokedAt: hold.revokedAt });
    const { revokedAt } = dated.parse((await change(leaked, 'revocations', { cause: 'KEY_LEAKED_OR_LOST', evidenceRef: 'a-3', invalidityDate: lostAt })).json);
    expect(revokedAt >= recordedFrom).toBe(true);
    expect(codeOf(await change(leaked, 'revocations', { cause: 'RECORD_ERROR', evidenceRef: 'a-4' }))).toBe('403 CAUSE_NOT_PERMITTED');
  });

  it('nothing of it changes while something else of the same person does (JPKI-4.7)', async () => {
    const [person, other] = [neighbours.person(), neighbours.person()];
    const [serial, free] = [await inForce(person), await inForce(other)];
    const revoke = (which: string) => estate.request('POST', `${API}/certificates/sign/${which}/revocations`, { as: window, ...STATUS, body: { cause: 'HOLDER_APPLICATION', evidenceRef: 'a-5' } });
    const database = databaseAs(estate, 'jpki-ca', 'app');
    const waiting = await database.transaction(async (db) => {
      await db.run("SELECT pg_advisory_xact_lock(hashtextextended('person:' || $1, 0))", person.personKey);
      const answer = revoke(serial);
      await estate.eventually(async () => (await estate.sql("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")).length === 1);
      expect([(await revoke(free)).status, await estate.sql("SELECT 1 FROM jpki_ca.revoked WHERE ca = 'sign' AND serial = $1", Number.parseInt(serial, 16))]).toEqual([201, []]);
      return { answer };
    });
    expect((await waiting.answer).status).toBe(201);
    await database.close();
  });

  it('one that has ended stays as it was, and is not recorded (JPKI-4.7 no. 6, 7)', async () => {
    const serial = await inForce(neighbours.person());
    await estate.sql("UPDATE jpki_ca.certificate SET not_after = '2016-02-10T01:00:00Z' WHERE ca = 'sign' AND serial = $1", Number.parseInt(serial, 16));
    const answer = await estate.request('POST', `${API}/certificates/sign/${serial}/revocations`, { as: window, ...STATUS, body: { cause: 'KEY_LEAKED_OR_LOST', evidenceRef: 'a-1' } });
    expect(answer.json).toMatchObject({ state: 'EXPIRED' });
    expect(await estate.sql("SELECT 1 FROM jpki_ca.revoked WHERE ca = 'sign' AND serial = $1", Number.parseInt(serial, 16))).toEqual([]);
  });

  it('a holder ends it without a window, by an application that is signed with it (JPKI-4.7 no. 1)', async () => {
    const { key, der } = await csr();
    const { id, serial, certificate } = issued.parse((await ask(await order(neighbours.person(), der))).json);
    const signer = { certificate: parseCertificate(Buffer.from(certificate, 'base64')), key: signingKeyOf('card', key) };
    const words = { action: 'REVOKE', ca: 'sign', serial };
    const apply = async (content: object = words, { at = estate.clock.now(), by = signer, path = serial } = {}): Promise<Answer> => {
      const application = (await signData(Buffer.from(JSON.stringify(content)), by, at)).toString('base64');
      return estate.request('POST', `${API}/certificates/sign/${path}/revocation-applications`, { as: 'nobody', body: { application } });
    };
    expect(codeOf(await apply())).toBe('409 NOT_IN_STATE');
    const sha256 = createHash('sha256').update(signer.certificate.der).digest('hex');
    await estate.request('POST', `${API}/issuance-requests/${id}/delivery`, { as: window, purpose: 'CERTIFICATE_ISSUE', body: { sha256 } });
    const [other, now] = [await csr(), estate.clock.now().getTime()];
    const refused = [
      await apply({ ...words, serial: 'ff' }), await apply({ ...words, ca: 'auth' }), await apply({ ...words, action: 'HOLD' }), await apply(words, { path: 'ff' }),
      await apply(words, { at: new Date(now - 601_000) }), await apply(words, { at: new Date(now + 660_000) }), await apply(words, { by: { ...signer, key: signingKeyOf('card', other.key) } }),
      await estate.request('POST', `${API}/certificates/sign/${serial}/revocation-applications`, { as: 'nobody', body: { application: 'AAAA' } }),
    ];
    expect(refused.map(codeOf)).toEqual(Array.from({ length: 8 }, () => '422 APPLICATION_NOT_SIGNED'));
    expect([codeOf(await apply()), codeOf(await apply())]).toEqual(['201', '409 ALREADY_FINAL']);
    expect((await estate.request('GET', `${API}/certificates/sign/${serial}`, { as: operator, ...STATUS })).json).toMatchObject({ state: 'REVOKED', reasonCode: 5 });
    const [kept] = await estate.sql<{ application: Buffer; source_ref: string; sha256: string }>("SELECT application, source_ref, encode(sha256, 'hex') AS sha256 FROM jpki_ca.revocation_application JOIN jpki_ca.revocation_record USING (ca, serial)");
    expect([kept?.source_ref, kept?.application.includes('MII')]).toEqual([`application:${kept?.sha256}`, false]);
  });

  const toldOf = (serial: string): string[] => stream.events.filter(({ subject }) => subject === `sign:${serial}`).map(({ type, sequence }) => `${sequence} ${type.split('.')[4]}`);
  const end = (...serials: string[]): Promise<unknown> => estate.sql("UPDATE jpki_ca.certificate SET not_after = '2016-02-10T01:00:00Z' WHERE ca = 'sign' AND serial = ANY($1::bigint[])", serials.map((serial) => Number.parseInt(serial, 16)));

  it('the end of one in force or on hold is told once, of no other; after it OCSP says what it said (JPKI-3.4, 4.9)', async () => {
    const [valid, held, revoked, waiting] = [await inForce(neighbours.person()), await inForce(neighbours.person()), await inForce(neighbours.person()), issued.parse((await ask(await order())).json).serial];
    const act = (serial: string, path: string, body: object) => estate.request('POST', `${API}/certificates/sign/${serial}/${path}`, { as: window, ...STATUS, body });
    expect([(await act(held, 'holds', { callRef: 'c-1' })).status, (await act(revoked, 'revocations', { cause: 'HOLDER_APPLICATION', evidenceRef: 'a-6' })).status]).toEqual([201, 201]);
    const said = async (): Promise<unknown> => {
      const issuer = parseCertificate((await estate.request('GET', `${API}/cas/sign/certificate`, { as: operator })).bytes);
      const items = [valid, held, revoked, waiting].map((serial) => certIdOf(issuer, BigInt(`0x${serial}`), 'sha1'));
      const { bytes } = await estate.request('POST', `${API}/ocsp/sign`, { as: operator, headers: { 'content-type': 'application/ocsp-request' }, body: Buffer.from(createOcspRequest({ items })) });
      const response = parseOcspResponse(bytes);
      return response.status === 'successful' && response.answers.map(({ status }) => status);
    };
    const before = await said();
    await end(valid, held, revoked, waiting);
    await estate.eventually(async () => toldOf(held).includes('4 expired') && toldOf(valid).includes('3 expired'));
    expect((await act(valid, 'revocations', { cause: 'HOLDER_APPLICATION', evidenceRef: 'a-7' })).json).toMatchObject({ state: 'EXPIRED' });
    expect([toldOf(valid), toldOf(held), toldOf(revoked), toldOf(waiting)]).toEqual([['1 issued', '2 activated', '3 expired'], ['1 issued', '2 activated', '3 held', '4 expired'], ['1 issued', '2 activated', '3 revoked'], ['1 issued']]);
    expect([await said(), JSON.stringify(before)]).toEqual([before, expect.stringContaining('good')]);
    const [line] = await estate.sql<{ entry: string }>('SELECT entry FROM jpki_ca.audit_line WHERE entry LIKE $1', `%"certificate:sign:${valid}"%certificate.expired%`);
    expect(JSON.parse(line?.entry ?? '{}')).toMatchObject({ action: 'schedule:certificate-expiry', outcome: 'DONE' });
  });

  it('the opening of the renewal is told once of one in force or on hold, with all days on which nothing ran (JPKI-4.5, 5)', async () => {
    const [soon, held, skipped, later, revoked] = [await inForce(neighbours.person()), await inForce(neighbours.person()), await inForce(neighbours.person()), await inForce(neighbours.person()), await inForce(neighbours.person())];
    const act = (serial: string, path: string, body: object) => estate.request('POST', `${API}/certificates/sign/${serial}/${path}`, { as: window, ...STATUS, body });
    await act(held, 'holds', { callRef: 'c-2' });
    await act(revoked, 'revocations', { cause: 'HOLDER_APPLICATION', evidenceRef: 'a-8' });
    const today = localDateInJapan(estate.clock.now());
    const endsOn = (serial: string, day: LocalDate) => estate.sql("UPDATE jpki_ca.certificate SET not_after = $2::timestamptz - interval '1 second' WHERE ca = 'sign' AND serial = $1", Number.parseInt(serial, 16), startOfDayInJapan(addDays(day, 1)).toISOString());
    const last = lastRenewableEnd(today);
    for (const [serial, day] of [[soon, last], [held, last], [revoked, last], [skipped, addDays(last, -8)], [later, addDays(last, 1)]] as const) await endsOn(serial, day);
    const toldUntil = (day: LocalDate) => estate.sql("UPDATE jpki_ca.cursor SET value = $1 WHERE name = 'schedule:certificate-expiring'", `2016-01-01/${day}`);
    await toldUntil(addDays(today, -10));
    await estate.eventually(async () => [soon, held, skipped].every((serial) => toldOf(serial).some((told) => told.endsWith('expiring-soon'))));
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM jpki_ca.job WHERE kind = 'jpki-ca.tell-expiring' AND state = 'SUCCEEDED' AND (result->>'told')::int = 3")).length === 1);
    expect([soon, held, skipped, later, revoked].map((serial) => toldOf(serial).at(-1))).toEqual(['3 expiring-soon', '4 expiring-soon', '3 expiring-soon', '2 activated', '3 revoked']);
  });

  it('one that takes the place of another is told with its number; where that had ended it follows nothing (JPKI-5)', async () => {
    const person = neighbours.person();
    const successorOf = async (serial: string): Promise<unknown> =>
      (await estate.eventually(async () => stream.events.find(({ subject, type }) => subject === `sign:${serial}` && type.includes('.activated.')))).data;
    const first = await inForce(person);
    const second = await inForce(person, { replaces: true });
    expect([await successorOf(first), await successorOf(second)]).toEqual([expect.not.objectContaining({ successorOf: expect.anything() }), expect.objectContaining({ successorOf: first })]);
    await end(second);
    expect(await successorOf(await inForce(person))).not.toHaveProperty('successorOf');
  });
});

it('what did not come onto the card ends and is told: at once by the terminal\'s report, or after a day without a word (JPKI-3.3)', async () => {
  const [failed, silent] = [issued.parse((await ask(await order())).json), issued.parse((await ask(await order())).json)];
  const report = (id: string, as = window): Promise<Answer> => estate.request('POST', `${API}/issuance-requests/${id}/write-failure`, { as, purpose: 'CERTIFICATE_ISSUE', body: {} });
  expect(codeOf(await report(failed.id, otherWindow))).toBe('403 OUT_OF_JURISDICTION');
  const ended = { serial: failed.serial, state: 'REVOKED', reasonCode: 4 };
  expect([(await report(failed.id)).json, (await report(failed.id)).json]).toMatchObject([ended, ended]);
  expect(codeOf(await estate.request('POST', `${API}/issuance-requests/${failed.id}/delivery`, { as: window, purpose: 'CERTIFICATE_ISSUE', body: { sha256: '0'.repeat(64) } }))).toBe('409 NOT_IN_STATE');
  const delivered = await inForce(neighbours.person());
  const [{ id = '' } = {}] = await estate.sql<{ id: string }>('SELECT issuance_request_id AS id FROM jpki_ca.certificate WHERE ca = $1 AND serial = $2', 'sign', Number.parseInt(delivered, 16));
  expect(codeOf(await report(id))).toBe('409 NOT_IN_STATE');
  await estate.sql("UPDATE jpki_ca.issuance_request SET changed_at = changed_at - interval '25 hours' WHERE id = $1", silent.id);
  await estate.sql("DELETE FROM jpki_ca.cursor WHERE name = 'schedule:undelivered-certificates'");
  const told = await estate.eventually(async () => ((events) => events.length === 2 && events)(stream.events.filter(({ type }) => type.includes('issuance.undelivered'))), 40);
  const fact = { ca: 'sign', type: 'SIGN_CERT', cardSerial: expect.stringMatching(/^[0-9A-F]{16}$/), municipalityCode: KASUMI, windowId: '99001001A', recordedAt: expect.any(String) };
  expect(told.map(({ subject, data }) => [subject, data])).toEqual([
    [failed.id, { ...fact, serial: failed.serial, reported: true }], [silent.id, { ...fact, serial: silent.serial, reported: false }],
  ]);
});

describe('notices (JPKI-3.6, 7)', () => {
  it('a sign of life after a death waits for a named officer, who settles it once', async () => {
    const person = neighbours.person();
    const serial = await inForce(person);
    await tell(estate, residentDied, person.personKey, 2, fact(person, 2, { reason: '20' }));
    await tell(estate, residentMovedIn, person.personKey, 3, fact(person, 3, { reason: '11' }));
    await estate.eventually(async () => (await noticesOf(person)).join() === 'APPLIED,QUARANTINED');
    const list = () => estate.request('GET', `${API}/quarantined-notices`, { as: operator, ...STATUS });
    const [item, ...others] = z.object({ items: z.array(z.record(z.string(), z.unknown())) }).parse((await list()).json).items;
    expect([item, others]).toEqual([{ personKey: person.personKey, factVersion: 3, kind: 'moved-in', factDate: '2016-02-10', municipalityCode: KASUMI, arrivedAt: expect.any(String) }, []]);
    const settle = (as: typeof operator, factVersion = 3) => estate.request('POST', `${API}/quarantined-notices/resolutions`, { as, ...STATUS, body: { personKey: person.personKey, factVersion, evidenceRef: '照会第1号' } });
    expect([codeOf(await settle(operator)), codeOf(await settle(window)), codeOf(await settle(named('officer-1'), 2))]).toEqual(['403 OPERATOR_NOT_ASSERTED', '403 ACTION_NOT_PERMITTED', '404 NOT_FOUND']);
    expect((await settle(named('officer-1'))).json).toEqual({ state: 'RESOLVED' });
    expect([codeOf(await settle(named('officer-2'))), (await list()).json]).toEqual(['404 NOT_FOUND', { items: [] }]);
    expect(await estate.sql('SELECT state, resolved_by, resolution_ref FROM jpki_ca.resident_change_notice WHERE person_key = $1 AND fact_version = 3', person.personKey)).toEqual([
      { state: 'RESOLVED', resolved_by: 'officer-1', resolution_ref: '照会第1号' },
    ]);
    expect((await estate.request('GET', `${API}/certificates/sign/${serial}`, { as: operator, ...STATUS })).json).toMatchObject({ state: 'REVOKED', reasonCode: 3 });
  });

  it('a merger is a minor correction for residents: nothing ends, and the new municipality is in charge', async () => {
    const person = neighbours.person();
    const path = `${API}/certificates/sign/${await inForce(person)}`;
    await tell(estate, residentMinorCorrection, person.personKey, 2, fact(person, 2, { municipalityCode: '990027', fields: ['address'] }));
    await estate.eventually(async () => (await noticesOf(person)).join() === 'IGNORED_MINOR');
    expect((await estate.request('GET', path, { as: otherWindow, ...STATUS })).json).toMatchObject({ state: 'VALID' });
    expect(codeOf(await estate.request('GET', path, { as: window, ...STATUS }))).toBe('403 OUT_OF_JURISDICTION');
  });
});

describe('OCSP by GET (JPKI-4.9, RFC 5019 6.2)', () => {
  it('says to caches since when it is so, until when at most, and what is not changed', async () => {
    const serial = await inForce(neighbours.person());
    const root = parseCertificate((await estate.request('GET', `${API}/cas/sign/certificate`, { as: verifier })).bytes);
    const path = `${API}/ocsp/sign/${encodeOcspGet(createOcspRequest({ items: [certIdOf(root, BigInt(`0x${serial}`), 'sha1')] }))}`;
    const first = await estate.request('GET', path, { as: verifier });
    const [modified, expires, etag, control] = ['last-modified', 'expires', 'etag', 'cache-control'].map((name) => first.headers.get(name) ?? '');
    expect([Date.parse(expires ?? '') - Date.parse(modified ?? ''), Math.abs(Date.parse(modified ?? '') - estate.clock.now().getTime()) < 60_000]).toEqual([15 * 60_000, true]);
    expect(control).toMatch(/^max-age=(60|5\d), /);
    const again = await estate.request('GET', path, { as: verifier, headers: { 'if-none-match': etag ?? '' } });
    expect([again.status, again.bytes.length]).toEqual([304, 0]);
  });
});

it('a holder under 15 gets one for signatures where two clerks of the municipality say so, for a day (JPKI-4.6 no. 3)', async () => {
  const child = neighbours.person({ birthDate: '20100401' });
  const request = (await csr()).der;
  const clerk = (name: string, of = window): typeof window => ({ ...of, operator: name });
  const waive = async (as: typeof window): Promise<unknown> => {
    const answer = await estate.request('POST', `${API}/age-waivers`, { as, purpose: 'CERTIFICATE_ISSUE', body: { personKey: child.personKey, reason: '留学の手続' } });
    return answer.status === 200 ? answer.json : codeOf(answer);
  };
  const asked = async (): Promise<string> => codeOf(await ask(await order(child, request)));
  expect([await asked(), await waive(window), await waive(clerk('c-1'))]).toEqual(['422 UNDER_AGE', '403 OPERATOR_NOT_ASSERTED', { state: 'ASKED' }]);
  expect([await waive(clerk('c-1')), await waive(clerk('c-2', otherWindow)), await asked()]).toEqual(['409 SAME_OFFICER', { state: 'ASKED' }, '422 UNDER_AGE']);
  expect(await waive(clerk('c-2'))).toEqual({ state: 'GIVEN' });
  const granted = await order(child, request);
  expect(codeOf(await ask(granted))).toBe('201');
  later(86_400);
  // What was issued is answered again; another one is not.
  expect([codeOf(await ask(granted)), await asked()]).toEqual(['201', '422 UNDER_AGE']);
});
