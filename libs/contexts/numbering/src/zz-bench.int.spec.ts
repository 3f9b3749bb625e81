import { randomUUID, createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { expect, it } from 'vitest';
import { ResidentCode } from '#kernel';
import { startEstate } from '#testing';
import { numberingModule } from './numbering.module.js';
import { fakeRegister } from './register/register.fixture.js';
import { csvLine } from './upload/csv-rows.js';
import { REQUEST_COLUMNS } from './batch/batch.js';

it('bench', async () => {
  const register = fakeRegister();
  const estate = await startEstate([numberingModule, register.module], { at: new Date('2016-01-20T01:00:00Z') });
  const HERE = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' } as const;
  const SIZE = 100_000;
  for (let round = 0; round < 2; round += 1) {
  const out = [csvLine(REQUEST_COLUMNS)];
  for (let i = 1; i <= SIZE; i += 1) {
    const code = ResidentCode.fromBody(String(9_910_000_000 + round * SIZE + i)).reveal();
    register.people.set(code, { found: true, personKey: randomUUID(), municipalityCode: '990019', status: 'RESIDENT', superseded: false });
    out.push(csvLine([String(i), randomUUID(), code, '1', '', '5']));
  }
  const body = out.join('');
  const call = (method: string, path: string, body?: unknown, headers = {}) => estate.request(method, `/api/numbering/v1${path}`, { as: HERE, purpose: 'NUMBER_DESIGNATION', body, headers });
  const { batchId } = (await call('POST', '/batches', { municipalityCode: '990019' })).json as { batchId: string };
  let t = performance.now();
  await call('PUT', `/batches/${batchId}/lines`, body, { 'content-type': 'text/csv' });
  console.log('upload', SIZE / (performance.now() - t) * 1000);
  t = performance.now();
  const cpu = process.cpuUsage();
  await call('POST', `/batches/${batchId}/seal`, { lineCount: SIZE, sha256: createHash('sha256').update(body).digest('hex') });
  await estate.eventually(async () => ((await call('GET', `/batches/${batchId}`)).json as { state: string }).state === 'DELIVERED', 50);
  const took = performance.now() - t;
  console.log('batch rows/s', SIZE / took * 1000);
  const used = process.cpuUsage(cpu); console.log('node us/row', (used.user + used.system) / SIZE, 'wall', took * 1000 / SIZE);
  t = performance.now();
  const r = await call('GET', `/batches/${batchId}/result?limit=20000`);
  expect(r.status).toBe(200);
  console.log('result page 20000 ms', performance.now() - t);
  }
  const client = new pg.Client({ connectionString: estate.adminUrl });
  await client.connect();
  await client.query('SET search_path TO numbering');
  const tables = ['number_ledger', 'code_number_link', 'assignment'];
  const data = new Map<string, Buffer[]>();
  for (const table of tables) {
    const chunks: Buffer[] = [];
    for await (const c of client.query(copyTo(`COPY (SELECT * FROM ${table}) TO STDOUT`))) chunks.push(c as Buffer);
    data.set(table, chunks);
  }
  for (const table of tables) await client.query(`TRUNCATE ${table}`);
  let sum = 0;
  for (const table of tables) {
    const t = performance.now();
    await pipeline(Readable.from(data.get(table) ?? []), client.query(copyFrom(`COPY ${table} FROM STDIN`)));
    console.log(table, 2 * SIZE / (performance.now() - t) * 1000);
    sum += performance.now() - t;
  }
  console.log('bare copy rows/s', 2 * SIZE / sum * 1000);
  await client.end();
  await estate.stop();
}, 200_000);
