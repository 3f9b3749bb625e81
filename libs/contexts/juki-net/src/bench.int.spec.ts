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
beforeAll(async () => { estate = await startEstate([jukiNetModule], { at: new Date('2016-01-20T01:00:00Z'), overrides: { relayProbe: (() => new Promise(() => undefined)) as any } }); });
afterAll(async () => estate.stop());
it('is fast', async () => {
  const municipality = toMunicipalityCode('990019');
  const db = [...estate.running.databases.values()][0]!;
  await estate.sql('CREATE TABLE juki_net.bare (a uuid primary key, b text, c text, d text, e text, f text, g text, h text, i text, j text)'); await estate.sql('CREATE INDEX ON juki_net.bare (c, d)'); await estate.sql('GRANT ALL ON juki_net.bare TO kiban_juki_net_app');
  const explain = async () => { for (const q of [
   `SELECT found.* FROM unnest($1::bytea[]) AS asked (code_index) CROSS JOIN LATERAL (SELECT c.code_index, c.person_key, c.superseded FROM resident_code c WHERE c.code_index = asked.code_index FOR UPDATE) AS found`,
   `SELECT found.* FROM unnest($1::bytea[]) AS asked (code_index) CROSS JOIN LATERAL (SELECT c.code_index, c.person_key, c.superseded FROM resident_code c WHERE c.code_index = asked.code_index OFFSET 0) AS found`,
   `SELECT c.code_index, c.person_key, c.superseded FROM resident_code c WHERE c.code_index = ANY($1::bytea[]) FOR UPDATE`,
   `INSERT INTO resident_code (code_index, person_key) SELECT c, gen_random_uuid() FROM unnest($1::bytea[]) c ON CONFLICT DO NOTHING`,
   `INSERT INTO resident_code (code_index, person_key) SELECT c, gen_random_uuid() FROM unnest($1::bytea[]) c`,
  ]) { const arr = Array.from({ length: 2000 }, () => crypto.getRandomValues(Buffer.alloc(16))); const r = await db.transaction((tx) => tx.many('EXPLAIN (ANALYZE, TIMING OFF) ' + q, arr)); console.log(' ms ' + q.slice(0, 60) + '\n ms ' + r.map((x) => x['QUERY PLAN']).filter((l) => /Execution|Planning/.test(String(l))).join('\n ms ')); } };
  const bare = async () => { const n = 60_000; const rows = Array.from({ length: n }, (_v, i) => [crypto.randomUUID(), '990019', '19800101', `ミホンタロウ${i}`, '見本太郎', '架空県試験市見本町2-3-4', '0000001', '1', '14', '20151005']); const t = performance.now(); for (let k = 0; k < n; k += 2000) await db.transaction((tx) => tx.copyIn('bare', rows.slice(k, k + 2000))); return n / (performance.now() - t) * 1000; };
  console.log('bare rows/s', await bare());
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
  console.log('bare rows/s', await bare());
  console.log('job ms', ms, 'rows/s', size / ms * 1000, await estate.sql('select * from juki_net.notice_file'), await estate.sql('select count(*) from juki_net.outbox'));
  console.log([...times].sort((a, b) => b[1][0] - a[1][0]).slice(0, 14).map(([k, [ms, n]]) => `${ms.toFixed(0)} ms ${n} ${k}`).join('\n')); times.clear(); 
  if (0) console.log(await estate.sql("select relname, n_tup_ins from pg_stat_user_tables where n_tup_ins > 1000"));
  }
}, 120_000);
