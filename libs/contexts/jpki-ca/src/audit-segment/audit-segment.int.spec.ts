import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { TokenVerifier, start, type Actor } from '#platform';
import { CHAIN_START } from '#sealed-trail';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { jpkiCaModule } from '../jpki-ca.module.js';
import { listen, listsOfTheDay, openssl, operator, window } from '../neighbours.fixture.js';

const API = '/api/jpki-ca/v1';
const officer: Actor = { ...operator, operator: 'officer-1' };
const auditor: Actor = { clientId: 'auditor-1', kind: 'auditor', organisation: 'audit' };
const HOUR = 3_600_000;
const item = z.object({ segment: z.number(), state: z.string(), firstSeq: z.number(), entries: z.number(), hash: z.string(), copySha256: z.string().nullable(), archiveRef: z.string().nullable() });
const listed = z.object({ open: z.object({ segment: z.number(), entries: z.number() }), items: z.array(item), next: z.number().optional() });
const verdict = z.object({ whole: z.boolean(), faults: z.array(z.object({ segment: z.number(), kind: z.string(), seq: z.number().optional(), lineId: z.string().optional() })) });
const version = spawnSync('openssl', ['version'], { encoding: 'utf8' });
const present = version.status === 0 && /^OpenSSL [3-9]/.test(version.stdout);

let estate: TestEstate;
let stream: Awaited<ReturnType<typeof listen>>;
beforeAll(async () => {
  estate = await startEstate([jpkiCaModule], { at: new Date('2016-02-10T01:00:00Z') });
  stream = await listen(estate.natsUrl);
}, 120_000);
afterAll(async () => {
  await stream?.close();
  await estate?.stop();
});

const codeOf = ({ status, json }: Answer): string => `${status} ${z.object({ code: z.string().optional() }).parse(json).code ?? ''}`.trim();
const list = async (path = ''): Promise<z.output<typeof listed>> => listed.parse((await estate.request('GET', `${API}/audit-segments${path}`, { as: auditor })).json);
const verify = async (segment: number): Promise<z.output<typeof verdict>> =>
  verdict.parse((await estate.request('POST', `${API}/audit-segments/${segment}/verification`, { as: auditor, body: {} })).json);
const kinds = async (segment: number): Promise<string[]> => (await verify(segment)).faults.map(({ kind, seq }) => (seq === undefined ? kind : `${kind} ${seq}`));
const rows = (): Promise<{ segment: number; state: string; first_seq: string; entries: number; last_link: string }[]> =>
  estate.sql('SELECT segment, state, first_seq, entries, last_link FROM jpki_ca.audit_segment ORDER BY segment');
const copied = (count: number): Promise<unknown> => estate.eventually(async () => (await rows()).filter(({ state }) => state !== 'SEALED').length >= count, 60);
const file = (segment: number, kind: string): string => join(estate.config.keys, 'audit-segments', `${String(segment).padStart(10, '0')}.${kind}`);
const move = (ms: number): void => estate.clock.set(new Date(estate.clock.now().getTime() + ms));
/** Lines as calls leave them. */
const write = (count: number): Promise<unknown> => estate.sql(
  `INSERT INTO jpki_ca.audit_line (at, id, entry) SELECT $1, gen_random_uuid(), '{"action":"spec","client":"c","outcome":"DONE","object":"o:' || n || '"}' FROM generate_series(1, $2) n`,
  estate.clock.now().toISOString(), count,
);
/** What a range's job found. */
async function verifyRange(from: number, to: number): Promise<unknown> {
  const { jobId } = z.object({ jobId: z.string() }).parse((await estate.request('POST', `${API}/audit-segments/verifications`, { as: auditor, body: { from, to } })).json);
  return estate.eventually(async () => (await estate.sql<{ result: unknown }>("SELECT result FROM jpki_ca.job WHERE id = $1 AND state = 'SUCCEEDED'", jobId))[0]?.result as object | undefined, 60);
}

describe('segments (JPKI-3.14, 4.14)', () => {
  it('the first is sealed, stamped and copied when it is an hour old; nothing follows while nothing is done', async () => {
    await listsOfTheDay(estate);
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM jpki_ca.audit_link")).length > 0);
    move(50 * 60_000);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await rows()).toEqual([]);
    move(11 * 60_000);
    await copied(1);
    move(3 * HOUR);
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect((await rows()).map(({ segment, state }) => [segment, state])).toEqual([[1, 'COPIED']]);
    const { data, ...event } = (await estate.eventually(async () => stream.events.find(({ type }) => type.includes('segment-sealed'))));
    const [first] = (await list()).items;
    expect([event.subject, event.sequence, data]).toMatchObject(['jpki-ca', '1', { segment: 1, firstSeq: 1, entries: first?.entries, hash: first?.hash }]);
    expect(await verify(1)).toEqual({ whole: true, faults: [] });
  });

  it('its copy is read-only, and says the same without this program', async () => {
    const [segment] = (await list()).items;
    const entries = readFileSync(file(1, 'jsonl'));
    expect(statSync(file(1, 'jsonl')).mode & 0o777).toBe(0o400);
    const lines = entries.toString('utf8').trimEnd().split('\n');
    const hash = lines.reduce((last, line) => createHash('sha256').update(last).update(line).digest(), CHAIN_START);
    expect([lines.length, hash.toString('hex'), createHash('sha256').update(entries).digest('hex')]).toEqual([segment?.entries, segment?.hash, segment?.copySha256]);
    if (!present) return;
    const folder = mkdtempSync(join(tmpdir(), 'segment-'));
    writeFileSync(join(folder, 'root.pem'), (await estate.request('GET', `${API}/cas/sign/certificate?format=pem`, { as: operator })).bytes);
    writeFileSync(join(folder, 'hash'), hash);
    const trust = ['-CAfile', join(folder, 'root.pem'), '-attime', String(Math.floor(estate.clock.now().getTime() / 1000))];
    expect(await openssl('ts', '-verify', '-data', join(folder, 'hash'), '-in', file(1, 'tst'), '-token_in', ...trust)).toContain('Verification: OK');
    const signed = await openssl('cms', '-verify', '-inform', 'DER', '-in', file(1, 'p7m'), '-purpose', 'any', ...trust);
    expect(signed).toContain('successful');
    expect(signed).toContain(`"hash":"${segment?.hash}"`);
    rmSync(folder, { recursive: true });
  });

  it('a backlog is sealed in full segments, each line once, by two replicas over kills and restarts', async () => {
    const verifier = new TokenVerifier({ issuer: '', audience: '' }, () => Promise.reject(new Error('no requests')));
    const replica = await start(estate.config, [jpkiCaModule], { clock: estate.clock, verifier });
    for (let round = 0; round < 4; round += 1) {
      await write(8_000);
      await estate.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kiban jpki-ca' AND datname = current_database() AND state <> 'idle'");
      if (round === 1) await estate.restart();
    }
    await estate.eventually(async () => (await rows()).length >= 4, 60);
    await copied(4);
    await replica.stop();
    const sealed = await rows();
    let next = 1;
    for (const { entries, first_seq: firstSeq } of sealed) {
      expect([Number(firstSeq), entries <= 10_000]).toEqual([next, true]);
      next += entries;
    }
    const [{ lines } = { lines: 0 }] = await estate.sql<{ lines: number }>('SELECT sum(lines)::int AS lines FROM jpki_ca.audit_link WHERE seq <= $1', sealed.at(-1)?.last_link);
    expect(next - 1).toBe(lines);
    expect(await verifyRange(1, sealed.length)).toEqual({ segments: sealed.length, whole: true, faults: [] });
    expect((await list('?limit=2')).next).toBe(sealed.length - 1);
  }, 120_000);

  it('a copy that cannot be made waits, and is made once it can', async () => {
    const { open } = await list();
    writeFileSync(file(open.segment, 'jsonl'), 'other');
    await write(10_000);
    await estate.eventually(async () => (await estate.sql('SELECT 1 FROM jpki_ca.audit_segment WHERE segment = $1 AND copy_due_at > sealed_at', open.segment)).length === 1, 40);
    expect((await list()).items[0]).toMatchObject({ segment: open.segment, state: 'SEALED', copySha256: null });
    expect(await kinds(open.segment)).toEqual(['COPY_CHANGED']);
    expect(codeOf(await estate.request('POST', `${API}/audit-segments/${open.segment}/archival`, { as: officer, body: { archiveRef: 'A-1', sha256: '0'.repeat(64) } }))).toBe('409 NOT_IN_STATE');
    rmSync(file(open.segment, 'jsonl'));
    move(11 * 60_000);
    await copied(open.segment);
    // As a kill between the files and the commit leaves it.
    await estate.sql("UPDATE jpki_ca.audit_segment SET state = 'SEALED', copy_sha256 = NULL WHERE segment = $1", open.segment);
    await copied(open.segment);
    expect(await kinds(open.segment)).toEqual([]);
  }, 60_000);
});

describe('what was changed is found (JPKI-4.14)', () => {
  const line = async (seq: number): Promise<string> => {
    const text = readFileSync(file(2, 'jsonl'), 'utf8').split('\n')[seq - (await first())] ?? '';
    return z.object({ id: z.string(), seq: z.literal(seq) }).parse(JSON.parse(text)).id;
  };
  const first = async (): Promise<number> => Number((await rows())[1]?.first_seq);

  it('in the journal, at its line', async () => {
    const seq = (await first()) + 700;
    const id = await line(seq);
    const [{ entry = '', xid = '', at = '' } = {}] = await estate.sql<{ entry: string; xid: string; at: string }>('SELECT entry, xid::text AS xid, at::text AS at FROM jpki_ca.audit_line WHERE id = $1', id);
    await estate.sql(`UPDATE jpki_ca.audit_line SET entry = replace(entry, 'DONE', 'REFUSED') WHERE id = $1`, id);
    expect(await kinds(2)).toEqual([`LINE_CHANGED ${seq}`]);
    await estate.sql(`UPDATE jpki_ca.audit_line SET entry = 'torn' WHERE id = $1`, id);
    expect(await kinds(2)).toEqual([`LINE_CHANGED ${seq}`]);
    await estate.sql(`UPDATE jpki_ca.audit_line SET entry = $2, xid = '1' WHERE id = $1`, id, entry);
    expect(await kinds(2)).toEqual([`LINE_MISSING ${seq}`]);
    expect((await verify(1)).faults).toMatchObject([{ kind: 'LINE_ADDED', lineId: id }]);
    await estate.sql('DELETE FROM jpki_ca.audit_line WHERE id = $1', id);
    expect([await kinds(2), await kinds(1)]).toEqual([[`LINE_MISSING ${seq}`], []]);
    await estate.sql('INSERT INTO jpki_ca.audit_line (at, id, xid, entry) VALUES ($1, $2, $3::xid8, $4)', at, id, xid, entry);
    expect(await kinds(2)).toEqual([]);
    const [early, late] = [await line(await first()), await line((await first()) + ((await rows())[1]?.entries ?? 0) - 1)];
    const [{ xid: place = '' } = {}] = await estate.sql<{ xid: string }>('SELECT xid::text AS xid FROM jpki_ca.audit_line WHERE id = $1', early);
    await estate.sql('UPDATE jpki_ca.audit_line SET xid = (SELECT xid FROM jpki_ca.audit_line WHERE id = $2) WHERE id = $1', early, late);
    expect(await kinds(2)).toEqual([`LINE_MOVED ${(await first()) + 1}`]);
    await estate.sql('UPDATE jpki_ca.audit_line SET xid = $2::xid8 WHERE id = $1', early, place);
    await estate.sql('INSERT INTO jpki_ca.audit_line (at, id, xid, entry) VALUES ($1, gen_random_uuid(), $2::xid8, $3)', at, xid, entry);
    expect(await kinds(2)).toEqual(['LINE_ADDED']);
    expect(await verifyRange(2, 3)).toMatchObject({ segments: 2, whole: false, faults: [{ segment: 2, kind: 'LINE_ADDED' }] });
  });

  it('in its record, its link, or the copy', async () => {
    for (const [what, sql, found] of [
      ['count', 'UPDATE jpki_ca.audit_segment SET entries = entries + 1 WHERE segment = 3', ['SEAL_BROKEN', 'COPY_CHANGED']],
      ['hash', "UPDATE jpki_ca.audit_segment SET hash = sha256('x') WHERE segment = 3", ['SEAL_BROKEN', 'TIMESTAMP_BROKEN', 'COPY_CHANGED']],
      ['seal', 'UPDATE jpki_ca.audit_segment SET seal = (SELECT seal FROM jpki_ca.audit_segment WHERE segment = 2) WHERE segment = 3', ['SEAL_BROKEN', 'COPY_CHANGED']],
      ['token', "UPDATE jpki_ca.audit_segment SET token = 'torn' WHERE segment = 3", ['SEAL_BROKEN', 'TIMESTAMP_BROKEN', 'COPY_CHANGED']],
      ['link', "UPDATE jpki_ca.audit_link SET hash = 'x' WHERE seq = (SELECT last_link FROM jpki_ca.audit_segment WHERE segment = 3)", ['SEAL_BROKEN']],
      ['key', "UPDATE jpki_ca.sealing_key SET certificate = (SELECT certificate FROM jpki_ca.sealing_key WHERE role = 'tsa') WHERE role = 'audit'", ['SEAL_BROKEN']],
    ] as const) {
      const kept = await estate.sql<Record<string, unknown>>('SELECT entries, hash, seal, token, last_link FROM jpki_ca.audit_segment WHERE segment = 3');
      const [link] = await estate.sql<{ hash: Buffer }>('SELECT hash FROM jpki_ca.audit_link WHERE seq = $1', kept[0]?.['last_link']);
      const [key] = await estate.sql<{ certificate: Buffer }>("SELECT certificate FROM jpki_ca.sealing_key WHERE role = 'audit'");
      await estate.sql(sql);
      expect([what, (await kinds(3)).filter((kind) => !kind.startsWith('LINES'))]).toEqual([what, found]);
      await estate.sql('UPDATE jpki_ca.audit_segment SET entries = $1, hash = $2, seal = $3, token = $4 WHERE segment = 3', kept[0]?.['entries'], kept[0]?.['hash'], kept[0]?.['seal'], kept[0]?.['token']);
      await estate.sql('UPDATE jpki_ca.audit_link SET hash = $1 WHERE seq = $2', link?.hash, kept[0]?.['last_link']);
      await estate.sql("UPDATE jpki_ca.sealing_key SET certificate = $1 WHERE role = 'audit'", key?.certificate);
      expect(await kinds(3)).toEqual([]);
    }
    const copy = readFileSync(file(3, 'jsonl'));
    chmodSync(file(3, 'jsonl'), 0o600);
    writeFileSync(file(3, 'jsonl'), copy.toString('utf8').replace('"outcome":"DONE"', '"outcome":"FAIL"'));
    expect(await kinds(3)).toEqual(['COPY_CHANGED']);
    rmSync(file(3, 'jsonl'));
    expect(await kinds(3)).toEqual(['COPY_MISSING']);
    writeFileSync(file(3, 'jsonl'), copy);
    expect(await kinds(3)).toEqual([]);
  });

  it('a segment whose record is gone is missed; the last one is sealed again, and not what was copied', async () => {
    const last = (await rows()).length;
    await estate.sql('DELETE FROM jpki_ca.audit_segment WHERE segment = 1 OR segment = $1', last);
    await estate.eventually(async () => (await rows()).some(({ segment, state }) => segment === last && state === 'SEALED'), 40);
    expect(await verifyRange(1, last)).toMatchObject({
      whole: false, faults: [{ segment: 1, kind: 'SEGMENT_MISSING' }, { segment: 2, kind: 'SEGMENT_MISSING' }, { segment: last, kind: 'COPY_CHANGED' }],
    });
  }, 60_000);
});

describe('who may do what', () => {
  const archive = (segment: number, as: Actor, sha256: string): Promise<Answer> => estate.request('POST', `${API}/audit-segments/${segment}/archival`, { as, body: { archiveRef: '書庫第3号', sha256 } });

  it('a named officer confirms the archive\'s copy by its digest, once', async () => {
    const { items } = await list();
    const { segment = 0, copySha256 } = items.find(({ state }) => state === 'COPIED') ?? {};
    expect(codeOf(await archive(segment, operator, copySha256 ?? ''))).toBe('403 OPERATOR_NOT_ASSERTED');
    expect(codeOf(await archive(segment, auditor, copySha256 ?? ''))).toBe('403 ACTION_NOT_PERMITTED');
    expect(codeOf(await archive(segment, officer, '0'.repeat(64)))).toBe('409 COPY_DIFFERS');
    expect(codeOf(await archive(segment, officer, 'short'))).toBe('400 INVALID_INPUT');
    expect(codeOf(await archive(99_999, officer, copySha256 ?? ''))).toBe('404 NOT_FOUND');
    expect(codeOf(await archive(segment, officer, copySha256 ?? ''))).toBe('200');
    expect(codeOf(await archive(segment, officer, copySha256 ?? ''))).toBe('409 NOT_IN_STATE');
    expect((await list()).items).toContainEqual(expect.objectContaining({ segment, state: 'ARCHIVED', archiveRef: '書庫第3号' }));
  });

  it('nobody else sees or verifies the trail, and a range must be there', async () => {
    expect(codeOf(await estate.request('GET', `${API}/audit-segments`, { as: window }))).toBe('403 ACTION_NOT_PERMITTED');
    expect(codeOf(await estate.request('POST', `${API}/audit-segments/2/verification`, { as: window, body: {} }))).toBe('403 ACTION_NOT_PERMITTED');
    for (const [from, to, code] of [[2, 1, '400 INVALID_INPUT'], [0, 1, '400 INVALID_INPUT'], [1, 99_999, '404 NOT_FOUND']] as const) {
      expect(codeOf(await estate.request('POST', `${API}/audit-segments/verifications`, { as: auditor, body: { from, to } }))).toBe(code);
    }
    expect(codeOf(await estate.request('POST', `${API}/audit-segments/99999/verification`, { as: auditor, body: {} }))).toBe('404 NOT_FOUND');
  });
});
