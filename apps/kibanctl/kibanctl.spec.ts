import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { Pace, progressLine } from './follow-job.js';
import { kibanctl } from './kibanctl.js';
import { authorityGroups } from './operate-authorities.js';
import { custodyGroups } from './operate-custody.js';
import { exchangeGroups } from './operate-exchange.js';
import { numberingGroups } from './operate-numbering.js';
import { oversightGroups } from './operate-oversight.js';
import { registerGroups } from './operate-register.js';
import { recordedTerminal } from './recorded-terminal.fixture.js';
import { matches } from './subject.js';
import { table } from './terminal.js';

const folder = mkdtempSync(join(tmpdir(), 'kibanctl-'));
const nowhere = ['--url', 'http://127.0.0.1:9', '--data', folder];

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Commands that send one kind of request each. */
const OPERATION = [
  ...['list', 'show', 'cancel', 'retry'].map((verb) => `jobs juki-net ${verb}`),
  ...['validate-path', 'lint', 'show', 'verify-crl', 'ocsp'].map((verb) => `pki ${verb}`),
  ...[...registerGroups, ...exchangeGroups, ...oversightGroups, ...numberingGroups, ...custodyGroups, ...authorityGroups].flatMap(({ name, commands }) => commands.map((command) => `${name} ${command.name}`)),
];

async function run(...args: string[]): Promise<{ code: number; output: string; notes: string }> {
  const terminal = recordedTerminal();
  const code = await kibanctl(args, terminal);
  return { code, output: terminal.output(), notes: terminal.notes() };
}

describe('kibanctl arguments', () => {
  it.each([
    [['status', '--url', 'nonsense'], '--url must be an address'],
    [['nothing-like-this'], 'unknown command'],
    [['token'], "'--as <client>' not specified"],
    [['token', '--as', '../../etc/passwd', ...nowhere], 'is no client name'],
    [['token', '--as', 'nobody', ...nowhere], 'There is no key of a client "nobody"'],
    [['clients', ...nowhere], 'There is no list of clients'],
    [['partner-credentials', ...nowhere], 'There are no credentials'],
    [['call', 'FETCH', '/api', '--as', 'operator-1', ...nowhere], '"FETCH" is no method'],
    [['call', 'GET', 'api', '--as', 'operator-1', ...nowhere], 'must begin with "/"'],
    [['call', 'POST', '/api', '--as', 'operator-1', '--body', '/no/such/file', ...nowhere], 'There is no file'],
    [['events', 'tail', '--count', 'many', ...nowhere], '--count must be a whole number'],
    [['events', 'dead-letters', '--redrive', 'x', ...nowhere], '--redrive needs --context'],
    [['import', 'x.csv', '--as', 'operator-1', '--municipality', 'shiken', ...nowhere], 'code of 6 digits'],
    [['held', 'list', '--limit', 'all', ...nowhere], '--limit must be a whole number'],
    [['held', 'list', '--older-than', 'long', ...nowhere], '--older-than must be a whole number'],
    [['waves', 'halt', 'x', ...nowhere], "'--reason <reason>' not specified"],
    [['waves', 'sign-off', 'x', '--municipality', '990019', '--lines', '-1', '--numbered', '0', '--refused', '0', '--as', 'x', ...nowhere], '--lines must be a whole number'],
    [['matchings', 'close', 'x', '--lines', '4', ...nowhere], "'--as <client>' not specified"],
    [['jobs', 'elsewhere', 'list'], 'unknown command'],
    [['exchange-files', 'fetch', 'x', '--purpose', 'P', '--as', 'x', ...nowhere], "'--out <file>' not specified"],
    [['key-shares', 'make', 'x', '--certificate', join(folder, 'none.pem'), ...nowhere], '--certificate: there is no file'],
    [['entry-searches', 'open', '--file', join(folder, 'none.json'), '--as', 'x', ...nowhere], 'There is no file'],
    [['entry-searches', 'list', '--as', 'x', '--token', join(folder, 'none.jwt'), ...nowhere], 'There is no token in'],
    [['issued-certificates', 'fetch', '--ca', 'sign', '--day', '2016-13-40', '--into', folder, ...nowhere], '--day is a date'],
    [['issued-certificates', 'fetch', '--ca', 'bridge', '--day', '2016-01-20', '--into', folder, ...nowhere], '--ca is sign or auth'],
    [['population', 'generate', '--municipality', '990019', '--size', '3'], 'Name what to write'],
    [['population', 'generate', '--municipality', '990018', '--size', '3', '--intake', join(folder, 'x.csv')], 'make no population'],
    [['population', 'generate', '--municipality', '990019', '--size', '3', '--bad-share', '7', '--intake', join(folder, 'x.csv')], '--bad-share is not a number in its range'],
  ])('answers %j with code 2 and one clear sentence', async (args, sentence) => {
    const { code, output, notes } = await run(...args);
    expect([code, output]).toEqual([2, '']);
    expect(notes).toContain(sentence);
  });

  it('tells with code 3 that no estate answers', async () => {
    for (const args of [['status'], ['audit', 'verify'], ['events', 'dead-letters']]) {
      const { code, notes } = await run(...args, ...nowhere);
      expect(code).toBe(3);
      expect(notes).toContain('No estate answers at http://127.0.0.1:9.');
    }
  });

  it('tells with code 3 that an answer broke off', async () => {
    const server = createServer((_request, response) => response.writeHead(200, { 'content-length': 100 }).write('juki-net ', () => response.destroy())).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { code, notes } = await run('status', '--url', `http://127.0.0.1:${(server.address() as AddressInfo).port}`, '--data', folder);
    server.close();
    expect([code, notes]).toEqual([3, expect.stringContaining('broke off; ask again')]);
  });

  it('takes the port of the gateway from KIBAN_PORT', async () => {
    vi.stubEnv('KIBAN_PORT', '10');
    expect((await run('status')).notes).toContain('http://127.0.0.1:10');
    vi.unstubAllEnvs();
  });

  it('has help with examples for every command', async () => {
    for (const command of ['', 'status', 'clients', 'token', 'call', 'events tail', 'events dead-letters', 'audit verify', 'population generate', 'import', 'partner-credentials', ...OPERATION]) {
      const { code, output } = await run(...command.split(' ').filter((word) => word !== ''), '--help');
      expect(code).toBe(0);
      expect(output).toMatch(/Examples?:\n {2}\S/);
      expect(output).toContain('--json');
    }
  });
});

describe('kibanctl population generate', () => {
  it('writes the same files for the same options, with the wanted bad rows in the manifest', async () => {
    const digests = [];
    for (const turn of ['a', 'b']) {
      const [intake, targets, manifest] = ['intake.csv', 'targets.csv', 'bad.ndjson'].map((name) => join(folder, `${turn}-${name}`)) as [string, string, string];
      const { code, output } = await run('population', 'generate', '--municipality', '990019', '--size', '400', '--seed', 'spring', '--date', '2015-10-05', '--bad-share', '0.01', '--intake', intake, '--targets', targets, '--manifest', manifest, '--json');
      expect(code).toBe(0);
      expect(JSON.parse(output)).toEqual({ persons: 400, badRows: 4, intake, targets, manifest });
      expect(readFileSync(manifest, 'utf8').trim().split('\n')).toHaveLength(4);
      digests.push([intake, targets].map((file) => createHash('sha256').update(readFileSync(file)).digest('hex')));
    }
    expect(digests[0]).toEqual(digests[1]);
  });
});

describe('what kibanctl computes itself', () => {
  it.each([
    ['kiban.>', 'kiban.juki-net.resident.moved-in.v1', true],
    ['kiban.*.resident.>', 'kiban.juki-net.resident.moved-in.v1', true],
    ['kiban.*.resident.*.v1', 'kiban.juki-net.resident.moved-in.v1', true],
    ['kiban.juki-net.resident', 'kiban.juki-net.resident.moved-in.v1', false],
    ['kiban.numbering.>', 'kiban.juki-net.resident.moved-in.v1', false],
    ['kiban.juki-net.>', 'kiban.juki-net', false],
  ])('matches subjects as NATS does: %s with %s', (pattern, subject, result) => {
    expect(matches(pattern, subject)).toBe(result);
  });

  it('tells progress with rate and remaining time', () => {
    expect(progressLine({ state: 'RUNNING', done: 4_000, total: 10_000 }, 2_000, 'rows')).toBe('[########------------] running: 4000 of 10000 rows (40 %), 2000 rows/s, 3 s left');
    expect(progressLine({ state: 'QUEUED', done: 0, total: null }, 0)).toBe('queued: 0, 0/s');
    expect(progressLine({ state: 'SUCCEEDED', done: 12, total: 10 }, 0.1234)).toBe('[####################] succeeded: 12 of 10 (100 %), 0.123/s');
    expect(progressLine({ state: 'RUNNING', done: 0, total: 0 }, 0)).toBe('running: 0 of 0, 0/s');
  });

  it('takes the pace from successive readings, not from what was done before the first, and forgets old ones', () => {
    const pace = new Pace();
    expect([pace.after(10, 90_000), pace.after(10, 90_000), pace.after(12, 91_000), pace.after(14, 92_000)]).toEqual([0, 0, 500, 500]);
    expect(pace.after(16, 91_000)).toBeCloseTo(166.7, 1);
    const slowed = new Pace();
    const paces = Array.from({ length: 60 }, (_, second) => slowed.after(second, second < 30 ? second * 100 : 3_000));
    expect([paces[29], paces[59]]).toEqual([100, 0]);
  });

  it('aligns columns that hold Japanese', () => {
    expect(table([['A', 'B'], ['試験市', 'x'], ['long enough', 'y']])).toBe('A            B\n試験市       x\nlong enough  y\n');
  });
});
