import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { csvLine } from '#kernel';
import { hashOfDetails, parseCertificate, pemBlocksOf, readFrame, writeFrame, type ParsedCertificate } from '#pki';
import { ExchangeParty, type Answer } from '#testing';
import { REQUEST_COLUMNS } from '../batch/batch.js';
import { API, codeOf, HERE, operator, Stewardship, THERE } from '../stewardship.fixture.js';

const TOWN = '990019';
const world = new Stewardship();
const SEALED = { 'content-type': 'application/pkcs7-mime' };
let town: ExchangeParty;
let own: ParsedCertificate;

type Header = Parameters<typeof writeFrame>[0];
interface Sent {
  readonly header?: Partial<Header>;
  readonly by?: ExchangeParty;
  readonly change?: (text: string) => string;
}

const detail = (...fields: readonly string[]): string => `D,${csvLine(fields).trimEnd()}`;
const line = (lineNo: number, code: string, requestId: string = randomUUID()): string => detail(String(lineNo), requestId, code, '1', '', '5');

/** A file of the town, sealed anew each time. */
async function sealed(kind: string, details: readonly string[], { header = {}, by = town, change = (text) => text }: Sent = {}): Promise<Uint8Array<ArrayBuffer>> {
  const text = writeFrame({ kind, sender: TOWN, receiver: 'numbering', grantId: '', batchId: '', createdAt: '2016-01-20T10:00:00+09:00', ...header }, details);
  return by.seal(change(text), own, world.estate.clock.now());
}

const call = (method: string, path: string, options: { body?: unknown; as?: typeof HERE; headers?: Record<string, string> } = {}): Promise<Answer> =>
  world.estate.request(method, `${API}${path}`, { as: HERE, purpose: 'NUMBER_DESIGNATION', ...options });
const open = async (): Promise<string> => z.object({ batchId: z.uuid() }).parse((await call('POST', '/batches', { body: { municipalityCode: TOWN } })).json).batchId;
const put = (batchId: string, body: Uint8Array<ArrayBuffer>): Promise<Answer> => call('PUT', `/batches/${batchId}/lines`, { body, headers: SEALED });
const register = ({ registration }: ExchangeParty, over: object = {}, as = operator('o-1')): Promise<Answer> => call('POST', '/exchange-certificates', { as, body: { municipalityCode: TOWN, ...registration, ...over } });

async function certificates(): Promise<ParsedCertificate[]> {
  const answer = await call('GET', '/exchange-certificates');
  return pemBlocksOf(answer.bytes.toString()).flatMap(({ der }) => (der === undefined ? [] : parseCertificate(der)));
}

/** Sends the lines, has them numbered and gives the sealed result. */
async function number(details: readonly string[], by = town): Promise<{ batchId: string; answer: Answer }> {
  const batchId = await open();
  const uploaded = await put(batchId, await sealed('NREQ', details, { header: { batchId }, by }));
  expect(uploaded.json).toEqual({ batchId, lineCount: details.length, sha256: hashOfDetails(details) });
  expect((await call('POST', `/batches/${batchId}/seal`, { body: { lineCount: details.length, sha256: hashOfDetails(details) } })).status).toBe(202);
  await world.estate.eventually(async () => z.object({ state: z.string() }).parse((await call('GET', `/batches/${batchId}`)).json).state === 'DELIVERED');
  return { batchId, answer: await call('GET', `/batches/${batchId}/result`) };
}

function details(answer: Answer, kind: string, { by = town, signer = own }: { by?: ExchangeParty; signer?: ParsedCertificate } = {}): readonly string[] {
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, SEALED['content-type']]);
  const frame = readFrame(by.open(answer.bytes, signer), kind);
  if (typeof frame === 'string') throw new Error(frame);
  expect(frame.header).toMatchObject({ sender: 'numbering', receiver: TOWN });
  return frame.details;
}

beforeAll(async () => {
  await world.start();
  town = await ExchangeParty.create(7n, world.estate.clock.now());
  [own = town.certificate] = await certificates();
});
afterAll(() => world.estate.stop());

describe('files that are signed and encrypted (NUM-5.3)', () => {
  it('NUM-5.3 begin with a certificate whose fingerprint is that of the other channel; from then on nothing is taken in clear', async () => {
    const [first, plain] = [await open(), csvLine(REQUEST_COLUMNS) + csvLine(['1', 'r-1', world.enter().code, '1', '', '5'])];
    const csv = { body: plain, headers: { 'content-type': 'text/csv' } };
    expect((await call('PUT', `/batches/${first}/lines`, csv)).status).toBe(200);
    expect(codeOf(await put(first, await sealed('NREQ', [line(1, world.enter().code)], { header: { batchId: first } })))).toBe('422 EXCHANGE_CERTIFICATE');
    expect(codeOf(await register(town, { sha256: '0'.repeat(64) }))).toBe('422 EXCHANGE_CERTIFICATE');
    expect(codeOf(await register(town, { certificate: 'x' }))).toBe('422 EXCHANGE_CERTIFICATE');
    expect(codeOf(await register(town, {}, HERE))).toBe('403 ACTION_NOT_PERMITTED');
    for (let turn = 0; turn < 2; turn += 1) expect((await register(town)).status).toBe(201);
    expect(codeOf(await call('PUT', `/batches/${first}/lines`, csv))).toBe('422 FILE_NOT_SEALED');
    expect(codeOf(await call('POST', `/difference-runs?municipalityCode=${TOWN}`, csv))).toBe('422 FILE_NOT_SEALED');
    expect(codeOf(await call('POST', `/delivery-target-sets?municipalityCode=${TOWN}&baseDate=2015-10-05`, csv))).toBe('422 FILE_NOT_SEALED');
  });

  it('NUM-3.2, 5.3 NREQ comes with the mayor\'s seal, which the audit trail names; NRES goes to the key of the municipality alone', async () => {
    const people = [world.enter(), world.enter()];
    const lines = people.map(({ code }, index) => line(index + 1, code));
    const { batchId, answer } = await number(lines);
    const found = details(answer, 'NRES').map((text) => text.split(','));
    expect(found.map(([, lineNo, , code, residentCode, digits]) => [lineNo, code, residentCode, digits?.length])).toEqual([['1', '00', people[0]?.code, 12], ['2', '00', people[1]?.code, 12]]);
    const stranger = await ExchangeParty.create(7n, world.estate.clock.now());
    expect(() => stranger.open(answer.bytes, own)).toThrow();
    expect(() => town.open(answer.bytes, stranger.certificate)).toThrow();
    const [audited] = await world.estate.sql<{ facts: object }>("SELECT entry::jsonb->'facts' AS facts FROM numbering.audit_line WHERE entry LIKE '%numbering.batch.upload%' AND entry LIKE '%' || $1 || '%'", batchId);
    expect(audited?.facts).toEqual({ lines: 2, signedBy: createHash('sha256').update(town.certificate.der).digest('hex') });
    const later = await call('GET', `/batches/${batchId}/result?after=1&limit=1`);
    expect(details(later, 'NRES')).toEqual([`D,${found[1]?.slice(1).join(',')}`]);
  });

  it('NUM-7 a file is refused as a whole when tampered with, signed by another, of another batch, or not what it says', async () => {
    const [batchId, lines] = [await open(), [line(1, world.enter().code)]];
    const here = { batchId };
    const tampered = await sealed('NREQ', lines, { header: here });
    tampered[tampered.length - 40] = (tampered[tampered.length - 40] ?? 0) ^ 1;
    const refused = async (body: Uint8Array<ArrayBuffer>) => codeOf(await put(batchId, body));
    expect(await refused(tampered)).toBe('422 BAD_SIGNATURE');
    expect(await refused(new Uint8Array([1, 2, 3]))).toBe('422 BAD_SIGNATURE');
    expect(await refused(await sealed('NREQ', lines, { header: here, by: await ExchangeParty.create(7n, world.estate.clock.now()) }))).toBe('422 BAD_SIGNATURE');
    for (const header of [{ batchId: await open() }, { batchId: '' }, { ...here, sender: '990027' }, { ...here, receiver: 'juki-net' }]) expect(await refused(await sealed('NREQ', lines, { header }))).toBe('422 FRAME');
    expect(await refused(await sealed('NDIF', lines, { header: here }))).toBe('422 FRAME');
    expect(await refused(await sealed('NREQ', [], { header: here }))).toBe('422 FRAME');
    expect(await refused(await sealed('NREQ', lines.map((text) => text.slice(2)), { header: here }))).toBe('422 FRAME');
    expect(await refused(await sealed('NREQ', lines, { header: here, change: (text) => text.replace('T,1', 'T,2') }))).toBe('409 COUNT_MISMATCH');
    expect(await refused(await sealed('NREQ', lines, { header: here, change: (text) => text.replace(',1,,5', ',1,,4') }))).toBe('409 HASH_MISMATCH');
    expect(await refused(await sealed('NREQ', [line(2, world.enter().code)], { header: here }))).toBe('422 FILE_FAULTS');
    expect(codeOf(await call('PUT', `/batches/${batchId}/lines`, { as: THERE, body: await sealed('NREQ', lines, { header: here }), headers: SEALED }))).toBe('403 OUT_OF_JURISDICTION');
    expect(await world.estate.sql('SELECT FROM numbering.batch_line WHERE batch_id = $1', batchId)).toEqual([]);
    expect(codeOf(await call('POST', `/batches/${batchId}/seal`, { body: { lineCount: 1, sha256: hashOfDetails(lines) } }))).toBe('409 UPLOAD_INCOMPLETE');
  });

  it('NUM-5.3 NDIF and NTGT that are sealed anew are the same list; NREC is sealed for who has a certificate', async () => {
    const [{ code }, waiting] = [world.enter(), world.enter()];
    expect((await world.ask(code)).status).toBe(201);
    const post = async (path: string, kind: string, rows: readonly string[]) => call('POST', path, { body: await sealed(kind, rows), headers: SEALED });
    const run = async () => z.object({ runId: z.uuid(), lines: z.literal(1), sha256: z.string() }).parse((await post(`/difference-runs?municipalityCode=${TOWN}`, 'NDIF', [detail(waiting.code, 'code changed', '2016-01-10')])).json);
    const first = await run();
    expect(await run()).toEqual(first);
    const target = detail('H1', '1', code, '1000001', '架空県架空市1, "別館"', '基盤 花子', '0', '1');
    const set = async () => z.object({ setId: z.uuid(), rows: z.number() }).parse((await post(`/delivery-target-sets?municipalityCode=${TOWN}&baseDate=2015-10-05`, 'NTGT', [target])).json);
    const list = await set();
    expect((await set()).setId).toBe(list.setId);
    await world.estate.eventually(async () => z.object({ persons: z.number().nullable() }).parse((await call('GET', `/delivery-target-sets/${list.setId}`)).json).persons === 1);
    const [row = ''] = details(await call('GET', '/reconciliations/2016-01-20'), 'NREC');
    expect(row.split(',').slice(0, 2)).toEqual(['D', TOWN]);
    const whole = await call('GET', '/reconciliations/2016-01-20', { as: operator('o-1') });
    expect(whole.bytes.toString()).toContain(row.slice(2));
  });

  it('NUM-5.3 a certificate that is withdrawn is believed no more, and files stay sealed; who gives sealed files up sends and gets them in clear', async () => {
    const other = await ExchangeParty.create(7n, world.estate.clock.now());
    expect((await register(other)).status).toBe(201);
    const withdraw = (over: object = {}, as = operator('o-1')): Promise<Answer> => call('POST', '/exchange-certificates/withdrawals', { as, body: { municipalityCode: TOWN, evidenceRef: '届出第1号', ...over } });
    const leaked = { sha256: other.registration.sha256 };
    expect(codeOf(await withdraw(leaked, HERE))).toBe('403 ACTION_NOT_PERMITTED');
    expect([(await withdraw(leaked)).json, codeOf(await withdraw(leaked)), codeOf(await register(other))]).toEqual([{ withdrawn: 1 }, '404 NOT_FOUND', '422 EXCHANGE_CERTIFICATE']);
    const batchId = await open();
    const lines = [line(1, world.enter().code)];
    expect(codeOf(await put(batchId, await sealed('NREQ', lines, { header: { batchId }, by: other })))).toBe('422 BAD_SIGNATURE');
    expect(details((await number([line(1, world.enter().code)])).answer, 'NRES')).toHaveLength(1);
    expect((await withdraw({ sha256: town.registration.sha256 })).json).toEqual({ withdrawn: 1 });
    const plain = { body: csvLine(REQUEST_COLUMNS) + csvLine(['1', 'r-1', world.enter().code, '1', '', '5']), headers: { 'content-type': 'text/csv' } };
    expect([codeOf(await put(batchId, await sealed('NREQ', lines, { header: { batchId } }))), codeOf(await call('PUT', `/batches/${batchId}/lines`, plain))]).toEqual(['422 EXCHANGE_CERTIFICATE', '422 FILE_NOT_SEALED']);
    expect([(await withdraw()).json, codeOf(await withdraw())]).toEqual([{ withdrawn: 2 }, '404 NOT_FOUND']);
    expect((await call('PUT', `/batches/${batchId}/lines`, plain)).status).toBe(200);
    const audited = await world.estate.sql<{ facts: object }>("SELECT entry::jsonb->'facts' AS facts FROM numbering.audit_line WHERE entry LIKE '%exchange-certificate.withdraw%' AND entry LIKE '%\"outcome\":\"DONE\"%' ORDER BY at, xid");
    expect(audited[0]?.facts).toEqual({ withdrawn: 1, ...leaked, evidenceRef: '届出第1号' });
    expect(await world.estate.sql("SELECT DISTINCT withdrawn_by FROM numbering.exchange_certificate WHERE municipality_code = $1", TOWN)).toEqual([{ withdrawn_by: expect.stringContaining('o-1') }]);
    town = await ExchangeParty.create(7n, world.estate.clock.now());
    expect((await register(town)).status).toBe(201);
    expect(codeOf(await call('PUT', `/batches/${await open()}/lines`, plain))).toBe('422 FILE_NOT_SEALED');
  });

  it('NUM-5.3 the next key of numbering stands beside the first one for a year: both open files, the first one signs until its end', async () => {
    const end = own.notAfter;
    const daysBefore = (days: number): Date => new Date(end.getTime() - days * 86_400_000);
    world.estate.clock.set(daysBefore(366));
    await world.estate.restart();
    expect(await certificates()).toHaveLength(1);
    world.estate.clock.set(daysBefore(300));
    await world.estate.restart();
    const both = await certificates();
    expect(both.map(({ serial }) => serial)).toEqual([1n, 2n]);
    const next = both[1] ?? own;
    const batchId = await open();
    expect(codeOf(await put(batchId, await sealed('NREQ', [line(1, world.enter().code)], { header: { batchId } })))).toBe('422 EXCHANGE_CERTIFICATE');
    const later = await ExchangeParty.create(8n, world.estate.clock.now());
    expect((await register(later)).status).toBe(201);
    const first = own;
    own = next;
    const { answer } = await number([line(1, world.enter().code)], later);
    expect(details(answer, 'NRES', { by: later, signer: first })).toHaveLength(1);
    world.estate.clock.set(new Date(end.getTime() - 1_000));
    expect(await certificates()).toHaveLength(2);
    world.estate.clock.set(end);
    expect((await certificates()).map(({ serial }) => serial)).toEqual([2n]);
  });

  it('NUM-5.3 its private key is kept encrypted', async () => {
    for (const { private_key: kept } of await world.estate.sql<{ private_key: Buffer }>('SELECT private_key FROM numbering.exchange_key')) {
      expect(kept.length).toBeGreaterThan(1_000);
      expect(kept.includes('MII')).toBe(false);
    }
  });
});
