import Fastify, { type FastifyInstance } from 'fastify';
import { decodeJwt, exportJWK, generateKeyPair } from 'jose';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jukiNetModule } from '#contexts/juki-net';
import { numberingModule } from '#contexts/numbering';
import { localDateInJapan, municipalityCodeFromBody, ResidentCode } from '#kernel';
import type { Actor } from '#platform';
import { startEstate, type TestEstate } from '#testing';
import { INTAKE_COLUMNS } from '#testing/population';
import { kibanctl } from './kibanctl.js';
import { recordedTerminal } from './recorded-terminal.fixture.js';

const ACTORS = {
  'operator-1': { clientId: 'operator-1', kind: 'operator', organisation: 'agency' },
  'operator-2': { clientId: 'operator-2', kind: 'operator', organisation: 'agency' },
  'municipality-990019': { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' },
  'municipality-990027': { clientId: 'municipality-990027', kind: 'municipality', organisation: '990027' },
  'prefecture-99': { clientId: 'prefecture-99', kind: 'prefecture', organisation: '99' },
  'agency-pension': { clientId: 'agency-pension', kind: 'national-agency', organisation: 'pension' },
  'clerk-1': { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019', operator: 'c-1' },
  'clerk-2': { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019', operator: 'c-2' },
  'officer-1': { clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: 'o-1' },
  'officer-2': { clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: 'o-2' },
  'officer-3': { clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: 'o-3' },
  'officer-4': { clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: 'o-4' },
  'officer-5': { clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: 'o-5' },
} as const satisfies Record<string, Actor>;
const actors: Readonly<Record<string, Actor>> = ACTORS;
const NOON = new Date('2016-01-20T03:00:00Z');
const NOBODY = '0198f0c2-0000-7000-8000-000000000000';
const data = mkdtempSync(join(tmpdir(), 'kibanctl-'));
let estate: TestEstate;
let gateway: FastifyInstance;
let url = '';

/** The door of an estate: tokens for the clients whose keys are in the data folder, and the contexts behind it. */
async function door(): Promise<FastifyInstance> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  mkdirSync(join(data, 'keys', 'clients'), { recursive: true });
  const key = JSON.stringify({ ...(await exportJWK(privateKey)), kid: 'key-1', alg: 'ES256' });
  for (const client of Object.keys(ACTORS)) writeFileSync(join(data, 'keys', 'clients', `${client}.jwk.json`), key);
  const server = Fastify();
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.get('/oidc/.well-known/openid-configuration', () => ({ issuer: `${url}/oidc`, token_endpoint: `${url}/oidc/token` }));
  server.post('/oidc/token', async (request) => {
    const { sub = '' } = decodeJwt(new URLSearchParams(String(request.body)).get('client_assertion') ?? '');
    return { access_token: await estate.token(actors[sub] ?? { clientId: sub, kind: 'auditor', organisation: 'nobody' }), token_type: 'Bearer', expires_in: 600 };
  });
  server.all('/api/*', async (request, reply) => {
    const headers = new Headers();
    for (const name of ['authorization', 'kiban-purpose', 'idempotency-key', 'content-type', 'accept-language']) if (typeof request.headers[name] === 'string') headers.set(name, request.headers[name]);
    const body = request.body instanceof Buffer && request.body.length > 0 ? { body: request.body } : {};
    const answer = await fetch(`http://127.0.0.1:${estate.running.httpPort}${request.url}`, { method: request.method, headers, ...body });
    return reply.code(answer.status).headers({ link: answer.headers.get('link') ?? undefined }).type(answer.headers.get('content-type') ?? 'text/plain').send(Buffer.from(await answer.arrayBuffer()));
  });
  return server;
}

async function run(line: string, ...more: string[]): Promise<{ code: number; output: string; notes: string }> {
  const terminal = recordedTerminal();
  const code = await kibanctl([...line.split(' '), ...more, '--url', url, '--data', data], terminal);
  return { code, output: terminal.output(), notes: terminal.notes() };
}
const rows = async (line: string): Promise<Record<string, unknown>[]> => z.array(z.record(z.string(), z.unknown())).parse(JSON.parse((await run(line, '--json')).output));
/** Exit code and the problem's code. */
const refused = async (line: string): Promise<unknown> => {
  const { code, notes } = await run(line);
  return [code, /^kibanctl: (\w+):/m.exec(notes)?.[1]];
};

let municipalSeq = 0;
function notice(serial: number, over: Partial<Record<(typeof INTAKE_COLUMNS)[number], string>>): string {
  municipalSeq += 1;
  const row: Partial<Record<(typeof INTAKE_COLUMNS)[number], string>> = {
    municipalSeq: String(municipalSeq), residentCode: ResidentCode.fromBody(`99${String(serial).padStart(8, '0')}`).reveal(), personSeq: '1', changeReason: '14', changeDate: '20151005',
    nameKanji: '見本　太郎', nameKana: 'ミホン　タロウ', birthDate: '19800101', sex: '1', address: '架空県試験市見本町2-3-4', municipalityCode: '990019', ...over,
  };
  return INTAKE_COLUMNS.map((column) => row[column] ?? '').join(',');
}
async function importRows(municipality: string, lines: readonly string[]): Promise<string> {
  const file = join(data, `${municipality}-${municipalSeq}.csv`);
  writeFileSync(file, [INTAKE_COLUMNS.join(','), ...lines].join('\r\n'));
  const { output } = await run(`import ${file} --as municipality-${municipality} --municipality ${municipality} --follow --json`);
  return z.object({ fileId: z.string() }).parse(JSON.parse(output)).fileId;
}

beforeAll(async () => {
  estate = await startEstate([jukiNetModule, numberingModule], { at: NOON });
  gateway = await door();
  url = await gateway.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await gateway.close();
  await estate.stop();
  rmSync(data, { recursive: true, force: true });
});

describe('kibanctl, the daily work on notices', () => {
  it('shows files, their faults and jobs, waits with a bar, and tells what is refused', async () => {
    expect(await run('notice-files list')).toMatchObject({ code: 0, output: 'There are none.\n' });
    const fileId = await importRows('990019', [notice(1, {}), notice(1, { personSeq: '3', changeReason: '30', changeDate: '20151105', address: '三' }), notice(2, { sex: '7' })]);
    expect((await run('notice-files list --municipality 990019 --state COMPLETED')).output).toMatch(new RegExp(`^FILE +MUNICIPALITY +STATE.*\n${fileId} +990019 +COMPLETED +3 +1 +1 +0 +1\n$`));
    expect((await run(`notice-files faults ${fileId}`)).output).toMatch(/^LINE +COLUMN +CODE\n4 +sex +FORMAT\n$/);
    const waited = await run(`notice-files show ${fileId} --wait`);
    expect(waited).toMatchObject({ code: 0, notes: expect.stringMatching(/^\[#{20}\] succeeded: 3 of 3 \(100 %\), 0\/s$/) });
    expect(waited.output).toMatch(/state +COMPLETED\nrows +3\n/);
    const [job] = await rows('jobs juki-net list --kind juki-net.notice-file');
    expect(job).toMatchObject({ owner: '990019', state: 'SUCCEEDED', done: 3, total: 3, ratePerSecond: expect.any(Number) });
    expect((await run('jobs juki-net list --as municipality-990027')).output).toBe('There are none.\n');
    expect((await run(`jobs juki-net show ${String(job?.['id'])}`)).output).toContain('SUCCEEDED');
    expect(await refused(`jobs juki-net show ${NOBODY}`)).toEqual([1, 'NOT_FOUND']);
    expect(await refused(`jobs juki-net retry ${String(job?.['id'])} --wait`)).toEqual([1, 'JOB_STATE']);
    expect((await run(`jobs juki-net cancel ${String(job?.['id'])}`)).output).toBe('cancelled  no\n');
    await estate.sql("UPDATE juki_net.job SET state = 'FAILED', fault = 'test', result = NULL WHERE id = $1", job?.['id']);
    expect(await run(`notice-files show ${fileId} --wait`)).toMatchObject({ code: 1, notes: expect.stringContaining('ended as FAILED: test.') });
    expect(await run(`jobs juki-net retry ${String(job?.['id'])} --wait`)).toMatchObject({ code: 0, output: 'retried  yes\n', notes: expect.stringContaining('succeeded: 3 of 3') });
  });

  it('lists held notices, rejects an overdue one, and lets two officers decide about an entry after death', async () => {
    const [held] = await rows('held list');
    expect((await run('held list --municipality 990019')).output).toMatch(/^NOTICE +MUNICIPALITY +SEQUENCE +MISSING FROM +CODE +HOURS +OVERDUE\n\S+ +990019 +3 +2 +SEQ_GAP +0 +no\n$/);
    expect(await refused(`held reject ${String(held?.['noticeId'])}`)).toEqual([1, 'HELD_NOT_OVERDUE']);
    estate.clock.set(new Date(NOON.getTime() + 26 * 3_600_000));
    expect(await rows('held list --older-than 25')).toMatchObject([{ overdue: true }]);
    expect(await refused(`held reject ${String(held?.['noticeId'])} --as municipality-990019`)).toEqual([1, 'ACTION_NOT_PERMITTED']);
    expect((await run(`held reject ${String(held?.['noticeId'])}`)).output).toMatch(/state +REJECTED/);
    await importRows('990019', [notice(1, { personSeq: '2', changeReason: '20', changeDate: '20151101' })]);
    await importRows('990027', [notice(1, { changeReason: '11', changeDate: '20151105', municipalityCode: '990027' })]);
    const [entry] = await rows('quarantined list --as municipality-990027');
    const decide = `quarantined decide ${String(entry?.['noticeId'])} --decision REJECT --answer 990027-2016-12`;
    expect((await run(decide)).output).toMatch(/state +QUARANTINED\ndecision +REJECT/);
    expect(await refused(decide)).toEqual([1, 'SAME_OFFICER']);
    expect((await run(`${decide} --as operator-2`)).output).toMatch(/state +REJECTED/);
    expect(await refused(`quarantined decide ${NOBODY} --decision PERHAPS --answer x`)).toEqual([1, 'INVALID_INPUT']);
  });

  it('follows suspected errors, reconciliations, matchings, batches, lots and codes', async () => {
    const report = await estate.request('POST', '/api/juki-net/v1/error-reports', {
      as: ACTORS['operator-1'], purpose: 'RESIDENT_REGISTER', body: { residentCode: ResidentCode.fromBody('9900000001').reveal(), municipalityCode: '990019', items: ['sex'], ground: 'PERSON' },
    });
    const { reportId } = z.object({ reportId: z.string() }).parse(report.json);
    expect((await run('error-reports list --state OPEN')).output).toContain('PERSON');
    expect(await refused(`error-reports review ${reportId} --outcome ACCEPT`)).toEqual([1, 'ERROR_REPORT_STATE']);
    expect((await run(`error-reports review ${reportId} --outcome WITHDRAW`)).output).toMatch(/state +CLOSED/);
    const buckets = Array.from({ length: 100 }, () => ({ digest: '0'.repeat(64), count: 0 }));
    const opened = await estate.request('POST', '/api/juki-net/v1/reconciliations', { as: ACTORS['municipality-990019'], purpose: 'RESIDENT_REGISTER', body: { municipalityCode: '990019', buckets } });
    const { runId } = z.object({ runId: z.string() }).parse(opened.json);
    expect((await run(`reconciliations show ${runId} --wait`)).output).toMatch(/municipalityCode +990019\n/);
    expect((await run('reconciliations list --municipality 990019')).output).toContain(runId);
    expect(await run(`reconciliations differences ${runId} --as municipality-990019`)).toMatchObject({ code: 0 });
    expect(await refused(`reconciliations differences ${runId} --as operator-1`)).toEqual([1, 'ACTION_NOT_PERMITTED']);
    for (const list of ['matchings list', 'matchings list --as prefecture-99', 'batches list', 'retention-lots list', 'code-conflicts list', 'code-blocks list --municipality 990019']) {
      expect([list, await run(list)]).toMatchObject([list, { code: 0, output: 'There are none.\n', notes: '' }]);
    }
    for (const show of [`matchings show ${NOBODY} --as prefecture-99`, `matchings close ${NOBODY} --lines 0 --as prefecture-99`, `batches show ${NOBODY}`, `retention-lots approve ${NOBODY}`, `retention-lots show ${NOBODY}`, `code-conflicts confirm ${NOBODY} --as operator-2`, `code-conflicts dismiss ${NOBODY}`, `code-blocks show ${NOBODY}`, `code-blocks withdraw ${NOBODY}`]) {
      const { code, notes } = await run(show);
      expect([show, code, notes]).toEqual([show, 1, expect.stringMatching(/NOT_FOUND|OPERATOR_NOT_ASSERTED/)]);
    }
  });
});

describe('kibanctl, the mass numbering', () => {
  it('opens, halts and resumes waves by two officers, and shows readiness and batches', async () => {
    const pilots = ['99001', '99002', '99003', '99004', '99005'].map(municipalityCodeFromBody);
    const planned = await estate.request('POST', '/api/numbering/v1/waves', { as: ACTORS['operator-1'], body: { kind: 'PILOT', members: pilots.map((municipalityCode) => ({ municipalityCode, expected: 10 })) } });
    const { waveId } = z.object({ waveId: z.string() }).parse(planned.json);
    expect((await rows('waves list --limit 3')).length).toBe(3);
    expect((await run('waves list --limit 3')).notes).toBe('There may be more than 3; --limit shows them.');
    expect((await rows(`waves show ${waveId}`)).map((row) => row['state'])).toEqual(Array.from({ length: 5 }, () => 'PLANNED'));
    expect((await run(`waves open ${waveId}`)).output).toMatch(/state +OPEN\n/);
    expect(await refused(`waves open ${waveId}`)).toEqual([1, 'WAVE_STATE']);
    expect(await refused(`waves reconcile ${waveId}`)).toEqual([1, 'WAVE_STATE']);
    expect((await run(`waves halt ${waveId} --reason DATA_FAULT`)).output).toMatch(/state +HALTED\n/);
    expect((await run(`waves show ${waveId}`)).output).toContain('DATA_FAULT');
    expect((await run(`waves resume ${waveId}`)).output).toMatch(/state +HALTED\n/);
    expect(await refused(`waves resume ${waveId}`)).toEqual([1, 'SAME_OFFICER']);
    expect((await run(`waves resume ${waveId} --as operator-2`)).output).toMatch(/state +OPEN\n/);
    expect(await refused(`waves sign-off ${waveId} --municipality 990019 --lines 1 --numbered 1 --refused 0 --as municipality-990027`)).toEqual([1, 'OUT_OF_JURISDICTION']);
    expect(await run('readiness list --red true')).toMatchObject({ code: 0 });
    expect(await refused('readiness show 990019')).toEqual([1, 'NOT_FOUND']);
    await estate.request('POST', '/api/numbering/v1/batches', { as: ACTORS['municipality-990027'], purpose: 'NUMBER_DESIGNATION', body: { municipalityCode: '990027' } });
    const [batch] = await rows('number-batches list --state OPEN');
    expect(batch).toMatchObject({ municipalityCode: '990027', lines: 0, pending: 0 });
    expect((await run(`number-batches show ${String(batch?.['batchId'])}`)).output).toMatch(/state +OPEN/);
    expect(await rows('number-batches list --as municipality-990019')).toEqual([]);
  });

  it('NUM-7 two officers write the numbers drawn since a moment to a file, all of its pages, and none to the terminal; taken in where none is missing they change nothing', async () => {
    await importRows('990019', [61, 62, 63].map((serial) => notice(serial, {})));
    const numbers: string[] = [];
    for (const serial of [61, 62, 63]) {
      const residentCode = ResidentCode.fromBody(`99${String(serial).padStart(8, '0')}`).reveal();
      const body = { requestId: `r-${serial}`, municipalityCode: '990019', residentCode, kind: 'NEW' };
      numbers.push(z.object({ number: z.string() }).parse((await estate.request('POST', '/api/numbering/v1/requests', { as: ACTORS['clerk-1'], purpose: 'NUMBER_DESIGNATION', body })).json).number);
    }
    expect((await run('ledger show --as officer-1')).output).toMatch(/state +OPEN\n/);
    const asked = await run('ledger ask-list --since 2016-01-20T00:00:00Z --reason drill --as officer-1');
    const listId = /listId +(\S+)\nlines +3\n/.exec(asked.output)?.[1] ?? '';
    const file = join(data, 'missing.csv');
    expect(await refused(`ledger fetch-list ${listId} --out ${file} --as officer-1`)).toEqual([1, 'SAME_OFFICER']);
    const fetched = await run(`ledger fetch-list ${listId} --out ${file} --page 1 --as officer-2`);
    const lines = readFileSync(file, 'utf8').trim().split('\r\n').slice(1).map((line) => line.split(','));
    expect([fetched.code, lines.map(([lineNo]) => lineNo), new Set(lines.map(([, number]) => number))]).toEqual([0, ['1', '2', '3'], new Set(numbers)]);
    expect(fetched.output + fetched.notes).not.toMatch(new RegExp(numbers.join('|')));
    const { output } = await run(`ledger send-list --source DELAYED_REPLICA --file ${file} --as officer-1`);
    const [, catchUp, sha256] = /catchUpId +(\S+)[^]*sha256 +(\S+)/.exec(output) ?? [];
    expect((await run(`ledger confirm-list ${catchUp} --sha256 ${sha256} --as officer-2`)).output).toMatch(/outcome +CAUGHT_UP\nmissing +0\n/);
  });
});

describe('kibanctl, what named officers do', () => {
  const write = (name: string, content: unknown): string => {
    const file = join(data, name);
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  };
  const shown = async (line: string): Promise<Record<string, unknown>> => z.record(z.string(), z.unknown()).parse(JSON.parse((await run(line, '--json')).output));

  it('takes a search before an entry through two officers, by client or by token, and says what to do when refused', async () => {
    await importRows('990019', [notice(40, { nameKanji: '試験　花子', nameKana: 'シケン　ハナコ', birthDate: '19900303', changeDate: '20151005' })]);
    const sought = write('sought.json', { nameKanji: '試験　花子', birthDate: '19900303', sex: '2' });
    const anonymous = await run(`entry-searches open --file ${sought} --as municipality-990019`);
    expect([anonymous.code, anonymous.notes]).toEqual([1, expect.stringMatching(/^kibanctl: OPERATOR_NOT_ASSERTED: .*\n {2}The token names no officer: give --token/)]);
    const { searchId, state } = await shown(`entry-searches open --file ${sought} --as clerk-1`);
    expect(state).toBe('SEARCHED');
    const candidates = await run(`entry-searches candidates ${String(searchId)} --as clerk-1`);
    expect(candidates.output).toMatch(/^CANDIDATE +STATUS +EVIDENCE .*\n1 +RESIDENT +for SAME_KANJI/);
    expect(candidates.output).not.toContain('花子');
    expect(await refused(`entry-searches confirm ${String(searchId)} --as clerk-2`)).toEqual([1, 'ENTRY_SEARCH_STATE']);
    expect((await run(`entry-searches decide ${String(searchId)} --candidate 1 --verdict DIFFERENT --as clerk-1 --reason`, 'another sex')).output).toMatch(/state +DECIDED\n/);
    const same = await run(`entry-searches confirm ${String(searchId)} --as clerk-1`);
    expect([same.code, same.notes]).toEqual([1, expect.stringMatching(/SAME_OFFICER.*\n {2}Let another officer/)]);
    const token = write('clerk-2.jwt', `${await estate.token(ACTORS['clerk-2'])}\n`);
    expect((await run(`entry-searches confirm ${String(searchId)} --as municipality-990019 --token ${token}`)).output).toMatch(/state +CONFIRMED\n/);
    expect(await rows('entry-searches list --state CONFIRMED --as clerk-1')).toMatchObject([{ searchId, found: 1 }]);
    expect((await run('entry-search-duties set 990027 --since 2016-04-01 --as officer-1')).output).toMatch(/since +2016-04-01\n/);
  });

  it('changes the key of the exchange by two officers, and follows the boxes', async () => {
    expect((await shown('exchange-certificates list'))['partners']).toEqual([]);
    const { rotationId } = await shown('exchange-key propose --overlap-days 30 --as officer-1');
    expect(await refused(`exchange-key effect ${String(rotationId)} --as officer-1`)).toEqual([1, 'SAME_OFFICER']);
    expect((await run(`exchange-key effect ${String(rotationId)} --as officer-2`)).output).toMatch(/state +EFFECTED\n/);
    const file = join(data, 'kiban.pem');
    expect(await run(`exchange-certificates fetch --out ${file}`)).toMatchObject({ code: 0, output: expect.stringContaining(file) });
    expect([readFileSync(file, 'utf8').slice(0, 27), statSync(file).mode & 0o777]).toEqual(['-----BEGIN CERTIFICATE-----', 0o600]);
    expect(await run(`exchange-certificates fetch --out ${file}`)).toMatchObject({ code: 2, notes: expect.stringContaining('it is there already') });
    const drop = `dropped-files drop --file ${write('pension_BREQ_20160120_0001.p7m', 'sealed')} --purpose PENSION_CURRENT_STATUS --as agency-pension`;
    expect(await refused(drop)).toEqual([1, 'EXCHANGE_CERTIFICATE']);
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', '/dev/null', '-out', join(data, 'pension.pem'), '-subj', '/CN=pension', '-days', '30', '-addext', 'keyUsage=critical,digitalSignature,keyEncipherment'], { stdio: 'ignore' });
    const [, sha256 = ''] = /=(.*)/.exec(execFileSync('openssl', ['x509', '-in', join(data, 'pension.pem'), '-noout', '-fingerprint', '-sha256'], { encoding: 'utf8' })) ?? [];
    const register = `exchange-certificates register --institution national-agency --organisation pension --certificate ${join(data, 'pension.pem')} --sha256 ${sha256.trim().replaceAll(':', '').toLowerCase()}`;
    expect(await run(register)).toMatchObject({ code: 0 });
    // The certificate is of today: before it, nothing can be dropped.
    estate.clock.set(new Date());
    const dropped = await run(drop);
    expect([dropped.code, dropped.output]).toEqual([0, expect.stringMatching(/state +WAITING\n/)]);
    const [item] = await rows('dropped-files list --as agency-pension');
    expect(await shown(`dropped-files show ${String(item?.['fileId'])} --as agency-pension`)).toMatchObject({ fileId: item?.['fileId'], name: 'pension_BREQ_20160120_0001.p7m' });
    const out = join(data, 'answers.p7m');
    expect(await refused(`exchange-files show ${NOBODY} --as agency-pension`)).toEqual([1, 'NOT_FOUND']);
    expect(await refused(`exchange-files fetch ${NOBODY} --out ${out} --purpose PENSION_CURRENT_STATUS --as agency-pension`)).toEqual([1, 'NOT_FOUND']);
    expect(existsSync(out)).toBe(false);
    expect(await refused(`exchange-files resend ${NOBODY} --from 1 --to 2 --purpose PENSION_CURRENT_STATUS --as agency-pension`)).toEqual([1, 'NOT_FOUND']);
    expect(await refused(`batches resume ${NOBODY} --purpose PENSION_CURRENT_STATUS --as agency-pension`)).toEqual([1, 'NOT_FOUND']);
    expect(await shown('exchange-box unresolved')).toMatchObject({ withoutReceipt: [] });
  });

  it('sets servers and duty hours, and reads the lists of alerts and red municipalities', async () => {
    expect((await run('servers set 99 --state CLOSED --note maintenance')).output).toMatch(/state +CLOSED\n/);
    expect(await refused('servers set 99 --state CLOSED --note maintenance')).toEqual([1, 'SERVER_STATE']);
    expect((await run('servers set 99 --state OPEN --note done')).code).toBe(0);
    expect((await run('duty-hours set pension --opens 08:30 --closes 17:15 --as officer-1')).output).toMatch(/onClosedDays +no\n/);
    expect((await run('duty-hours set pension --opens 08:30 --closes 17:15 --on-closed-days --as officer-1')).output).toMatch(/onClosedDays +yes\n/);
    expect((await run('log-alerts list')).output).toBe('There are none.\n');
    expect(await run('use-log provisions --from 2016-01-01 --to 2016-01-31')).toMatchObject({ code: 0 });
    const entries = [{ municipalityCode: '990019', score: 40, blocked: ['CS_CONNECTION'], overdue: [], tickets: [] }];
    await estate.sql('INSERT INTO numbering.red_list (list_id, prefecture_code, week, entries, made_at) VALUES ($1, $2, $3, $4::jsonb, now())', NOBODY, '99', '2016-01-18', JSON.stringify(entries));
    expect((await run('red-lists show 99 --weeks 4 --as prefecture-99')).output).toMatch(/^WEEK +MUNICIPALITY .*\n2016-01-18 +990019 +40 +CS_CONNECTION +- +-\n$/);
    expect((await run('red-lists show 99')).code).toBe(2);
  });

  it('NUM-4.9 makes shares of the key and puts it back by three officers; no share reaches the terminal', async () => {
    estate.clock.set(new Date());
    const officers = [1, 2, 3, 4, 5];
    const custodians = officers.map((n) => ({ officer: `o-${n}`, unit: `unit-${n % 3}` }));
    const plan = write('ceremony.json', { heldOn: localDateInJapan(estate.clock.now()), custodians, working: true });
    const { ceremonyId } = await shown(`key-ceremonies plan --file ${plan} --as officer-1`);
    const id = String(ceremonyId);
    for (const n of [1, 2, 3]) expect((await run(`key-ceremonies attend ${id} --as officer-${n}`)).code).toBe(0);
    expect((await run(`key-ceremonies record ${id} --minutes ${write('minutes.txt', 'Made before three witnesses.')} --as officer-1`)).code).toBe(0);
    expect((await run(`key-ceremonies activate ${id} --as officer-2`)).output).toMatch(/state +KEY_ACTIVE\n/);
    for (const n of officers) {
      execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', join(data, `o-${n}.key`), '-out', join(data, `o-${n}.pem`), '-subj', `/CN=o-${n}`, '-days', '30'], { stdio: 'ignore' });
      const made = await run(`key-shares make ${id} --certificate ${join(data, `o-${n}.pem`)} --as officer-${n}`);
      expect([made.code, made.output]).toEqual([0, expect.stringMatching(new RegExp(`officers +${officers.slice(0, n).map((one) => `o-${one}`).join(', ')}\n`))]);
    }
    const written: string[] = [];
    for (const n of [1, 2, 3]) {
      const share = join(data, `o-${n}.jwe`);
      written.push((await run(`key-shares fetch ${id} --out ${share} --as officer-${n}`)).output);
      expect(statSync(share).mode & 0o777).toBe(0o600);
    }
    const restore = (n: number, key = n): string => `key-shares restore ${id} --share ${join(data, `o-${n}.jwe`)} --key ${join(data, `o-${key}.key`)} --as officer-${n}`;
    expect(await run(restore(1, 2))).toMatchObject({ code: 2, notes: expect.stringContaining('does not open with this key') });
    const given = [];
    for (const n of [1, 2, 3]) given.push(await run(restore(n)));
    expect(given.map(({ output }) => /outcome +(\S+)/.exec(output)?.[1])).toEqual(['-', '-', 'DRILL']);
    expect(given[2]?.output).toMatch(/officers +o-1, o-2, o-3\n/);
    for (const output of [...written, ...given.flatMap((each) => [each.output, each.notes])]) expect(output).not.toMatch(/[A-Za-z0-9_-]{60,}/);
    expect((await run(`key-ceremonies show ${id} --as officer-1`)).output).toContain('DRILL');
    expect((await run('key-ceremonies list')).output).toContain(id);
  });
});
