import { createHash, randomUUID, type KeyObject } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jukiNetModule } from '#contexts/juki-net';
import { ResidentCode } from '#kernel';
import {
  buildTbsCertificate, decryptData, encryptData, generateRsaKey, parseCertificate, pemDecode, pemEncode, signCertificate, signData, signingKeyOf, verifySignedData,
  type CertificateProfile, type ParsedCertificate,
} from '#pki';
import { connectStreams, parseCloudEvent, type Actor, type CloudEvent } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { type FileKind, readFrame, writeFrame } from '../batch/frame.js';
import { INTAKE_COLUMNS } from '#testing/population';
import { legalOfficer } from '../inquiry/legal-officer.fixture.js';

const START = new Date('2016-01-20T01:00:00Z');
const town: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };
const pension: Actor = { clientId: 'agency-pension', kind: 'national-agency', organisation: 'pension', operator: 'p-77' };
const health: Actor = { clientId: 'agency-health', kind: 'national-agency', organisation: 'health' };
const bureau: Actor = { clientId: 'agency-statistics', kind: 'national-agency', organisation: 'statistics-bureau' };
const prefecture: Actor = { clientId: 'prefecture-99', kind: 'prefecture', organisation: '99' };
const operator = (officer?: string): Actor => ({ clientId: 'operator-1', kind: 'operator', organisation: 'agency', ...(officer === undefined ? {} : { operator: officer }) });
const API = '/api/juki-net/v1';
const PURPOSE = 'PENSION_CURRENT_STATUS';
const PEOPLE = 400;
const code = (serial: number): string => ResidentCode.fromBody(`99${String(serial).padStart(8, '0')}`).reveal();

/** Each on a day of their own, or matching could not tell them apart. */
const born = (at: number): string => new Date(Date.UTC(1960, 0, 1) + at * 37 * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');

const PROFILE: CertificateProfile = {
  id: 'agency', version: 3, signature: 'sha256WithRSAEncryption', key: { modulusBits: 2048 }, subject: [{ type: 'C', value: 'JP' }, { type: 'O', value: 'An agency' }],
  validity: { maxDays: 365 }, extensions: [{ critical: true, value: { kind: 'keyUsage', bits: ['digitalSignature', 'keyEncipherment'] } }],
};
interface Party { readonly certificate: ParsedCertificate; readonly key: KeyObject }
async function newParty(serial: bigint): Promise<Party> {
  const key = await generateRsaKey(2048);
  const signing = signingKeyOf('agency', key);
  const tbs = buildTbsCertificate({ profile: PROFILE, serial, issuer: 'self', notBefore: START, notAfter: new Date(START.getTime() + 300 * 86_400_000), spki: signing.publicKeySpki });
  return { certificate: parseCertificate(await signCertificate(tbs, signing)), key };
}

const dropped = z.object({ fileId: z.uuid(), kind: z.string(), state: z.string(), repeated: z.boolean() });
const inItem = z.looseObject({ fileId: z.string(), name: z.string(), state: z.string(), sourceId: z.string().optional(), reason: z.string().optional(), faulty: z.number() });
const outItem = z.looseObject({ fileId: z.string(), name: z.string(), kind: z.string(), state: z.string(), sourceId: z.string(), lines: z.number(), sha256: z.string().optional(), isOverdue: z.boolean() });

describe('the automatic exchange (JUKI-5.3)', () => {
  let estate: TestEstate;
  let streams: Awaited<ReturnType<typeof connectStreams>>;
  const events: CloudEvent[] = [];
  let agency: Party;
  let register: ParsedCertificate;
  let grantId: string;
  let number = 0;

  const pass = (minutes: number): void => estate.clock.set(new Date(estate.clock.now().getTime() + minutes * 60_000));
  const codeOf = ({ status, json }: Answer): unknown[] => [status, z.looseObject({ code: z.string() }).parse(json).code];
  const line = (lineNo: number, key: string): string => ['D', lineNo, '1', key, '', '', '', '', '', '', '', `ref-${lineNo}`].join(',');
  const seal = async (text: string, by: Party, to: ParsedCertificate): Promise<Uint8Array<ArrayBuffer>> =>
    new Uint8Array(encryptData(await signData(gzipSync(text), { certificate: by.certificate, key: signingKeyOf('agency', by.key) }, new Date()), to));
  const questions = (reference: string, details: string[], by: Party = agency, to = register): Promise<Uint8Array<ArrayBuffer>> =>
    seal(writeFrame({ kind: 'BREQ', sender: 'pension', receiver: 'juki-net', grantId, batchId: reference, createdAt: '2016-01-20T01:00:00Z' }, details), by, to);
  const nextName = (organisation = 'pension', kind = 'BREQ'): string => `${organisation}_${kind}_20160120_${String((number += 1)).padStart(4, '0')}.p7m`;
  const drop = (name: string, body: Uint8Array, as: Actor = pension, purpose = PURPOSE): Promise<Answer> =>
    estate.request('POST', `${API}/exchange-box/dropped-files?name=${name}`, { as, purpose, body, headers: { 'content-type': 'application/pkcs7-mime' } });
  const settled = async (name: string, as: Actor = pension) => {
    pass(5);
    return estate.eventually(async () => {
      const { json } = await estate.request('GET', `${API}/exchange-box/dropped-files`, { as });
      return z.object({ items: z.array(inItem) }).parse(json).items.find((file) => file.name === name && file.state !== 'WAITING');
    }, 60);
  };
  const standing = (sourceId: string | undefined, kind: string, as: Actor = pension) => estate.eventually(async () => {
    const { json } = await estate.request('GET', `${API}/exchange-box/files`, { as });
    return z.object({ items: z.array(outItem) }).parse(json).items.find((file) => file.sourceId === sourceId && file.kind === kind);
  }, 60);
  const get = (fileId: string, as: Actor = pension, purpose = PURPOSE): Promise<Answer> => estate.request('GET', `${API}/exchange-box/files/${fileId}`, { as, purpose });
  const read = ({ status, bytes }: Answer, kind: FileKind, by: Party = agency, from = register) => {
    expect(status).toBe(200);
    const frame = readFrame(gunzipSync(verifySignedData(decryptData(bytes, by.certificate, by.key), from).content).toString('utf8'), kind);
    if (typeof frame === 'string') throw new Error(frame);
    return frame;
  };
  const hashOf = (details: readonly string[]): string => createHash('sha256').update(details.map((text) => `${text}\r\n`).join('')).digest('hex');
  const confirm = (fileId: string, sha256: string, as: Actor = pension): Promise<Answer> => estate.request('POST', `${API}/exchange-box/files/${fileId}/receipt`, { as, body: { sha256 } });
  const acknowledged = async (fileId: string): Promise<readonly string[]> => read(await get((await standing(fileId, 'ACKN')).fileId), 'ACKN').details;
  const sent = async (reference: string, details: string[], body?: Uint8Array) => {
    const name = nextName();
    expect((await drop(name, body ?? await questions(reference, details))).status).toBe(202);
    return settled(name);
  };
  const useRecords = async (): Promise<unknown> => (await estate.sql('SELECT count(*)::int AS n FROM juki_net.use_record'))[0];
  const registered = async (party: Party, organisation: string, institution = 'national-agency'): Promise<void> => {
    const sha256 = createHash('sha256').update(party.certificate.der).digest('hex');
    const body = { institution, organisation, certificate: pemEncode('CERTIFICATE', party.certificate.der), sha256 };
    expect((await estate.request('POST', `${API}/exchange-certificates`, { as: operator('o-1'), body })).status).toBe(201);
  };
  const ownCertificate = async (): Promise<ParsedCertificate> =>
    parseCertificate(pemDecode((await estate.request('GET', `${API}/exchange-certificate`, { as: pension })).bytes.toString(), ['CERTIFICATE']));

  beforeAll(async () => {
    estate = await startEstate([jukiNetModule], { at: START });
    streams = await connectStreams(estate.natsUrl, 'exchange-box spec');
    streams.connection.subscribe('kiban.juki-net.exchange.>', { callback: (_error, message) => void events.push(parseCloudEvent(message.string())) });
    const rows = Array.from({ length: PEOPLE }, (_, at) => [at + 1, code(at + 1), 1, '11', '20160105', `見本　${at}`, 'ミホン', '', born(at), '1', `架空県試験市見本町${at + 1}`, '', '', '990019', '990027'].join(','));
    const { json } = await estate.request('POST', `${API}/notice-files?municipalityCode=990019`, { as: town, purpose: 'RESIDENT_REGISTER', body: [INTAKE_COLUMNS.join(','), ...rows, ''].join('\r\n'), headers: { 'content-type': 'text/csv' } });
    const { fileId } = z.object({ fileId: z.uuid() }).parse(json);
    agency = await newParty(7n);
    const draft = await estate.request('POST', `${API}/grants`, {
      as: operator('o-1'),
      body: {
        institution: 'national-agency', organisation: 'pension', affair: PURPOSE, legalBasis: '別表第一', items: ['nameKanji', 'address'], modes: ['BATCH_LINE', 'CHANGE_FEED'], keyKinds: ['RESIDENT_CODE'],
        validFrom: '2015-10-05', validUntil: '2099-12-31',
      },
    });
    ({ grantId } = z.object({ grantId: z.uuid() }).parse(draft.json));
    await estate.request('POST', `${API}/grants/${grantId}/approval`, { as: legalOfficer, body: {} });
    register = await ownCertificate();
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.notice_file WHERE file_id = $1 AND state = 'COMPLETED'", fileId)).length === 1, 120);
    expect(await estate.sql('SELECT * FROM juki_net.notice_file_fault')).toEqual([]);
  }, 240_000);
  afterAll(async () => {
    await streams.connection.close();
    await estate.stop();
  });

  it('refuses at the door what no organisation may drop', async () => {
    const body = await questions('door', [line(1, code(1))]);
    expect(codeOf(await drop('pension_BREQ_20160120_0001.p7m', body))).toEqual([422, 'EXCHANGE_CERTIFICATE']);
    await registered(agency, 'pension');
    expect(codeOf(await drop('pension_BREQ_20160230_0001.p7m', body))).toEqual([422, 'FILE_NAME']);
    expect(codeOf(await drop('pension_BREQ_20160120_0001.p7m%00', body))).toEqual([422, 'FILE_NAME']);
    expect(codeOf(await drop('pension_IMIN_20160120_0001.p7m', body))).toEqual([422, 'FILE_KIND']);
    expect(codeOf(await drop('pension_BREQ_20160120_0001.p7m', body, health))).toEqual([403, 'FILE_ORGANISATION']);
    expect(codeOf(await drop('pension_BREQ_20160120_0001.p7m', new Uint8Array()))).toEqual([422, 'EMPTY_FILE']);
    expect((await drop('pension_BREQ_20160120_0001.p7m', body, pension, 'RESIDENT_REGISTER')).status).toBe(403);
    expect(await estate.sql('SELECT 1 FROM juki_net.exchange_in_file')).toEqual([]);
    const refused = await estate.sql("SELECT 1 FROM juki_net.audit_line WHERE entry LIKE '%exchange-file.drop%' AND entry LIKE '%FILE_ORGANISATION%' AND entry LIKE '%health%'");
    expect(refused).toHaveLength(1);
  });

  it('picks a file up, acknowledges it with the faults of its lines, and puts the answers into the box until they are received', async () => {
    const name = nextName();
    const answer = await drop(name, await questions('first', [line(1, code(1)), line(2, '12'), line(3, code(900_000))]));
    expect([answer.status, dropped.parse(answer.json)]).toMatchObject([202, { kind: 'BREQ', state: 'WAITING', repeated: false }]);
    const file = await settled(name);
    expect(file).toMatchObject({ state: 'VERIFIED', lines: 3, faulty: 1 });
    expect(await estate.sql('SELECT sealed FROM juki_net.exchange_in_file WHERE file_id = $1', file.fileId)).toEqual([{ sealed: null }]);
    expect(await acknowledged(file.fileId)).toEqual([`D,0,${name},VERIFIED`, 'D,2,code,FORMAT']);

    const result = await standing(file.sourceId, 'BRES');
    expect(result).toMatchObject({ state: 'READY', lines: 2, isOverdue: false });
    expect(result.name).toMatch(/^pension_BRES_20160120_\d{4}\.p7m$/);
    expect(codeOf(await confirm(result.fileId, '0'.repeat(64)))).toEqual([409, 'EXCHANGE_FILE_STATE']);
    expect(codeOf(await get(result.fileId, health))).toEqual([404, 'NOT_FOUND']);
    expect(codeOf(await get(result.fileId, pension, 'MIGRATION_STATISTICS'))).toEqual([403, 'PURPOSE_NOT_PERMITTED']);
    const { header, details } = read(await get(result.fileId), 'BRES');
    expect(header).toMatchObject({ sender: 'juki-net', receiver: 'pension', grantId, batchId: 'first', createdAt: expect.stringMatching(/^2016-01-20T1\d:.*\+09:00$/) });
    expect(details.map((text) => text.split(',').slice(1, 4).join(' '))).toEqual(['1 ref-1 00', '3 ref-3 10']);
    expect(codeOf(await confirm(result.fileId, '0'.repeat(64)))).toEqual([422, 'HASH_MISMATCH']);
    expect(codeOf(await confirm(result.fileId, hashOf(details), health))).toEqual([404, 'NOT_FOUND']);
    expect((await confirm(result.fileId, hashOf(details))).json).toEqual({ state: 'RECEIPTED' });
    expect((await confirm(result.fileId, hashOf(details))).json).toEqual({ state: 'RECEIPTED' });
    expect(await estate.sql('SELECT state FROM juki_net.provision_batch WHERE batch_id = $1', file.sourceId)).toEqual([{ state: 'RECEIPT_CONFIRMED' }]);
    const told = await estate.eventually(() => Promise.resolve(events.find(({ data }) => JSON.stringify(data).includes(result.fileId))));
    expect(told.data).toEqual({ fileId: result.fileId, organisation: 'pension', kind: 'BRES', name: result.name, lines: 2 });
    const strangers = await estate.sql("SELECT 1 FROM juki_net.audit_line WHERE entry LIKE '%exchange-file.fetch%' AND entry LIKE '%NOT_FOUND%' AND entry LIKE '%health%'");
    expect(strangers).toHaveLength(1);
  });

  it('is received with its batch where the organisation uses the routes of batches', async () => {
    const { sourceId } = await sent('routes', [line(1, code(2))]);
    const result = await standing(sourceId, 'BRES');
    const answer = await estate.request('GET', `${API}/batches/${sourceId ?? ''}/result`, { as: pension, purpose: PURPOSE });
    expect(read(answer, 'BRES').header.createdAt).toMatch(/^2016-01-20T1\d:.*\+09:00$/);
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="${result.name}"`);
    const { json } = await estate.request('GET', `${API}/batches/${sourceId ?? ''}`, { as: pension });
    const { resultSha256 } = z.object({ resultSha256: z.string() }).parse(json);
    expect((await estate.request('POST', `${API}/batches/${sourceId ?? ''}/receipt`, { as: pension, body: { resultSha256 } })).status).toBe(200);
    expect(await standing(sourceId, 'BRES')).toMatchObject({ fileId: result.fileId, state: 'RECEIPTED', sha256: resultSha256 });
  });

  it('takes the same file again as the one that it had, and refuses its reference with other content', async () => {
    const [name, body] = [nextName(), await questions('again', [line(1, code(3))])];
    const first = dropped.parse((await drop(name, body)).json);
    expect(dropped.parse((await drop(name, body)).json)).toMatchObject({ fileId: first.fileId, repeated: true });
    expect(codeOf(await drop(name, await questions('again', [line(1, code(4))])))).toEqual([409, 'FILE_NAME_REUSED']);
    const { sourceId } = await settled(name);
    await standing(sourceId, 'BRES');
    const used = await useRecords();
    expect(await sent('again', [], body)).toMatchObject({ state: 'VERIFIED', sourceId });
    expect(await sent('again', [line(1, code(3))])).toMatchObject({ state: 'VERIFIED', sourceId });
    const other = await sent('again', [line(1, code(4))]);
    expect(other).toMatchObject({ state: 'REJECTED', reason: 'DUPLICATE_BATCH' });
    expect(await acknowledged(other.fileId)).toEqual([`D,0,${other.name},REJECTED`, 'D,0,,DUPLICATE_BATCH']);
    expect(await estate.sql("SELECT 1 FROM juki_net.provision_batch WHERE reference = 'again'")).toHaveLength(1);
    expect(await useRecords()).toEqual(used);
  });

  it('rejects a file as a whole, without partial processing, and says why', async () => {
    const good = await questions('bad', [line(1, code(1))]);
    const tampered = new Uint8Array(good);
    tampered[tampered.length - 40] = (tampered[tampered.length - 40] ?? 0) ^ 1;
    expect(await sent('bad', [], tampered)).toMatchObject({ state: 'REJECTED', reason: 'BAD_SIGNATURE' });
    expect(await sent('bad', [])).toMatchObject({ state: 'REJECTED', reason: 'EMPTY_FILE' });
    expect(await sent('a\u0000b', [line(1, code(1))])).toMatchObject({ state: 'REJECTED', reason: 'FRAME' });
    const faulty = await sent('bad', [line(1, '1'), line(3, code(1))]);
    expect(faulty).toMatchObject({ state: 'REJECTED', faulty: 2 });
    expect(await acknowledged(faulty.fileId)).toEqual([`D,0,${faulty.name},REJECTED`, 'D,1,code,FORMAT', 'D,2,lineNo,FORMAT']);
    await estate.request('POST', `${API}/grants/${grantId}/suspension`, { as: operator('o-1'), body: {} });
    expect(await sent('bad', [line(1, code(1))])).toMatchObject({ state: 'REJECTED', reason: 'GRANT_NOT_ACTIVE' });
    await estate.request('POST', `${API}/grants/${grantId}/resumption`, { as: operator('o-1'), body: {} });
    expect(await estate.sql("SELECT 1 FROM juki_net.provision_batch WHERE reference = 'bad'")).toEqual([]);
    expect(await sent('bad', [line(1, code(1))])).toMatchObject({ state: 'VERIFIED' });
  });

  it('replaces a result that was not received by the one that is packaged anew', async () => {
    const { sourceId } = await sent('postponed', [line(1, code(1))]);
    const first = await standing(sourceId, 'BRES');
    await estate.sql('UPDATE juki_net.provision_batch SET postponed = 1 WHERE batch_id = $1', sourceId);
    expect((await estate.request('POST', `${API}/batches/${sourceId ?? ''}/resumption`, { as: pension, purpose: PURPOSE, body: {} })).status).toBe(202);
    const second = await estate.eventually(async () => {
      const latest = await standing(sourceId, 'BRES');
      return latest.fileId === first.fileId ? undefined : latest;
    }, 30);
    expect(codeOf(await get(first.fileId))).toEqual([409, 'EXCHANGE_FILE_STATE']);
    const { details } = read(await get(second.fileId), 'BRES');
    expect((await confirm(second.fileId, hashOf(details))).json).toEqual({ state: 'RECEIPTED' });
    expect(codeOf(await confirm(first.fileId, hashOf(details)))).toEqual([409, 'EXCHANGE_FILE_STATE']);
  });

  it('settles a file once when everything stops in the middle, and sends lines again without asking again', async () => {
    const name = nextName();
    await drop(name, await questions('large', Array.from({ length: PEOPLE }, (_, at) => line(at + 1, code(at + 1)))));
    pass(5);
    await estate.restart();
    const { fileId, sourceId } = await settled(name);
    const result = await standing(sourceId, 'BRES');
    expect(result.lines).toBe(PEOPLE);
    expect(await estate.sql("SELECT kind, count(*)::int AS n FROM juki_net.exchange_out_file WHERE source_id IN ($1, $2) GROUP BY 1 ORDER BY 1", fileId, sourceId)).toEqual([{ kind: 'ACKN', n: 1 }, { kind: 'BRES', n: 1 }]);
    const [whole, used] = [read(await get(result.fileId), 'BRES').details, await useRecords()];
    const resend = (fromLine: number, toLine: number, as: Actor = pension) => estate.request('POST', `${API}/exchange-box/files/${result.fileId}/resend`, { as, purpose: PURPOSE, body: { fromLine, toLine } });
    expect(codeOf(await resend(12, 11))).toEqual([422, 'RESEND_RANGE']);
    expect(codeOf(await resend(1, PEOPLE + 1))).toEqual([422, 'RESEND_RANGE']);
    expect(codeOf(await resend(1, 2, health))).toEqual([404, 'NOT_FOUND']);
    const again = z.object({ fileId: z.uuid(), lines: z.number() }).parse((await resend(11, 30)).json);
    expect(again.lines).toBe(20);
    expect(z.looseObject({ fileId: z.uuid() }).parse((await resend(11, 30)).json).fileId).toBe(again.fileId);
    const part = read(await get(again.fileId), 'BRES').details;
    expect(part).toEqual(whole.slice(10, 30));
    expect((await confirm(again.fileId, hashOf(part))).json).toEqual({ state: 'RECEIPTED' });
    expect(await estate.sql('SELECT state, answered FROM juki_net.provision_batch WHERE batch_id = $1', sourceId)).toEqual([{ state: 'DELIVERED', answered: PEOPLE }]);
    expect(await useRecords()).toEqual(used);
  });

  it('tells both sides once of a file without a receipt after 24 hours', async () => {
    const { fileId, sourceId } = await sent('late', [line(1, code(5))]);
    const [result, ack] = [await standing(sourceId, 'BRES'), await standing(fileId, 'ACKN')];
    const unresolved = async (): Promise<unknown[]> => {
      const { json } = await estate.request('GET', `${API}/exchange-box/unresolved?limit=1000`, { as: operator('o-1') });
      return z.object({ withoutReceipt: z.array(outItem) }).parse(json).withoutReceipt.filter((file) => file.fileId === result.fileId || file.fileId === ack.fileId).map((file) => file.kind);
    };
    const overdue = () => events.filter(({ type, data }) => type.includes('receipt-overdue') && JSON.stringify(data).includes(result.fileId));
    expect((await estate.request('GET', `${API}/exchange-box/unresolved`, { as: pension })).status).toBe(403);
    expect(await unresolved()).toEqual([]);
    pass(24 * 60);
    await estate.eventually(() => Promise.resolve(overdue().length > 0), 30);
    expect((await unresolved()).sort()).toEqual(['ACKN', 'BRES']);
    expect(await standing(sourceId, 'BRES')).toMatchObject({ isOverdue: true });
    const { details } = read(await get(result.fileId), 'BRES');
    await confirm(result.fileId, hashOf(details));
    expect(await unresolved()).toEqual(['ACKN']);
    pass(120);
    await estate.eventually(async () => (await estate.sql("SELECT value FROM juki_net.cursor WHERE name = 'schedule:exchange-box.watch-receipts'"))[0]?.['value'] === estate.clock.now().toISOString().slice(0, 13), 30);
    expect(overdue()).toHaveLength(1);
  });

  it('tells both sides once of a dropped file that is not acknowledged for 15 minutes', async () => {
    const name = nextName();
    // From the first moment its job is nobody's.
    await estate.sql("CREATE FUNCTION juki_net.lost_job() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.job_id := NEW.file_id; RETURN NEW; END'");
    await estate.sql('CREATE TRIGGER lost_job BEFORE INSERT ON juki_net.exchange_in_file FOR EACH ROW EXECUTE FUNCTION juki_net.lost_job()');
    const { fileId } = dropped.parse((await drop(name, await questions('slow', [line(1, code(6))]))).json);
    await estate.sql('DROP TRIGGER lost_job ON juki_net.exchange_in_file');
    const waiting = async (): Promise<unknown[]> => {
      const { json } = await estate.request('GET', `${API}/exchange-box/unresolved?limit=1000`, { as: operator('o-1') });
      return z.object({ withoutAcknowledgement: z.array(inItem) }).parse(json).withoutAcknowledgement.map((file) => file.fileId);
    };
    const overdue = () => events.filter(({ type, data }) => type.includes('acknowledgement-overdue') && JSON.stringify(data).includes(fileId));
    pass(14);
    expect(await waiting()).toEqual([]);
    pass(5);
    await estate.eventually(() => Promise.resolve(overdue().length > 0), 30);
    expect(await waiting()).toEqual([fileId]);
    expect(overdue()[0]?.data).toMatchObject({ organisation: 'pension', kind: 'BREQ', name });
    await estate.sql('UPDATE juki_net.exchange_in_file SET job_id = NULL WHERE file_id = $1', fileId);
    expect(await settled(name)).toMatchObject({ state: 'VERIFIED' });
    expect([await waiting(), overdue().length]).toEqual([[], 1]);
  });

  it('is as if a file were not there that is purged while it is fetched', async () => {
    const { fileId } = await sent('purged', [line(1, code(7))]);
    const ack = await standing(fileId, 'ACKN');
    const admin = new pg.Client({ connectionString: estate.adminUrl });
    await admin.connect();
    await admin.query('BEGIN');
    await admin.query('DELETE FROM juki_net.exchange_out_file WHERE file_id = $1', [ack.fileId]);
    const answer = get(ack.fileId);
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%exchange_out_file%'")).length > 0, 30);
    await admin.query('COMMIT');
    await admin.end();
    expect(codeOf(await answer)).toEqual([404, 'NOT_FOUND']);
  });

  it('holds the changes of a subscription', async () => {
    const subscriptionId = randomUUID();
    const path = `${API}/subscriptions/${subscriptionId}`;
    expect((await estate.request('PUT', path, { as: pension, purpose: PURPOSE, body: { grantId, reasons: ['11'], calendar: { every: 'DAILY' } } })).status).toBe(200);
    const add = [{ residentCode: code(10), requesterRef: 'ref-10', sinceDate: '2015-01-01' }];
    expect((await estate.request('POST', `${path}/persons`, { as: pension, purpose: PURPOSE, body: { add } })).json).toMatchObject({ added: 1 });
    pass(24 * 60);
    const [feed] = await estate.eventually(async () => {
      const found = await estate.sql<{ batch_id: string }>("SELECT batch_id FROM juki_net.provision_batch WHERE subscription_id = $1 AND state = 'PACKAGED'", subscriptionId);
      return found.length === 1 ? found : undefined;
    }, 40);
    const { details } = read(await get((await standing(feed?.batch_id, 'CFED')).fileId), 'CFED');
    expect(details).toEqual([expect.stringMatching(`^D,${subscriptionId},ref-10,`)]);
  });

  it('gives a prefecture its matches, and the Statistics Bureau its rows', async () => {
    const [office, statistics] = [await newParty(8n), await newParty(9n)];
    await registered(office, '99', 'prefecture');
    await registered(statistics, 'statistics-bureau');
    const name = nextName('99', 'IMIN');
    const rows = [`D,a-1,ミホン,見本　3,${born(3)},1,架空県試験市見本町4,`, 'D,a-2,ナナシ,名無　一,19230101,1,架空県試験市他町1,', 'a-3,ミホン,見本　5,19800101,1,架空県試験市見本町6,'];
    const text = writeFrame({ kind: 'IMIN', sender: '99', receiver: 'juki-net', grantId: '', batchId: 'match-1', createdAt: '2016-01-21T01:00:00Z' }, rows);
    expect((await drop(name, await seal(text, office, register), prefecture, 'INITIAL_MATCHING')).status).toBe(202);
    const file = await settled(name, prefecture);
    expect(file).toMatchObject({ state: 'VERIFIED', faulty: 1 });
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.initial_match WHERE match_id = $1 AND state = 'MATCHED'", file.sourceId)).length === 1, 60);
    pass(5);
    const result = await standing(file.sourceId, 'IMOT', prefecture);
    expect(read(await get(result.fileId, prefecture, 'INITIAL_MATCHING'), 'IMOT', office).details).toEqual(['D,a-1,AUTO,1,', 'D,a-2,NONE,,']);

    estate.clock.set(new Date('2016-02-05T01:00:00Z'));
    const [extract] = await estate.eventually(async () => {
      const found = await estate.sql<{ extract_id: string }>("SELECT extract_id FROM juki_net.statistics_extract WHERE state = 'COMPLETED'");
      return found.length === 1 ? found : undefined;
    }, 60);
    const rowsFile = await standing(extract?.extract_id, 'MSTA', bureau);
    expect(rowsFile).toMatchObject({ lines: PEOPLE, firstLine: 1, lastLine: PEOPLE });
    const { header, details } = read(await get(rowsFile.fileId, bureau, 'MIGRATION_STATISTICS'), 'MSTA', statistics);
    expect([header.batchId, details.length]).toEqual(['2016-01', PEOPLE]);
    expect(details[0]).toMatch(/^D,[0-9a-f-]{36},DOMESTIC,2016-01,990019,990027,1,/);
    expect((await confirm(rowsFile.fileId, hashOf(details), bureau)).json).toEqual({ state: 'RECEIPTED' });
  });

  it('tells a prefecture the codes of its matches under a grant, each with a use record; a grant that lacks something is refused when the file is picked up', async () => {
    const office = await newParty(11n);
    await registered(office, '99', 'prefecture');
    const granted = async (over: Record<string, unknown>): Promise<string> => {
      const body = {
        institution: 'prefecture', organisation: '99', affair: 'INITIAL_MATCHING', legalBasis: '別表第五', items: ['residentCode'], modes: ['BATCH_LINE'], keyKinds: ['FOUR_ITEMS'],
        validFrom: '2015-10-05', validUntil: '2099-12-31', ...over,
      };
      const { grantId: id } = z.looseObject({ grantId: z.uuid() }).parse((await estate.request('POST', `${API}/grants`, { as: operator('o-1'), body })).json);
      await estate.request('POST', `${API}/grants/${id}/approval`, { as: legalOfficer, body: {} });
      return id;
    };
    const match = async (reference: string, underGrant: string) => {
      const name = nextName('99', 'IMIN');
      const rows = [6, 7].map((at) => `D,${reference}-${at},ミホン,見本　${at},${born(at)},1,架空県試験市見本町${at + 1},`);
      const text = writeFrame({ kind: 'IMIN', sender: '99', receiver: 'juki-net', grantId: underGrant, batchId: reference, createdAt: '2016-02-05T01:00:00Z' }, [...rows, `D,${reference}-none,ナナシ,名無　一,19230101,1,架空県試験市他町1,`]);
      expect((await drop(name, await seal(text, office, register), prefecture, 'INITIAL_MATCHING')).status).toBe(202);
      return settled(name, prefecture);
    };
    for (const [over, reason] of [
      [{ items: ['nameKanji'] }, 'ITEM_NOT_GRANTED'], [{ keyKinds: ['RESIDENT_CODE'] }, 'KEY_KIND_NOT_GRANTED'], [{ modes: ['IMMEDIATE_HOST'] }, 'MODE_NOT_GRANTED'],
      [{ affair: 'RESIDENT_REGISTER' }, 'GRANT_NOT_ACTIVE'], [{ validUntil: '2016-02-04' }, 'GRANT_NOT_ACTIVE'],
    ] as const) expect(await match('not-granted', await granted(over))).toMatchObject({ state: 'REJECTED', reason });
    expect(await match('not-granted', grantId)).toMatchObject({ state: 'REJECTED', reason: 'GRANT_NOT_ACTIVE' });

    const grant = await granted({});
    const file = await match('granted', grant);
    expect(file.state).toBe('VERIFIED');
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.initial_match WHERE match_id = $1 AND state = 'MATCHED'", file.sourceId)).length === 1, 60);
    pass(5);
    const result = await standing(file.sourceId, 'IMOT', prefecture);
    const uses = (): Promise<unknown[]> => estate.sql("SELECT items, mode, key_kind, provider FROM juki_net.use_record WHERE grant_id = $1", grant);
    expect(await uses()).toEqual([]);
    const { header, details } = read(await get(result.fileId, prefecture, 'INITIAL_MATCHING'), 'IMOT', office);
    expect([header.grantId, details]).toEqual([grant, [`D,granted-6,AUTO,1,${code(7)}`, `D,granted-7,AUTO,1,${code(8)}`, 'D,granted-none,NONE,,']]);
    const told = { items: ['residentCode'], mode: 'BATCH_LINE', key_kind: 'FOUR_ITEMS', provider: null };
    expect(await uses()).toEqual([told, told]);
    expect(codeOf(await get(result.fileId, { clientId: 'prefecture-13', kind: 'prefecture', organisation: '13' }, 'INITIAL_MATCHING'))).toEqual([404, 'NOT_FOUND']);
    await estate.request('POST', `${API}/grants/${grant}/suspension`, { as: operator('o-1'), body: {} });
    await estate.eventually(async () => (await get(result.fileId, prefecture, 'INITIAL_MATCHING')).status === 403, 10);
    expect(codeOf(await get(result.fileId, prefecture, 'INITIAL_MATCHING'))).toEqual([403, 'GRANT_NOT_ACTIVE']);
    expect(await uses()).toHaveLength(2);
  });

  it('changes its key by two officers; the former one opens files until the overlap ends, and partners change theirs', async () => {
    const propose = (as: Actor): Promise<Answer> => estate.request('POST', `${API}/exchange-key-rotations`, { as, body: { overlapDays: 7 } });
    expect(codeOf(await propose(operator()))).toEqual([403, 'OPERATOR_NOT_ASSERTED']);
    const { rotationId } = z.looseObject({ rotationId: z.uuid() }).parse((await propose(operator('o-1'))).json);
    expect(codeOf(await propose(operator('o-2')))).toEqual([409, 'ROTATION_STATE']);
    const effect = (officer: string): Promise<Answer> => estate.request('POST', `${API}/exchange-key-rotations/${rotationId}/effect`, { as: operator(officer), body: {} });
    expect(codeOf(await effect('o-1'))).toEqual([409, 'SAME_OFFICER']);
    expect((await effect('o-2')).status).toBe(200);
    expect(codeOf(await effect('o-3'))).toEqual([409, 'ROTATION_STATE']);
    const [former, newest] = [register, await ownCertificate()];
    expect(newest.serial).not.toBe(former.serial);
    await estate.eventually(() => Promise.resolve(events.some(({ type }) => type.includes('certificate-announced'))));

    const second = await newParty(10n);
    await registered(second, 'pension');
    const file = await sent('overlap', [], await questions('overlap', [line(1, code(6))], agency, former));
    expect(file.state).toBe('VERIFIED');
    expect(read(await get((await standing(file.fileId, 'ACKN')).fileId), 'ACKN', second, newest).details).toEqual([`D,0,${file.name},VERIFIED`]);
    const { json } = await estate.request('GET', `${API}/exchange-certificates`, { as: pension });
    const listed = z.object({ own: z.array(z.looseObject({ isUsed: z.boolean(), opensUntil: z.string().optional() })), partners: z.array(z.looseObject({ isUsed: z.boolean(), organisation: z.string() })) }).parse(json);
    expect(listed.own.map(({ isUsed, opensUntil }) => [isUsed, opensUntil])).toEqual([[true, undefined], [false, '2016-02-12T15:00:00.000Z']]);
    expect(listed.partners.map(({ isUsed, organisation }) => [isUsed, organisation])).toEqual([[true, 'pension'], [false, 'pension']]);

    estate.clock.set(new Date('2016-02-12T15:00:01Z'));
    expect(await sent('after', [], await questions('after', [line(1, code(6))], second, former))).toMatchObject({ state: 'REJECTED', reason: 'BAD_SIGNATURE' });
    expect(await sent('after', [], await questions('after', [line(1, code(6))], second, newest))).toMatchObject({ state: 'VERIFIED' });
    estate.clock.set(new Date('2016-02-14T15:00:01Z'));
    await estate.eventually(async () => (await estate.sql('SELECT 1 FROM juki_net.exchange_key WHERE length(private_key) = 0')).length === 1, 30);
    await estate.restart();
    expect(await sent('later', [], await questions('later', [line(1, code(6))], second, newest))).toMatchObject({ state: 'VERIFIED' });
  });

  it('forgets files 14 days after their receipt, others 45 days after they stood ready; a dropped file goes with its last answer (JUKI-3.5)', async () => {
    const names = async (table: string): Promise<Map<unknown, number>> => new Map((await estate.sql<{ kind: string; n: number }>(`SELECT kind, count(*)::int AS n FROM juki_net.${table} GROUP BY 1`)).map(({ kind, n }) => [kind, n]));
    const received = async (): Promise<unknown[]> => estate.sql("SELECT 1 FROM juki_net.exchange_out_file WHERE kind = 'BRES' AND state = 'RECEIPTED'");
    const purged = (day: string): Promise<unknown> => {
      estate.clock.set(new Date(`${day}T01:00:00Z`));
      return estate.eventually(async () => (await estate.sql("SELECT value FROM juki_net.cursor WHERE name = 'schedule:exchange-box.purge'"))[0]?.['value'] === day, 30);
    };
    expect(await received()).toEqual([]);
    await estate.sql("UPDATE juki_net.exchange_out_file SET state = 'RECEIPTED', receipted_at = '2016-02-15T01:00:00Z' WHERE kind = 'BRES' AND state = 'READY'");
    const [dropped, acknowledged] = [await names('exchange_in_file'), (await names('exchange_out_file')).get('ACKN')];
    await purged('2016-02-29');
    expect((await received()).length).toBeGreaterThan(0);
    await purged('2016-03-01');
    expect(await received()).toEqual([]);
    expect((await names('exchange_out_file')).get('ACKN')).toBe(acknowledged);
    expect((await names('exchange_in_file')).get('BREQ')).toBe(dropped.get('BREQ'));

    // A matching that officers still decide keeps the file that it came from.
    const [kept] = await estate.sql<{ source_id: string }>("SELECT source_id FROM juki_net.exchange_out_file WHERE kind = 'IMOT' LIMIT 1");
    await estate.sql('DELETE FROM juki_net.exchange_out_file WHERE source_id = $1', kept?.source_id);
    await estate.sql('UPDATE juki_net.initial_match SET review = review + 1 WHERE match_id = $1', kept?.source_id);
    await purged('2016-04-01');
    expect(await estate.sql('SELECT source_id FROM juki_net.exchange_in_file')).toEqual([kept]);
    expect(await estate.sql("SELECT kind FROM juki_net.exchange_out_file WHERE kind IN ('ACKN', 'IMOT')")).toEqual([{ kind: 'ACKN' }]);
    expect(await estate.sql('SELECT 1 FROM juki_net.exchange_in_fault f WHERE NOT EXISTS (SELECT FROM juki_net.exchange_in_file i WHERE i.file_id = f.file_id)')).toEqual([]);
    const lines = await estate.sql<{ entry: string }>("SELECT entry FROM juki_net.audit_line WHERE entry LIKE '%exchange-box:purged%' ORDER BY xid");
    expect(lines.length).toBeGreaterThan(0);
    await estate.sql("UPDATE juki_net.initial_match SET state = 'CLOSED' WHERE match_id = $1", kept?.source_id);
    await purged('2016-04-02');
    expect(await estate.sql('SELECT 1 FROM juki_net.exchange_in_file UNION ALL SELECT 1 FROM juki_net.exchange_in_fault')).toEqual([]);
  });
});
