import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Api, until } from '../../tools/walk/api.js';
import { inspect } from '../fault/checks.js';
import { openJourneyEstate, type JourneyEstate } from './estate.js';

const ROWS = 10_000;
const BAD = 100;
const program = join(import.meta.dirname, '..', '..', 'dist', 'apps', 'kibanctl', 'main.js');
const folder = mkdtempSync(join(tmpdir(), 'kiban-j-003-'));
const intake = join(folder, 'residents.csv');
const manifest = join(folder, 'bad-rows.jsonl');
const town = { as: 'municipality-990019', purpose: 'RESIDENT_REGISTER' };

const fileAnswer = z.object({ fileId: z.uuid() });
const fileState = z.object({ state: z.string(), rows: z.number(), applied: z.number(), repeated: z.number(), rejected: z.number() });
const faultPage = z.object({ items: z.array(z.object({ line: z.number(), column: z.string().nullable(), code: z.string() })), next: z.number().optional() });
const badRow = z.object({ line: z.number(), kind: z.string(), expectedCode: z.string() });

describe('J-003 a municipality\'s file of 10,000 rows, 1 % bad of ten kinds, with the operators\' command line', () => {
  let estate: JourneyEstate;
  let api: Api;

  beforeAll(async () => {
    estate = await openJourneyEstate();
    api = new Api(estate.address);
  });
  afterAll(async () => {
    await estate.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function kibanctl(...args: string[]): Promise<{ code: number; output: string }> {
    return new Promise((resolve) => {
      // As npx runs it.
      execFile(program, [...args, '--url', estate.address.gateway, '--data', estate.data], { maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, output: `${stdout}${stderr}` });
      });
    });
  }

  async function faults(fileId: string): Promise<{ line: number; code: string }[]> {
    const all: { line: number; code: string }[] = [];
    for (let after: number | undefined = 0; after !== undefined; ) {
      const page: z.output<typeof faultPage> = await api.call('GET', `/api/juki-net/v1/notice-files/${fileId}/faults?after=${after}&limit=1000`, town, faultPage);
      all.push(...page.items.map(({ line, code }) => ({ line, code })));
      after = page.next;
    }
    return all;
  }

  const state = (fileId: string) => api.call('GET', `/api/juki-net/v1/notice-files/${fileId}`, town, fileState);

  it('survives a kill -9 of the process in the middle of the job: every good row is in, every bad row reported', async () => {
    const generated = await kibanctl('population', 'generate', '--municipality', '990019', '--size', String(ROWS), '--seed', 'j-003', '--bad-share', '0.01', '--first-serial', '50000000', '--intake', intake, '--manifest', manifest);
    expect([generated.code, generated.output]).toEqual([0, expect.stringContaining('10000')]);
    const { fileId } = await api.call('POST', `/api/juki-net/v1/notice-files?municipalityCode=990019`, { ...town, upload: { type: 'text/csv', content: new Uint8Array(readFileSync(intake)) } }, fileAnswer);
    await until('the first rows', async () => ((await state(fileId)).applied > 0 ? true : undefined));
    const pid = estate.processes.find(({ name }) => name === 'all')?.pid();
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    const done = await until('the rest', async () => {
      const found = await state(fileId);
      return found.state === 'COMPLETED' ? found : undefined;
    });
    expect(done).toEqual({ state: 'COMPLETED', rows: ROWS, applied: ROWS - BAD, repeated: 0, rejected: BAD });
    const planted = readFileSync(manifest, 'utf8').trim().split('\n').map((line) => badRow.parse(JSON.parse(line)));
    expect(new Set(planted.map(({ kind }) => kind)).size).toBe(10);
    expect(await faults(fileId)).toEqual(planted.map(({ line, expectedCode }) => ({ line, code: expectedCode })));
  }, 240_000);

  it('kibanctl import follows the same file again and nothing changes', async () => {
    const before = await contents(estate);
    const again = await kibanctl('import', intake, '--as', 'municipality-990019', '--municipality', '990019', '--follow');
    expect(again.output).toContain('CHECK_DIGIT');
    expect(before).toMatchObject({ people: expect.any(Number) });
    expect(await contents(estate)).toEqual(before);
  }, 120_000);

  it('kibanctl tells status, tokens, dead letters and the audit chains', async () => {
    expect((await kibanctl('status')).output).toMatch(/juki-net +ready/);
    expect((await kibanctl('token', '--as', 'operator-1')).output.trim().split('.')).toHaveLength(3);
    expect((await kibanctl('events', 'dead-letters', '--json')).code).toBe(0);
    await sleep(1_000);
    expect(await kibanctl('audit', 'verify')).toEqual({ code: 0, output: expect.stringMatching(/jpki-ca +whole/) });
    expect((await kibanctl('token', '--as', 'nobody')).code).not.toBe(0);
  }, 120_000);

  it('leaves nothing lost, doubled or broken behind', async () => {
    expect(await inspect(estate)).toEqual([]);
  }, 240_000);
});

/** Everything that a notice can change: people with the sum of their versions, segments, notices. */
async function contents(estate: JourneyEstate): Promise<unknown> {
  const client = new pg.Client({ connectionString: estate.adminUrl });
  await client.connect();
  try {
    const { rows } = await client.query(
      `SELECT (SELECT count(*) FROM juki_net.person) AS people, (SELECT sum(fact_version) FROM juki_net.person) AS versions,
              (SELECT count(*) FROM juki_net.segment) AS segments, (SELECT count(*) FROM juki_net.change_notice) AS notices`,
    );
    return rows[0];
  } finally {
    await client.end();
  }
}
