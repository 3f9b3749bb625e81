import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ResidentCode } from '#kernel';
import type { Actor } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { INTAKE_COLUMNS, type IntakeColumn } from '#testing/population';
import { jukiNetModule } from '#contexts/juki-net';

const townA: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };
const townB: Actor = { clientId: 'municipality-990027', kind: 'municipality', organisation: '990027' };
const API = '/api/juki-net/v1';
const REGISTER = 'RESIDENT_REGISTER';

let estate: TestEstate;
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2016-01-20T01:00:00Z') });
});
afterAll(async () => estate.stop());

type Row = Partial<Record<IntakeColumn, string>>;
const code = (serial: number): string => ResidentCode.fromBody(`99${String(serial).padStart(8, '0')}`).reveal();
let municipalSeq = 0;
function notice(over: Row): Row {
  municipalSeq += 1;
  return {
    municipalSeq: String(municipalSeq), personSeq: '1', changeReason: '14', changeDate: '20151005', nameKanji: '見本　太郎', nameKana: 'ミホン　タロウ', aliasName: '',
    birthDate: '19800101', sex: '1', address: '架空県試験市見本町2-3-4', townCode: '', postalCode: '0000001', municipalityCode: '990019', previousMunicipalityCode: '', ...over,
  };
}
const change = (residentCode: string, personSeq: number, address: string, over: Row = {}): Row =>
  notice({ residentCode, personSeq: String(personSeq), changeReason: '30', changeDate: '20160110', address, ...over });
const send = (body: Row, as: Actor = townA): Promise<Answer> => estate.request('POST', `${API}/change-notices`, { as, purpose: REGISTER, body });
const changeCode = (former: string, residentCode: string, personSeq: number): Promise<Answer> => estate.request('POST', `${API}/code-changes`, {
  as: townA, purpose: REGISTER,
  body: { municipalSeq: (municipalSeq += 1), personSeq, formerResidentCode: former, residentCode, changeReason: '40', changeDate: '2016-01-15', municipalityCode: '990019' },
});
const told = z.object({ state: z.string().optional(), code: z.string().optional(), noticeId: z.string().optional() });
const outcome = async (answer: Promise<Answer>): Promise<string | undefined> => {
  const { state, code: refusal } = told.parse((await answer).json);
  return refusal ?? state;
};
const fileView = z.object({ state: z.string(), applied: z.number(), held: z.number(), quarantined: z.number(), rejected: z.number(), repeated: z.number() });
async function sendFile(rows: readonly Row[]): Promise<string> {
  const lines = [INTAKE_COLUMNS.join(','), ...rows.map((row) => INTAKE_COLUMNS.map((column) => row[column] ?? '').join(','))];
  const answer = await estate.request('POST', `${API}/notice-files?municipalityCode=990019`, { as: townA, purpose: REGISTER, body: Buffer.from(lines.join('\r\n')), headers: { 'content-type': 'text/csv' } });
  const { fileId } = z.object({ fileId: z.uuid() }).parse(answer.json);
  await estate.eventually(async () => (await counts(fileId)).state === 'COMPLETED');
  return fileId;
}
async function counts(fileId: string): Promise<z.output<typeof fileView>> {
  return fileView.parse((await estate.request('GET', `${API}/notice-files/${fileId}`, { as: townA, purpose: REGISTER })).json);
}
async function faults(fileId: string): Promise<unknown[]> {
  return estate.sql('SELECT line, "column", code FROM juki_net.notice_file_fault WHERE file_id = $1 ORDER BY line', fileId);
}
async function addressAt(serial: string): Promise<unknown> {
  const rows = await estate.sql('SELECT s.address, p.fact_version FROM juki_net.person p JOIN juki_net.segment s USING (person_key) WHERE s.name_kana = $1', serial);
  return rows[0];
}

describe('JUKI-4.5 V6 a change of code among held notices', () => {
  it('rejects what waits with the former code, of every municipality; its numbers can be sent again', async () => {
    const [x, y, kana] = [code(1), code(9_001), 'ミホン　イチ'];
    const person = (residentCode: string, personSeq: number, address: string): Row => change(residentCode, personSeq, address, { nameKana: kana });
    await send(notice({ residentCode: x, nameKana: kana }));
    const fileId = await sendFile([person(x, 3, '三'), person(x, 4, '四')]);
    const elsewhere = told.parse((await send(change(x, 2, '別', { municipalityCode: '990027' }), townB)).json).noticeId ?? '';
    expect(await counts(fileId)).toMatchObject({ held: 2, rejected: 0 });
    expect(await outcome(changeCode(x, y, 2))).toBe('APPLIED');
    expect(await counts(fileId)).toMatchObject({ held: 0, rejected: 2 });
    expect(await faults(fileId)).toEqual([{ line: 2, column: 'residentCode', code: 'CODE_SUPERSEDED' }, { line: 3, column: 'residentCode', code: 'CODE_SUPERSEDED' }]);
    expect(told.parse((await estate.request('GET', `${API}/change-notices/${elsewhere}`, { as: townB, purpose: REGISTER })).json)).toMatchObject({ state: 'REJECTED', code: 'CODE_SUPERSEDED' });
    expect(await estate.sql('SELECT 1 FROM juki_net.change_notice WHERE sealed IS NOT NULL')).toEqual([]);
    expect(await outcome(send(person(x, 3, '三')))).toBe('CODE_SUPERSEDED');
    expect(await outcome(send(person(y, 3, '三の二')))).toBe('APPLIED');
    expect(await addressAt(kana)).toEqual({ address: '三の二', fact_version: 3 });
    expect(await outcome(changeCode(y, code(9_101), 4))).toBe('APPLIED');
  });

  it('takes what came before the change with the new code into the same sequence', async () => {
    const [x, y, kana] = [code(2), code(9_002), 'ミホン　ニ'];
    const person = (residentCode: string, personSeq: number, address: string): Row => change(residentCode, personSeq, address, { nameKana: kana });
    await send(notice({ residentCode: x, nameKana: kana }));
    const fileId = await sendFile([person(y, 2, '二'), person(y, 3, '三'), person(x, 4, '四')]);
    const fifth = person(y, 5, '五');
    expect(await outcome(send(fifth))).toBe('HELD');
    expect(await outcome(changeCode(x, y, 2))).toBe('APPLIED');
    expect(await addressAt(kana)).toEqual({ address: '三', fact_version: 3 });
    expect(await counts(fileId)).toMatchObject({ applied: 1, held: 0, rejected: 2 });
    expect(await faults(fileId)).toEqual([{ line: 2, column: 'personSeq', code: 'SEQ_REUSED' }, { line: 4, column: 'residentCode', code: 'CODE_SUPERSEDED' }]);
    expect(await outcome(send(person(y, 4, '四の二')))).toBe('APPLIED');
    expect(await addressAt(kana)).toEqual({ address: '五', fact_version: 5 });
    expect(told.parse((await send(fifth)).json)).toMatchObject({ state: 'APPLIED' });
  });

  it('a code that another person has is still refused', async () => {
    await send(notice({ residentCode: code(3) }));
    await send(notice({ residentCode: code(4) }));
    expect(await outcome(changeCode(code(3), code(4), 2))).toBe('CODE_IN_USE');
    expect(await outcome(changeCode(code(3), code(3), 2))).toBe('CODE_IN_USE');
  });

  it('changes of code and notices with the new code at once end in one sequence', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [x, y, kana] = [code(100 + round), code(9_100 + round + 10), `ミホン　${'ア'.repeat(round + 1)}`];
      await send(notice({ residentCode: x, nameKana: kana }));
      const last = change(y, 3, '三', { nameKana: kana });
      const [changed, sent] = await Promise.all([outcome(changeCode(x, y, 2)), outcome(send(last))]);
      expect([changed, sent === 'APPLIED' || sent === 'HELD']).toEqual(['APPLIED', true]);
      expect(await addressAt(kana)).toEqual({ address: '三', fact_version: 3 });
    }
  });
});

describe('JUKI-3.3 counts and faults of held rows', () => {
  it('a row that is rejected at its release is a fault of its own file; the corrected one counts once, in the file that brought it', async () => {
    const x = code(5);
    await send(notice({ residentCode: x }));
    const first = await sendFile([change(x, 3, '三', { sex: '2' }), change(x, 4, '四')]);
    expect(await counts(first)).toMatchObject({ applied: 0, held: 2 });
    const second = await sendFile([change(x, 2, '二'), change(x, 3, '三の二'), change(x, 3, '三の三')]);
    expect(await counts(first)).toMatchObject({ applied: 1, held: 0, rejected: 1 });
    expect(await faults(first)).toEqual([{ line: 2, column: 'sex', code: 'REASON_ITEM' }]);
    expect(await counts(second)).toMatchObject({ applied: 2, held: 0, rejected: 1 });
    expect(await faults(second)).toEqual([{ line: 4, column: 'personSeq', code: 'SEQ_REUSED' }]);
  });

  it('a single notice that releases a row of a file moves its count too', async () => {
    const x = code(6);
    await send(notice({ residentCode: x }));
    const fileId = await sendFile([change(x, 3, '三')]);
    await send(change(x, 2, '二'));
    expect(await counts(fileId)).toMatchObject({ applied: 1, held: 0, rejected: 0 });
  });
});

describe('JUKI-4.5 V4 change information', () => {
  it('late news of a former record leave it; news of the present one and a first death set it', async () => {
    const [x, kana] = [code(7), 'ミホン　ナナ'];
    const information = async (): Promise<unknown> =>
      (await estate.sql('SELECT changed_on::text AS day, change_reason AS reason FROM juki_net.person WHERE person_key IN (SELECT person_key FROM juki_net.segment WHERE name_kana = $1)', kana))[0];
    const at = (over: Row): Row => notice({ residentCode: x, nameKana: kana, ...over });
    await send(at({}));
    await send(at({ changeReason: '11', changeDate: '20151006', municipalityCode: '990027' }), townB);
    expect(await information()).toEqual({ day: '2015-10-06', reason: '11' });
    await send(at({ personSeq: '2', changeReason: '30', changeDate: '20151005', address: '旧' }));
    expect(await information()).toEqual({ day: '2015-10-06', reason: '11' });
    await sendFile([at({ personSeq: '3', changeReason: '30', changeDate: '20151005', address: '旧旧' }), at({ personSeq: '4', changeReason: '21', changeDate: '20151006' })]);
    expect(await information()).toEqual({ day: '2015-10-06', reason: '11' });
    await send(at({ personSeq: '2', changeReason: '30', changeDate: '20160110', address: '新', municipalityCode: '990027' }), townB);
    expect(await information()).toEqual({ day: '2016-01-10', reason: '30' });
    await send(at({ personSeq: '5', changeReason: '15', changeDate: '20160111' }));
    await send(at({ personSeq: '6', changeReason: '20', changeDate: '20160112' }));
    expect(await information()).toEqual({ day: '2016-01-12', reason: '20' });
  });
});
