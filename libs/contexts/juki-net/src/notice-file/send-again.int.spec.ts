import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toLocalDate, toMunicipalityCode } from '#kernel';
import type { Actor } from '#platform';
import { startEstate, type TestEstate } from '#testing';
import { generatePopulation, INTAKE_COLUMNS, writeIntakeFile } from '#testing/population';
import { jukiNetModule } from '#contexts/juki-net';
import { INTAKE_COLUMNS as COLUMNS, type IntakeColumn } from '../change-notice/intake-row.js';
import { CHUNK_LINES } from './receive-notice-file.js';

const townA: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };
const API = '/api/juki-net/v1';
const REGISTER = 'RESIDENT_REGISTER';
const ROWS = 3 * CHUNK_LINES;

let estate: TestEstate;
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2016-01-20T01:00:00Z') });
});
afterAll(async () => estate.stop());

function entries(size: number, firstSerial: number): string {
  const municipality = toMunicipalityCode('990019');
  const households = generatePopulation({ seed: 'send-again', size, firstSerial, municipality, baseDate: toLocalDate('2015-10-05') });
  return Buffer.concat([...writeIntakeFile(households, { municipality, changeDate: toLocalDate('2015-10-05'), firstMunicipalSeq: firstSerial }).chunks]).toString('utf8');
}
const uploaded = z.object({ fileId: z.uuid(), jobId: z.uuid(), state: z.string(), repeated: z.boolean() });
async function upload(text: string): Promise<z.output<typeof uploaded>> {
  const answer = await estate.request('POST', `${API}/notice-files?municipalityCode=990019`, { as: townA, purpose: REGISTER, body: Buffer.from(text), headers: { 'content-type': 'text/csv' } });
  return uploaded.parse(answer.json);
}
const job = async (id: string): Promise<{ state: string; done: number; total: number | null } | undefined> =>
  (await estate.sql<{ state: string; done: number; total: number | null }>('SELECT state, done, total FROM juki_net.job WHERE id = $1', id))[0];
const ended = (id: string): Promise<boolean> => estate.eventually(async () => (await job(id))?.state === 'SUCCEEDED', 30);
async function counts(fileId: string): Promise<unknown> {
  return (await estate.request('GET', `${API}/notice-files/${fileId}`, { as: townA, purpose: REGISTER })).json;
}

describe('a file whose job did not end', () => {
  it.each(['CANCELLED', 'FAILED'] as const)('JUKI-3.3 is taken up where a %s job stopped when the same bytes come again', async (end) => {
    const text = entries(ROWS, end === 'FAILED' ? 1 : 100_001);
    // Holds the job after its first chunk.
    await estate.sql(`CREATE FUNCTION juki_net.spec_hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'held by the spec'; END $$`);
    await estate.sql('CREATE TRIGGER spec_hold BEFORE DELETE ON juki_net.notice_file_chunk FOR EACH ROW WHEN (OLD.chunk = 1) EXECUTE FUNCTION juki_net.spec_hold()');
    const first = await upload(text);
    await estate.eventually(async () => ((await job(first.jobId))?.done ?? 0) > 0);
    if (end === 'CANCELLED') await estate.request('POST', `${API}/jobs/${first.jobId}/cancellation`, { as: townA, body: {} });
    await estate.eventually(async () => (await job(first.jobId))?.state === end, 30);
    await estate.sql('DROP TRIGGER spec_hold ON juki_net.notice_file_chunk');
    await estate.sql('DROP FUNCTION juki_net.spec_hold()');
    const both = await Promise.all([upload(text), upload(text)]);
    expect(new Set(both.map((answer) => answer.jobId)).size).toBe(1);
    const jobId = both[0]?.jobId ?? '';
    expect(both[0]).toMatchObject({ fileId: first.fileId, repeated: true });
    expect(jobId).not.toBe(first.jobId);
    await ended(jobId);
    expect(await counts(first.fileId)).toMatchObject({ jobId, state: 'COMPLETED', rows: ROWS, applied: ROWS, repeated: 0, rejected: 0 });
    expect(await job(jobId)).toMatchObject({ done: ROWS, total: ROWS });
    expect(await estate.sql('SELECT 1 FROM juki_net.notice_file_chunk')).toEqual([]);
    expect(await upload(text)).toMatchObject({ jobId, state: 'COMPLETED', repeated: true });
  });

  it('JUKI-4.2 names whose marks or glyph references outgrow the register are faults of their own rows', async () => {
    const [header = '', ...rows] = entries(4, 200_001).trimEnd().split('\r\n');
    // In no order that an index entry could be compressed by.
    let mark = 1;
    const marked = Array.from({ length: 4_000 }, () => {
      mark = (mark * 48_271) % 2_147_483_647;
      return String.fromCodePoint(0x300 + (mark % 0x15));
    }).join('');
    const glyphs = Array.from({ length: 45 }, (_value, index) => `〓{glyph:${String(index).padStart(12, '0')}}`).join('');
    const wide = Array.from({ length: 100 }, (_value, index) => (index % 2 === 0 ? '㌕' : '㍍')).join('');
    const over = (row: string | undefined, column: (typeof INTAKE_COLUMNS)[number], text: string): string =>
      (row ?? '').split(',').map((field, index) => (INTAKE_COLUMNS[index] === column ? text : field)).join(',');
    const { fileId, jobId } = await upload([header, over(rows[0], 'nameKanji', `見${marked}`), over(rows[1], 'nameKana', wide), over(rows[2], 'nameKanji', glyphs.repeat(2)), rows[3] ?? ''].join('\r\n'));
    await ended(jobId);
    expect(await counts(fileId)).toMatchObject({ applied: 1, rejected: 3 });
    expect(await estate.sql('SELECT line, "column", code FROM juki_net.notice_file_fault WHERE file_id = $1 ORDER BY line', fileId)).toEqual([
      { line: 2, column: 'nameKanji', code: 'FORMAT' }, { line: 3, column: 'nameKana', code: 'FORMAT' }, { line: 4, column: 'nameKanji', code: 'FORMAT' },
    ]);
    const fitting = over(rows[0], 'nameKanji', Array.from({ length: 100 }, (_value, index) => String.fromCodePoint(0x2_0000 + index * 7)).join(''));
    const last = await upload([header, over(fitting, 'nameKana', 'ガ'.repeat(100))].join('\r\n'));
    await ended(last.jobId);
    expect(await counts(last.fileId)).toMatchObject({ applied: 1, rejected: 0 });
  });
});

describe('a file with the columns that it may leave out', () => {
  type Items = Partial<Record<IntakeColumn, string>>;
  const [, ...persons] = entries(10, 300_001).trimEnd().split('\r\n');
  let municipalSeq = 300_100;
  /** An entry of that person, or with `personSeq` what came after it. */
  const row = (person: number, over: Items = {}): Items => {
    const fields = (persons[person] ?? '').split(',');
    const entry = Object.fromEntries(INTAKE_COLUMNS.map((column, index) => [column, fields[index] ?? '']));
    return { ...entry, municipalSeq: String((municipalSeq += 1)), ...over };
  };
  const fileOf = (rows: readonly Items[]): string => `${[COLUMNS.join(','), ...rows.map((one) => COLUMNS.map((column) => one[column] ?? '').join(','))].join('\r\n')}\r\n`;
  const faultsOf = async (fileId: string): Promise<unknown> => (await estate.request('GET', `${API}/notice-files/${fileId}/faults`, { as: townA, purpose: REGISTER })).json;
  async function taken(text: string): Promise<string> {
    const { fileId, jobId } = await upload(text);
    await ended(jobId);
    return fileId;
  }

  it('JUKI-4.2, 4.3 good rows apply with their values, each bad one is named by line, column and reason, and corrected ones are taken in', async () => {
    estate.clock.set(new Date('2019-11-04T14:59:00Z'));
    const whole = row(0, { residencyClass: 'SPECIAL_PERMANENT', managementNo: '2019-000001', changeReasonDetail: '法務省通知', updateLock: '1' });
    // A column of the file says '' where it is empty: rows about a foreign resident repeat the class.
    const married = row(0, { personSeq: '2', changeReason: '31', nameKanji: '例示　改', residencyClass: 'SPECIAL_PERMANENT', changeReasonDetail: '婚姻', managementNo: '2019-000002' });
    const bad: readonly (readonly [Items, Items, string, string])[] = [
      [row(1), { formerSurname: '見本' }, 'formerSurname', 'ITEM_NOT_ALLOWED'],
      [row(2, { formerSurname: '' }), { formerSurname: '見'.repeat(51) }, 'formerSurname', 'FORMAT'],
      [row(3, { residencyClass: 'MID_TO_LONG_TERM' }), { residencyClass: 'PERMANENT' }, 'residencyClass', 'FORMAT'],
      [row(4, { managementNo: 'K-1' }), { managementNo: 'K'.repeat(41) }, 'managementNo', 'FORMAT'],
      [row(5, { managementNo: 'K-2' }), { managementNo: '99300001000' }, 'managementNo', 'FORMAT'],
      [row(6, { changeReasonDetail: '出生' }), { changeReasonDetail: '出\u0000生' }, 'changeReasonDetail', 'CHARACTER'],
      [row(7, { changeReasonDetail: '生'.repeat(100) }), { changeReasonDetail: '生'.repeat(101) }, 'changeReasonDetail', 'FORMAT'],
      [row(8, { updateLock: '0' }), { updateLock: 'LOCKED' }, 'updateLock', 'FORMAT'],
      [row(0, { personSeq: '3', changeReason: '30', nameKanji: '例示　改', address: '架空県試験市例示2', residencyClass: 'SPECIAL_PERMANENT' }), { residencyClass: 'TRANSITIONAL' }, 'residencyClass', 'REASON_ITEM'],
      [row(9, { nameKanji: '見本\u{E000}' }), { nameKanji: '見本\u{FFFE}' }, 'nameKanji', 'CHARACTER'],
    ];
    const first = await taken(fileOf([whole, married, ...bad.map(([good, fault]) => ({ ...good, ...fault }))]));
    expect(await counts(first)).toMatchObject({ rows: 12, applied: 2, rejected: 10, held: 0 });
    expect(await faultsOf(first)).toMatchObject({ items: bad.map(([, , column, code], index) => ({ line: index + 4, column, code, title: { ja: expect.stringMatching(/\S/), en: expect.stringMatching(/\S/) } })) });
    // The day after, Japanese time: the former surname is an item of the register (JUKI-4.2).
    estate.clock.set(new Date('2019-11-04T15:00:00Z'));
    const second = await taken(fileOf([whole, married, ...bad.map(([good, fault]) => (fault.formerSurname === '見本' ? { ...good, ...fault } : good))]));
    expect([await counts(second), await faultsOf(second)]).toMatchObject([{ rows: 12, applied: 10, repeated: 2, rejected: 0 }, { items: [] }]);
    const records = await estate.sql(
      `SELECT s.former_surname, s.residency_class, s.update_lock, s.address = '架空県試験市例示2' AS moved, array_agg(n.management_no ORDER BY n.person_seq) AS numbers, array_agg(n.gaiji_name) AS gaiji
       FROM juki_net.segment s JOIN juki_net.change_notice n USING (person_key) WHERE n.municipal_seq > 300100 GROUP BY s.person_key, s.municipality_code, s.stay ORDER BY min(n.municipal_seq)`);
    const plain = { former_surname: '', residency_class: null, update_lock: false, moved: false, numbers: [null], gaiji: [null] };
    expect(records).toEqual([
      { ...plain, residency_class: 'SPECIAL_PERMANENT', update_lock: true, moved: true, numbers: ['2019-000001', '2019-000002', null], gaiji: [null, null, null] },
      { ...plain, former_surname: '見本' }, plain, { ...plain, residency_class: 'MID_TO_LONG_TERM' }, { ...plain, numbers: ['K-1'] }, { ...plain, numbers: ['K-2'] }, plain, plain, plain, { ...plain, gaiji: [1] },
    ]);
    const [notice] = await estate.sql<{ id: string }>("SELECT notice_id AS id FROM juki_net.change_notice WHERE management_no = '2019-000002'");
    const view = await estate.request('GET', `${API}/change-notices/${notice?.id}`, { as: townA, purpose: REGISTER });
    expect(view.json).toMatchObject({ state: 'APPLIED', managementNo: '2019-000002', changeReasonDetail: '婚姻', updateLock: true });
  });
});
