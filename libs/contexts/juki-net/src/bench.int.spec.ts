import { afterAll, beforeAll, expect, it } from 'vitest';
import { toLocalDate, toMunicipalityCode } from '#kernel';
import { startEstate, type TestEstate } from '#testing';
import { generatePopulation, writeIntakeFile } from '#testing/population';
import { jukiNetModule } from '#contexts/juki-net';
const townA = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' } as const;
import { Db } from '#platform';
const times = new Map<string, [number, number]>();
for (const m of ['run', 'many', 'copyIn'] as const) {
  const original = (Db.prototype as any)[m];
  (Db.prototype as any)[m] = async function (text: string, ...rest: unknown[]) {
    const t = performance.now();
    try { return await original.call(this, text, ...rest); } finally { const k = text.slice(0, 70).replace(/\s+/g,' '); const e = times.get(k) ?? [0, 0]; e[0] += performance.now() - t; e[1] += 1; times.set(k, e); }
  };
}
let estate: TestEstate;
beforeAll(async () => { estate = await startEstate([jukiNetModule], { at: new Date('2016-01-20T01:00:00Z') }); });
afterAll(async () => estate.stop());
it('is fast', async () => {
  const municipality = toMunicipalityCode('990019');
  for (const [seed, size, firstSerial] of [['w', 5_000, 2_000_000], ['x', 60_000, 1]] as const) {
  const households = generatePopulation({ seed, size, firstSerial, municipality, baseDate: toLocalDate('2015-10-05') });
  const file = writeIntakeFile(households, { municipality, changeDate: toLocalDate('2015-10-05'), badRows: { share: 0.01, seed: 2 } });
  const bytes = Buffer.concat([...file.chunks]);
  let t = performance.now();
  const answer = await estate.request('POST', '/api/juki-net/v1/notice-files?municipalityCode=990019', { as: townA, purpose: 'RESIDENT_REGISTER', body: bytes, headers: { 'content-type': 'text/csv' } });
  console.log(answer.status, answer.json, bytes.length, 'upload', performance.now() - t);
  expect(answer.status).toBe(202);
  t = performance.now();
  await estate.eventually(async () => (await estate.sql("select 1 from juki_net.notice_file where state <> 'COMPLETED'")).length === 0, 60);
  const ms = performance.now() - t;
  console.log('job ms', ms, 'rows/s', size / ms * 1000, await estate.sql('select * from juki_net.notice_file'), await estate.sql('select count(*) from juki_net.outbox'));
  console.log([...times].sort((a, b) => b[1][0] - a[1][0]).slice(0, 14).map(([k, [ms, n]]) => `${ms.toFixed(0)} ms ${n} ${k}`).join('\n')); times.clear();
  if (0) console.log(await estate.sql("select relname, n_tup_ins from pg_stat_user_tables where n_tup_ins > 1000"));
  }
}, 120_000);
