import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toLocalDate, toMunicipalityCode } from '#kernel';
import type { Actor } from '#platform';
import { startEstate, type TestEstate } from '#testing';
import { generatePopulation, INTAKE_COLUMNS, writeIntakeFile } from '#testing/population';
import { jukiNetModule } from '#contexts/juki-net';
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
