import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toLocalDate, toMunicipalityCode } from '#kernel';
import type { Actor } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { BAD_ROW_KINDS, generatePopulation, INTAKE_COLUMNS, writeIntakeFile, type IntakeFileOptions } from '#testing/population';
import { jukiNetModule } from '#contexts/juki-net';

const townA: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };
const townB: Actor = { clientId: 'municipality-990027', kind: 'municipality', organisation: '990027' };
const API = '/api/juki-net/v1/notice-files';
const REGISTER = 'RESIDENT_REGISTER';
const ROWS = 10_000;
const municipality = toMunicipalityCode('990019');

let estate: TestEstate;
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2016-01-20T01:00:00Z') });
});
afterAll(async () => estate.stop());

function file(size: number, firstSerial: number, over: Partial<IntakeFileOptions> = {}) {
  const households = generatePopulation({ seed: 'notice-file', size, firstSerial, municipality, baseDate: toLocalDate('2015-10-05') });
  const { chunks, manifest } = writeIntakeFile(households, { municipality, changeDate: toLocalDate('2015-10-05'), firstMunicipalSeq: firstSerial, ...over });
  return { bytes: Buffer.concat([...chunks]), manifest };
}
const upload = (body: Uint8Array, as = townA, of: string = municipality): Promise<Answer> =>
  estate.request('POST', `${API}?municipalityCode=${of}`, { as, purpose: REGISTER, body, headers: { 'content-type': 'text/csv; charset=utf-8' } });
const uploaded = z.object({ fileId: z.uuid(), jobId: z.uuid(), state: z.string(), repeated: z.boolean() });
const codeOf = (answer: Answer): string => z.object({ code: z.string() }).parse(answer.json).code;
const header = `${INTAKE_COLUMNS.join(',')}\r\n`;

async function completed(fileId: string): Promise<Record<string, unknown>> {
  return estate.eventually(async () => {
    const answer = await estate.request('GET', `${API}/${fileId}`, { as: townA, purpose: REGISTER });
    const view = z.record(z.string(), z.unknown()).parse(answer.json);
    return view['state'] === 'COMPLETED' && view;
  }, 60);
}
const page = z.object({ items: z.array(z.object({ line: z.number(), column: z.string().nullable(), code: z.string(), title: z.object({ ja: z.string(), en: z.string() }) })), next: z.number().optional() });
async function faultsOf(fileId: string): Promise<z.output<typeof page>['items']> {
  const items = [];
  for (let after: number | undefined = 0; after !== undefined; ) {
    const answer = await estate.request('GET', `${API}/${fileId}/faults?after=${after}&limit=37`, { as: townA, purpose: REGISTER });
    const found: z.output<typeof page> = page.parse(answer.json);
    items.push(...found.items);
    after = found.next;
  }
  return items;
}
async function register(): Promise<unknown> {
  return estate.sql(`SELECT (SELECT count(*) FROM juki_net.person) AS persons, (SELECT sum(fact_version) FROM juki_net.person) AS versions, (SELECT count(*) FROM juki_net.segment) AS segments,
    (SELECT count(*) FROM juki_net.change_notice) AS notices, (SELECT count(*) FROM juki_net.notice_file) AS files`);
}

describe('a municipality’s file', () => {
  const { bytes, manifest } = file(ROWS, 1, { badRows: { share: 0.01, seed: 7, today: toLocalDate('2016-01-20') } });
  let fileId = '';

  it('takes every good row in and reports each bad one by line, column and code; a kill in the middle changes nothing', async () => {
    const answer = await upload(bytes);
    expect(answer.status).toBe(202);
    fileId = uploaded.parse(answer.json).fileId;
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.job WHERE done > 0 AND state = 'RUNNING'")).length === 1);
    await estate.restart();
    expect(await completed(fileId)).toMatchObject({ rows: ROWS, applied: ROWS - 100, rejected: 100, repeated: 0, held: 0, quarantined: 0, municipalityCode: '990019' });
    const expected = manifest.map(({ line, column, expectedCode }) => ({ line, column: column ?? null, code: expectedCode }));
    expect(new Set(manifest.map((row) => row.kind)).size).toBe(BAD_ROW_KINDS.length);
    const faults = await faultsOf(fileId);
    expect(faults.map(({ line, column, code }) => ({ line, column, code }))).toEqual(expected);
    expect(faults.find((fault) => fault.code === 'CHECK_DIGIT')?.title).toEqual({ ja: '検査数字が一致しません', en: 'The check digit is wrong' });
    expect(await register()).toEqual([{ persons: ROWS - 100, versions: ROWS - 100, segments: ROWS - 100, notices: ROWS - 100, files: 1 }]);
    expect(await estate.sql('SELECT 1 FROM juki_net.notice_file_chunk')).toEqual([]);
    const lines = await estate.sql<{ n: number; subjects: number }>(`SELECT count(*) AS n, sum(jsonb_array_length(entry::jsonb->'subjects')) AS subjects FROM juki_net.audit_line
      WHERE entry::jsonb->>'object' = $1 AND entry::jsonb ? 'subjects'`, `notice-file:${fileId}`);
    expect(lines).toEqual([{ n: 6, subjects: ROWS - 100 }]);
  });

  it('the same bytes again are the same file; a few other bytes repeat each row without effect', async () => {
    const before = await register();
    const again = uploaded.parse((await upload(bytes)).json);
    expect(again).toMatchObject({ fileId, repeated: true, state: 'COMPLETED' });
    expect(await register()).toEqual(before);
    const both = await Promise.all([upload(Buffer.concat([bytes, Buffer.from('\r\n')])), upload(Buffer.concat([bytes, Buffer.from('\r\n')]))]);
    const [first, second] = both.map((answer) => uploaded.parse(answer.json));
    expect(first?.fileId).toBe(second?.fileId);
    expect(await completed(first?.fileId ?? '')).toMatchObject({ rows: ROWS + 1, applied: 0, repeated: ROWS - 100, rejected: 101 });
    expect(await register()).toEqual([{ persons: ROWS - 100, versions: ROWS - 100, segments: ROWS - 100, notices: ROWS - 100, files: 2 }]);
    expect(await estate.sql('SELECT 1 FROM juki_net.notice_file_chunk')).toEqual([]);
  });

  it('applies every kind of notice in the order of the file and finds held ones of earlier files', async () => {
    const { bytes: entries } = file(3, 500_001);
    const [, ...rows] = entries.toString('utf8').trimEnd().split('\r\n');
    let municipalSeq = 500_100;
    const change = (row: string | undefined, personSeq: string, changeReason: string, given: Partial<Record<(typeof INTAKE_COLUMNS)[number], string>> = {}): string => {
      const over = { municipalSeq: String((municipalSeq += 1)), ...given };
      return (row ?? '').split(',').map((field, index) => {
        const column = INTAKE_COLUMNS[index] ?? 'municipalSeq';
        return over[column] ?? (column === 'personSeq' ? personSeq : column === 'changeReason' ? changeReason : field);
      }).join(',');
    };
    const early = `${header}${change(rows[0], '2', '30', { address: '"架空県試験市例示10-5, 2号室"' })}\r\n${change(rows[1], '1', '14')}\r\n"${rows[2]}\r\n`;
    const first = uploaded.parse((await upload(Buffer.from(early))).json);
    expect(await completed(first.fileId)).toMatchObject({ rows: 3, applied: 1, held: 1, rejected: 1 });
    expect(await faultsOf(first.fileId)).toMatchObject([{ line: 4, column: null, code: 'MALFORMED_ROW' }]);
    const later = `${header}${rows[0]}\r\n${change(rows[1], '2', '31', { nameKanji: '例示　花子', changeDate: '20160110' })}\r\n${change(rows[1], '3', '20', { changeDate: '20160111' })}\n${change(rows[1], '4', '30')}`;
    const second = uploaded.parse((await upload(Buffer.from(later))).json);
    expect(await completed(second.fileId)).toMatchObject({ rows: 4, applied: 3, rejected: 1 });
    expect(await faultsOf(second.fileId)).toMatchObject([{ line: 5, column: 'changeReason', code: 'RECORD_CLOSED' }]);
    expect(await completed(first.fileId)).toMatchObject({ applied: 2, held: 0 });
    const persons = await estate.sql<{ status: string; fact_version: number; address: string; name_kanji: string }>(
      'SELECT p.status, p.fact_version, s.address, s.name_kanji FROM juki_net.person p JOIN juki_net.segment s USING (person_key) WHERE p.fact_version > 1 ORDER BY p.fact_version');
    expect(persons).toMatchObject([{ status: 'RESIDENT', fact_version: 2, address: '架空県試験市例示10-5, 2号室' }, { status: 'DECEASED', fact_version: 3, name_kanji: '例示　花子' }]);
  });

  it('whole files are refused: a column outside the legal set, a wrong header, no rows, an endless line, another municipality', async () => {
    const before = await register();
    const stray = await upload(file(20_000, 600_001, { illegalColumn: 'householdRelation' }).bytes);
    expect([stray.status, codeOf(stray), stray.json]).toMatchObject([422, 'ITEM_NOT_ALLOWED', { facts: { column: 'householdRelation' }, errors: [{ pointer: '/householdRelation', code: 'ITEM_NOT_ALLOWED' }] }]);
    const row = bytes.subarray(bytes.indexOf('\n') + 1, bytes.indexOf('\n') + 200);
    const refusals = await Promise.all([
      upload(Buffer.concat([Buffer.from(header.replace('sex,address', 'address,sex')), row])), upload(row), upload(Buffer.alloc(0)), upload(Buffer.from(header)),
      upload(Buffer.concat([Buffer.from(header), Buffer.alloc(300_000, 0x61)])), upload(bytes, townB),
      estate.request('POST', `${API}?municipalityCode=990019`, { as: townA, purpose: REGISTER, body: bytes, headers: { 'content-type': 'application/pdf' } }),
    ]);
    expect(refusals.map(codeOf)).toEqual(['MALFORMED_HEADER', 'MALFORMED_HEADER', 'MALFORMED_HEADER', 'EMPTY_FILE', 'LINE_TOO_LONG', 'OUT_OF_JURISDICTION', 'UNSUPPORTED_MEDIA_TYPE']);
    for (const { json } of refusals.slice(0, 3)) expect(json).toMatchObject({ facts: { expected: `${INTAKE_COLUMNS.join(',')},notifiedOn,formerSurname,residencyClass,managementNo,changeReasonDetail,updateLock` } });
    expect(await register()).toEqual(before);
    expect(await estate.sql('SELECT 1 FROM juki_net.notice_file_chunk')).toEqual([]);
    expect((await estate.request('GET', `${API}/${fileId}`, { as: townB, purpose: REGISTER })).status).toBe(403);
  });

  it('an upload that breaks off leaves no file, and its lines go with the daily cleaning', async () => {
    const before = await register();
    const token = await estate.token(townA);
    const broken = request(`http://127.0.0.1:${estate.running.httpPort}${API}?municipalityCode=990019`, {
      method: 'POST', agent: false, headers: { authorization: `Bearer ${token}`, 'kiban-purpose': REGISTER, 'content-type': 'text/csv', 'transfer-encoding': 'chunked' },
    });
    const closed = new Promise((resolve) => broken.on('error', resolve));
    broken.write(bytes.subarray(0, 900_000));
    await estate.eventually(async () => (await estate.sql('SELECT 1 FROM juki_net.notice_file_chunk')).length > 0);
    broken.destroy(new Error('cut'));
    await closed;
    await estate.sql("INSERT INTO juki_net.notice_file_chunk VALUES (gen_random_uuid(), 0, 2, 1, '', '2016-01-18T00:00:00Z')");
    estate.clock.set(new Date('2016-01-21T01:00:00Z'));
    await estate.eventually(async () => (await estate.sql('SELECT 1 FROM juki_net.notice_file_chunk')).length === 0);
    expect(await register()).toEqual(before);
  });
});
