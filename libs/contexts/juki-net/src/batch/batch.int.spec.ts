import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jukiNetModule } from '#contexts/juki-net';
import { IndividualNumber, ResidentCode } from '#kernel';
import { decryptData, encryptData, parseCertificate, pemDecode, pemEncode, signData, signingKeyOf, verifySignedData, type ParsedCertificate } from '#pki';
import { connectStreams, parseCloudEvent, type Actor, type CloudEvent } from '#platform';
import { ExchangeParty, startEstate, type Answer, type TestEstate } from '#testing';
import { INTAKE_COLUMNS } from '#testing/population';
import { readFrame, writeFrame } from './frame.js';
import { legalOfficer } from '../inquiry/legal-officer.fixture.js';

const town: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };
const pension: Actor = { clientId: 'agency-pension', kind: 'national-agency', organisation: 'pension', operator: 'p-77' };
const stranger: Actor = { clientId: 'agency-health', kind: 'national-agency', organisation: 'health' };
const operator = (officer: string): Actor => ({ clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: officer });
const API = '/api/juki-net/v1';
const PURPOSE = 'PENSION_CURRENT_STATUS';
const PEOPLE = 5_000;
const code = (serial: number): string => ResidentCode.fromBody(`99${String(serial).padStart(8, '0')}`).reveal();


const view = z.looseObject({ state: z.string(), answered: z.number(), hits: z.number(), faulty: z.number(), unchanged: z.number(), resultSha256: z.string().optional(), receiptOverdue: z.boolean() });

describe('batch provision (JUKI-3.5, 4.7, 5.3)', () => {
  let estate: TestEstate;
  let agency: ExchangeParty;
  let register: ParsedCertificate;
  let grantId: string;
  let streams: Awaited<ReturnType<typeof connectStreams>>;
  const events: CloudEvent[] = [];

  const line = (lineNo: number, fields: { code?: string; nameKanji?: string; birthDate?: string; keyType?: string; sinceDate?: string }): string =>
    ['D', lineNo, fields.keyType ?? '1', fields.code ?? '', '', '', fields.nameKanji ?? '', fields.birthDate ?? '', '', '', fields.sinceDate ?? '', `ref-${lineNo}`].join(',');
  const file = async (reference: string, details: string[], by: ExchangeParty = agency, change: (text: string) => string | Buffer = (text) => text): Promise<Uint8Array<ArrayBuffer>> => {
    const text = change(writeFrame({ kind: 'BREQ', sender: 'pension', receiver: 'juki-net', grantId, batchId: reference, createdAt: '2026-01-01T00:00:00Z' }, details));
    const signed = await signData(gzipSync(text), { certificate: by.certificate, key: signingKeyOf('agency', by.key) }, new Date());
    return new Uint8Array(encryptData(signed, register));
  };
  const submit = (reference: string, body: Uint8Array, as: Actor = pension): Promise<Answer> =>
    estate.request('POST', `${API}/batches?grantId=${grantId}&reference=${reference}`, { as, purpose: PURPOSE, body, headers: { 'content-type': 'application/pkcs7-mime' } });
  const batchOf = (answer: Answer): string => z.object({ batchId: z.uuid() }).parse(answer.json).batchId;
  const show = async (batchId: string) => view.parse((await estate.request('GET', `${API}/batches/${batchId}`, { as: pension })).json);
  const packaged = (batchId: string) => estate.eventually(async () => {
    const batch = await show(batchId);
    return batch.state === 'PACKAGED' ? batch : undefined;
  }, 60);
  const result = async (batchId: string, range = ''): Promise<readonly string[]> => {
    const { bytes, status } = await estate.request('GET', `${API}/batches/${batchId}/result${range}`, { as: pension, purpose: PURPOSE });
    expect(status).toBe(200);
    const frame = readFrame(gunzipSync(verifySignedData(decryptData(bytes, agency.certificate, agency.key), register).content).toString('utf8'), 'BRES');
    if (typeof frame === 'string') throw new Error(frame);
    return frame.details;
  };
  /** The state of a batch after the hourly look so many days after a moment. */
  const purgedAfter = async (batchId: string, since: number, days: number): Promise<string> => {
    const at = new Date(since + days * 86_400_000);
    estate.clock.set(at);
    await estate.eventually(async () => (await estate.sql("SELECT value FROM juki_net.cursor WHERE name = 'schedule:batch.purge'"))[0]?.['value'] === at.toISOString().slice(0, 13), 30);
    return (await show(batchId)).state;
  };
  const codeOf = ({ status, json }: Answer): unknown[] => [status, z.looseObject({ code: z.string() }).parse(json).code];

  beforeAll(async () => {
    estate = await startEstate([jukiNetModule]);
    streams = await connectStreams(estate.natsUrl, 'batch spec');
    streams.connection.subscribe('kiban.juki-net.batch.>', { callback: (_error, message) => void events.push(parseCloudEvent(message.string())) });
    const rows = Array.from({ length: PEOPLE }, (_, at) => [at + 1, code(at + 1), 1, '14', '20151005', `見本 ${at}`, 'ミホン', '', '19800101', '1', `架空県試験市見本町${at + 1}`, '', '', '990019', ''].join(','));
    const { json } = await estate.request('POST', `${API}/notice-files?municipalityCode=990019`, { as: town, purpose: 'RESIDENT_REGISTER', body: [INTAKE_COLUMNS.join(','), ...rows, ''].join('\r\n'), headers: { 'content-type': 'text/csv' } });
    const { fileId } = z.object({ fileId: z.uuid() }).parse(json);
    agency = await ExchangeParty.create(7n);
    const draft = await estate.request('POST', `${API}/grants`, {
      as: operator('o-1'),
      body: {
        institution: 'national-agency', organisation: 'pension', affair: PURPOSE, legalBasis: '別表第一', items: ['nameKanji', 'address', 'municipalityCode', 'changeDate'], modes: ['BATCH_LINE'],
        keyKinds: ['RESIDENT_CODE', 'FOUR_ITEMS'], validFrom: '2015-10-05', validUntil: '2099-12-31',
      },
    });
    ({ grantId } = z.object({ grantId: z.uuid() }).parse(draft.json));
    await estate.request('POST', `${API}/grants/${grantId}/approval`, { as: legalOfficer, body: {} });
    register = parseCertificate(pemDecode((await estate.request('GET', `${API}/exchange-certificate`, { as: pension })).bytes.toString(), ['CERTIFICATE']));
    await estate.eventually(async () => {
      const { json: found } = await estate.request('GET', `${API}/notice-files/${fileId}`, { as: town, purpose: 'RESIDENT_REGISTER' });
      return z.looseObject({ state: z.string() }).parse(found).state === 'COMPLETED';
    }, 60);
  });
  afterAll(async () => {
    await streams.connection.close();
    await estate.stop();
  });

  it('needs a registered certificate, whose fingerprint is that of the other channel', async () => {
    expect(codeOf(await submit('early', await file('early', [line(1, { code: code(1) })])))).toEqual([422, 'EXCHANGE_CERTIFICATE']);
    const certificate = pemEncode('CERTIFICATE', agency.certificate.der);
    const sha256 = createHash('sha256').update(agency.certificate.der).digest('hex');
    const registered = (digest: string) => estate.request('POST', `${API}/exchange-certificates`, { as: operator('o-1'), body: { institution: 'national-agency', organisation: 'pension', certificate, sha256: digest } });
    expect(codeOf(await registered('0'.repeat(64)))).toEqual([422, 'EXCHANGE_CERTIFICATE']);
    expect((await registered(sha256)).status).toBe(201);
  });

  it('answers each line by the rules of single inquiries, tells of bad lines, and keeps a use record for each person told', async () => {
    const wrongDigit = code(1).replace(/.$/, (digit) => String((Number(digit) + 1) % 10));
    const details = [
      line(1, { code: code(1) }), line(2, { code: wrongDigit }), line(3, { code: code(900_000) }), line(4, { keyType: '3', nameKanji: '見本 3', birthDate: '19800101' }), line(5, { code: '12' }),
      line(6, { code: code(2), sinceDate: '20240101' }), line(7, { keyType: '2' }).replace('D,7,2,,', 'D,7,2,,012345678901'),
    ];
    const answer = await submit('small', await file('small', details));
    const batchId = batchOf(answer);
    expect(answer.status).toBe(202);
    expect(await packaged(batchId)).toMatchObject({ answered: 6, hits: 3, faulty: 1, unchanged: 1 });
    const lines = await result(batchId);
    expect(lines.map((text) => text.split(',').slice(1, 4).join(' '))).toEqual(['1 ref-1 00', '2 ref-2 30', '3 ref-3 10', '4 ref-4 00', '6 ref-6 00', '7 ref-7 40']);
    expect(lines[0]).toBe('D,1,ref-1,00,,,見本 0,,,,,架空県試験市見本町1,990019,,2015-10-05,,');
    expect((await estate.request('GET', `${API}/batches/${batchId}/faults`, { as: pension })).json).toEqual({ items: [{ line: 5, column: 'code', code: 'FORMAT' }] });
    expect(await estate.sql("SELECT key_kind, result_code, count(*) AS n FROM juki_net.use_record WHERE mode = 'BATCH_LINE' GROUP BY 1, 2 ORDER BY 1")).toEqual([
      { key_kind: 'FOUR_ITEMS', result_code: '00', n: 1 }, { key_kind: 'RESIDENT_CODE', result_code: '00', n: 2 },
    ]);
    expect(await result(batchId, '?fromLine=3&toLine=4')).toEqual(lines.slice(2, 4));
  });

  it('is refused as a whole when tampered with, signed by another, or not what it says', async () => {
    const details = [line(1, { code: code(1) })];
    const good = await file('bad', details);
    const tampered = new Uint8Array(good);
    tampered[tampered.length - 40] = (tampered[tampered.length - 40] ?? 0) ^ 1;
    expect(codeOf(await submit('bad', tampered))).toEqual([422, 'BAD_SIGNATURE']);
    expect(codeOf(await submit('bad', await file('bad', details, await ExchangeParty.create(7n))))).toEqual([422, 'BAD_SIGNATURE']);
    expect(codeOf(await submit('bad', new Uint8Array([1, 2, 3])))).toEqual([422, 'BAD_SIGNATURE']);
    expect(codeOf(await submit('bad', await file('bad', [])))).toEqual([422, 'EMPTY_FILE']);
    expect(codeOf(await submit('bad', await file('bad', details, agency, (text) => text.replace('T,1', 'T,2'))))).toEqual([422, 'COUNT_MISMATCH']);
    expect(codeOf(await submit('bad', await file('bad', details, agency, (text) => text.replace('ref-1', 'ref-2'))))).toEqual([422, 'HASH_MISMATCH']);
    expect(codeOf(await submit('bad', await file('bad', details, agency, (text) => Buffer.concat([Buffer.from(text), Buffer.from([0xff])]))))).toEqual([422, 'CHARACTER']);
    expect(codeOf(await submit('bad', await file('bad', details, agency, (text) => `\uFEFF${text}`)))).toEqual([422, 'FRAME']);
    expect(codeOf(await submit('other', good))).toEqual([422, 'FRAME']);
    expect(codeOf(await submit('bad', good, stranger))).toEqual([403, 'GRANT_NOT_ACTIVE']);
    expect(await estate.sql("SELECT 1 FROM juki_net.provision_batch WHERE reference IN ('bad', 'other')")).toEqual([]);
  });

  it('is one batch however often it is sent, goes on after a stop in the middle, and answers no line twice', async () => {
    const details = Array.from({ length: PEOPLE }, (_, at) => line(at + 1, { code: code(at + 1) }));
    const body = await file('large', details);
    const batchId = batchOf(await submit('large', body));
    await estate.restart();
    expect(batchOf(await submit('large', body))).toBe(batchId);
    expect(batchOf(await submit('large', await file('large', details)))).toBe(batchId);
    expect(codeOf(await submit('large', await file('large', details.slice(1).map((text, at) => text.replace(/^D,\d+/, `D,${at + 1}`)))))).toEqual([409, 'DUPLICATE_BATCH']);
    expect(await packaged(batchId)).toMatchObject({ answered: PEOPLE, hits: PEOPLE, faulty: 0, feeYen: 10 * PEOPLE });
    const lines = await result(batchId);
    expect(lines.map((text) => Number(text.split(',')[1]))).toEqual(details.map((_, at) => at + 1));
    const [{ n } = {}] = await estate.sql("SELECT count(*)::int AS n FROM juki_net.use_record WHERE at >= (SELECT received_at FROM juki_net.provision_batch WHERE batch_id = $1) AND mode = 'BATCH_LINE'", batchId);
    expect(n).toBe(PEOPLE);
    const dump = JSON.stringify(await estate.sql("SELECT entry FROM juki_net.audit_line WHERE entry LIKE '%batch%'"));
    expect(dump).not.toContain(code(1));
    // As batches of former times are known.
    await estate.sql('UPDATE juki_net.provision_batch SET sha256 = $2 WHERE batch_id = $1', batchId, createHash('sha256').update(body).digest());
    expect(batchOf(await submit('large', body))).toBe(batchId);
  });

  it.each(['FAILED', 'CANCELLED'] as const)('JUKI-3.5 is taken up where a %s job stopped when the same bytes come again; each line leaves one use record', async (end) => {
    const [reference, lines] = [`stopped-${end}`, 2_001];
    const body = await file(reference, Array.from({ length: lines }, (_, at) => line(at + 1, { code: code(at + 1) })));
    const uses = async (): Promise<number> => (await estate.sql<{ n: number }>("SELECT count(*)::int AS n FROM juki_net.use_record WHERE mode = 'BATCH_LINE'"))[0]?.n ?? 0;
    const job = async (id: string) => (await estate.sql<{ state: string; done: number }>('SELECT state, done FROM juki_net.job WHERE id = $1', id))[0];
    const jobOf = (answer: Answer): string => z.object({ jobId: z.uuid() }).parse(answer.json).jobId;
    const before = await uses();
    // Holds the job after its first chunk.
    await estate.sql(`CREATE FUNCTION juki_net.spec_hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'held by the spec'; END $$`);
    await estate.sql('CREATE TRIGGER spec_hold BEFORE UPDATE ON juki_net.provision_batch_chunk FOR EACH ROW WHEN (OLD.chunk = 1) EXECUTE FUNCTION juki_net.spec_hold()');
    const first = await submit(reference, body);
    await estate.eventually(async () => ((await job(jobOf(first)))?.done ?? 0) > 0, 30);
    if (end === 'CANCELLED') await estate.request('POST', `${API}/jobs/${jobOf(first)}/cancellation`, { as: pension, body: {} });
    await estate.eventually(async () => (await job(jobOf(first)))?.state === end, 30);
    const { state, answered } = await show(batchOf(first));
    expect([state, answered, (await uses()) - before]).toEqual(['PROCESSING', 2_000, 2_000]);
    await estate.sql('DROP TRIGGER spec_hold ON juki_net.provision_batch_chunk');
    await estate.sql('DROP FUNCTION juki_net.spec_hold()');
    const again = await Promise.all([submit(reference, body), submit(reference, body)]);
    expect(again.map(batchOf)).toEqual([batchOf(first), batchOf(first)]);
    expect(new Set(again.map(jobOf)).size).toBe(1);
    expect(again.map(jobOf)).not.toContain(jobOf(first));
    expect(await packaged(batchOf(first))).toMatchObject({ answered: lines, hits: lines, faulty: 0 });
    expect((await uses()) - before).toBe(lines);
  });

  it('is another organisation\'s business to nobody; the receipt must name what was received, and the answers go 14 days after it', async () => {
    const batchId = batchOf(await submit('closing', await file('closing', [line(1, { code: code(1) })])));
    const { resultSha256 } = await packaged(batchId);
    for (const path of ['', '/faults', '/result']) expect((await estate.request('GET', `${API}/batches/${batchId}${path}`, { as: stranger, purpose: PURPOSE })).status).toBe(404);
    const confirm = (sha256: string) => estate.request('POST', `${API}/batches/${batchId}/receipt`, { as: pension, body: { resultSha256: sha256 } });
    expect(codeOf(await confirm(resultSha256 ?? ''))).toEqual([409, 'BATCH_STATE']);
    const lines = await result(batchId);
    expect(createHash('sha256').update(lines.map((text) => `${text}\r\n`).join('')).digest('hex')).toBe(resultSha256);
    expect(codeOf(await confirm('0'.repeat(64)))).toEqual([422, 'HASH_MISMATCH']);
    estate.clock.set(new Date(Date.now() + 25 * 3_600_000));
    expect(await show(batchId)).toMatchObject({ state: 'DELIVERED', receiptOverdue: true });
    expect((await confirm(resultSha256 ?? '')).json).toEqual({ state: 'RECEIPT_CONFIRMED' });
    const receiptAt = estate.clock.now().getTime();
    expect(await purgedAfter(batchId, receiptAt, 14)).toBe('RECEIPT_CONFIRMED');
    expect(await purgedAfter(batchId, receiptAt, 15)).toBe('PURGED');
    expect(await estate.sql('SELECT 1 FROM juki_net.provision_batch_chunk WHERE batch_id = $1', batchId)).toEqual([]);
    expect(codeOf(await estate.request('GET', `${API}/batches/${batchId}/result`, { as: pension, purpose: PURPOSE }))).toEqual([409, 'BATCH_STATE']);
    const told = () => events.filter(({ subject }) => subject === batchId).map(({ sequence, data }) => `${sequence} ${z.looseObject({ state: z.string() }).parse(data).state}`);
    await estate.eventually(() => Promise.resolve(told().length === 6));
    expect(told()).toEqual(['1 ACCEPTED', '2 PROCESSING', '3 PACKAGED', '4 DELIVERED', '5 RECEIPT_CONFIRMED', '6 PURGED']);
    expect(events.filter(({ subject }) => subject === batchId).at(-1)?.data).toEqual({ batchId, organisation: 'pension', state: 'PURGED', lines: 1, answered: 1, hits: 1, faulty: 0 });
  });

  it('JUKI-3.5 goes 45 days after packaging where nobody fetches it, or fetches it and confirms nothing; the use records stay', async () => {
    const batchId = batchOf(await submit('unclaimed', await file('unclaimed', [line(1, { code: code(1) })])));
    const fetched = batchOf(await submit('fetched', await file('fetched', [line(1, { code: code(1) })])));
    await packaged(batchId);
    await packaged(fetched);
    const packagedAt = estate.clock.now().getTime();
    const uses = () => estate.sql('SELECT count(*)::int AS n FROM juki_net.use_record');
    const before = await uses();
    expect(await purgedAfter(fetched, packagedAt, 40)).toBe('PACKAGED');
    expect(await result(fetched)).toHaveLength(1);
    expect(await purgedAfter(batchId, packagedAt, 45)).toBe('PACKAGED');
    expect((await show(fetched)).state).toBe('DELIVERED');
    expect(await purgedAfter(batchId, packagedAt, 46)).toBe('PURGED');
    expect((await show(fetched)).state).toBe('PURGED');
    expect(await estate.sql('SELECT 1 FROM juki_net.provision_batch_chunk WHERE batch_id IN ($1, $2)', batchId, fetched)).toEqual([]);
    expect(await uses()).toEqual(before);
  });

  it('JUKI-4.7 spends a quota by the lines that are taken in, exactly; JUKI-7 a number with a wrong check digit is 30', async () => {
    const draft = await estate.request('POST', `${API}/grants`, {
      as: operator('o-1'),
      body: { institution: 'national-agency', organisation: 'pension', affair: PURPOSE, legalBasis: '別表第一', items: ['address'], modes: ['BATCH_LINE'], keyKinds: ['INDIVIDUAL_NUMBER'], dailyQuota: 3, validFrom: '2015-10-05', validUntil: '2099-12-31' },
    });
    ({ grantId } = z.object({ grantId: z.uuid() }).parse(draft.json));
    await estate.request('POST', `${API}/grants/${grantId}/approval`, { as: legalOfficer, body: {} });
    const wrong = IndividualNumber.fromBody('99000000001').reveal().replace(/.$/, (digit) => String((Number(digit) + 1) % 10));
    const questions = (lines: number): string[] => Array.from({ length: lines }, (_, at) => ['D', at + 1, '2', '', wrong, '', '', '', '', '', '', `ref-${at + 1}`].join(','));
    const first = await file('quota-1', questions(2));
    const batchId = batchOf(await submit('quota-1', first));
    expect(codeOf(await submit('quota-2', await file('quota-2', questions(2))))).toEqual([429, 'DAILY_QUOTA']);
    expect(batchOf(await submit('quota-1', first))).toBe(batchId);
    expect((await submit('quota-3', await file('quota-3', questions(1)))).status).toBe(202);
    expect(codeOf(await submit('quota-4', await file('quota-4', questions(1))))).toEqual([429, 'DAILY_QUOTA']);
    expect(await estate.sql('SELECT told FROM juki_net.grant_day WHERE grant_id = $1', grantId)).toEqual([{ told: 3 }]);
    await packaged(batchId);
    expect((await result(batchId)).map((text) => text.split(',').slice(1, 4).join(' '))).toEqual(['1 ref-1 30', '2 ref-2 30']);
  });

  it('JUKI-5.3 refuses the same details under another grant', async () => {
    expect(codeOf(await submit('closing', await file('closing', [line(1, { code: code(1) })])))).toEqual([409, 'DUPLICATE_BATCH']);
  });
});
