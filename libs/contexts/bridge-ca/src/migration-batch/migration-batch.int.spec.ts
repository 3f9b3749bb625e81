import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { municipalityChanged } from '#contracts/juki-net';
import { addDays, endOfDayInJapan, localDateInJapan } from '#kernel';
import { FileKeyStore, OID, buildSignedData, crlEntriesOf, parseCertificate, parseCrl, pemEncode, validatePath, type CrlEntry } from '#pki';
import { deriveKey, masterKey, type Actor } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { listen } from '../bridge-ca.fixture.js';
import { bridgeCaModule } from '../bridge-ca.module.js';
import { Grants } from '../grants.fixture.js';
import { fileOf, issue, listOf, prefectureSigner, recordOf, type Former } from './prefecture.fixture.js';

const API = '/api/bridge-ca/v1';
const DAY = 86_400_000;
const START = new Date('2016-01-04T01:00:00Z');
const officer = (operator: string): Actor => ({ clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator });
const governor = (organisation: string): Actor => ({ clientId: `prefecture-${organisation}`, kind: 'prefecture', organisation, operator: 'governor' });
const verifier: Actor = { clientId: 'verifier-tax', kind: 'signature-verifier', organisation: 'tax' };
const folder = mkdtempSync(join(tmpdir(), 'kiban-migration-'));

const grants = new Grants();
let estate: TestEstate;
let signer: Awaited<ReturnType<typeof prefectureSigner>>;
let stream: Awaited<ReturnType<typeof listen>>;

const codeOf = ({ status, json }: Answer): string => `${status} ${z.object({ code: z.string() }).safeParse(json).data?.code ?? ''}`.trim();
const post = (path: string, body: object, as = officer('op-1')): Promise<Answer> => estate.request('POST', `${API}${path}`, { as, body });
const get = (path: string, as = officer('op-1')): Promise<Answer> => estate.request('GET', `${API}${path}`, { as });
const upload = (path: string, type: string, body: Buffer): Promise<Answer> => estate.request('POST', `${API}${path}`, { as: officer('op-1'), headers: { 'content-type': type }, body: new Uint8Array(body) });
const signed = async (content: Buffer): Promise<string> => (await buildSignedData({ type: OID.cmsData, content, detached: true, attributes: [], certificates: [] }, signer)).toString('base64');
const second = (instant: Date): Date => new Date(Math.floor(instant.getTime() / 1000) * 1000);
const write = (name: string, der: Buffer, label = 'CERTIFICATE'): string => {
  writeFileSync(join(folder, name), pemEncode(label, der));
  return join(folder, name);
};

async function openssl(...args: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)('openssl', args).catch((error: unknown) => z.object({ stdout: z.string(), stderr: z.string() }).parse(error));
  return stdout + stderr;
}

/** The authority of a prefecture, with the key by which its former system goes on to sign. */
async function authority(prefecture: string): Promise<Former> {
  const path = `/authorities/pref-${prefecture}/generations`;
  await post(path, { activateAt: START.toISOString(), ceremonyRef: '議事録' }, officer('a'));
  const { json } = await post(`${path}/1/certification`, {}, officer('b'));
  const { sha256 } = z.object({ sha256: z.string() }).parse(json);
  expect(codeOf(await post(`${path}/1/activation`, { fingerprint: sha256 }, officer('c')))).toBe('200');
  const keys = new FileKeyStore(join(estate.config.keys, 'bridge-ca'), deriveKey(masterKey(estate.config.keys), 'pki-kek'));
  const [row] = await estate.sql<{ certificate: Buffer; key_id: string }>('SELECT certificate, key_id FROM bridge_ca.authority_generation WHERE authority_id = $1', `pref-${prefecture}`);
  if (row === undefined) throw new Error('no generation');
  return { certificate: parseCertificate(row.certificate), key: await keys.open(row.key_id) };
}

const issuedOn = (serial: bigint, days: number, life = 1_095) => {
  const notBefore = second(new Date(START.getTime() - days * DAY));
  return { serial, notBefore, notAfter: endOfDayInJapan(addDays(localDateInJapan(notBefore), life)) };
};

async function planned(prefecture: string, continuity: string): Promise<string> {
  const answer = await post('/migration-batches', { prefecture, continuity, signer: signer.certificate.der.toString('base64') });
  expect(codeOf(answer)).toBe('201');
  return z.object({ batchId: z.string() }).parse(answer.json).batchId;
}

/** What was told of a batch, or of the certificates' lists. */
const told = (id: string): unknown[] => stream.events.filter(({ subject }) => subject === id).map(({ type, sequence, data }) => [type.split('.').slice(3, 5).join('.'), sequence, data]);

const view = async (id: string) => z.object({ state: z.string(), faults: z.number() }).parse((await get(`/migration-batches/${id}`)).json);

/** Hands over file and list, and waits for what comes of them. */
async function handedOver(id: string, { file, list, gzip = false }: { file: Buffer; list: Buffer; gzip?: boolean }): Promise<string> {
  const sent = gzip ? gzipSync(file) : file;
  expect(codeOf(await upload(`/migration-batches/${id}/file`, gzip ? 'application/gzip' : 'application/x-ndjson', sent))).toBe('200');
  expect(codeOf(await upload(`/migration-batches/${id}/last-list`, 'application/pkix-crl', list))).toBe('200');
  expect(codeOf(await post(`/migration-batches/${id}/extraction`, { signature: await signed(sent) }))).toBe('202');
  return estate.eventually(async () => {
    const { state } = await view(id);
    return ['RECONCILED', 'REJECTED'].includes(state) ? state : undefined;
  });
}

async function accepted(id: string, prefecture: string): Promise<string> {
  const statement = (await get(`/migration-batches/${id}/statement`, governor(prefecture))).bytes;
  return codeOf(await post(`/migration-batches/${id}/acceptance`, { signature: await signed(statement) }, governor(prefecture)));
}

const currentList = async (prefecture: string): Promise<Buffer> =>
  estate.eventually(async () => {
    const answer = await get(`/repository/pref-${prefecture}/crl`, verifier);
    return answer.status === 200 && Number(parseCrl(answer.bytes).number) > 49 ? answer.bytes : undefined;
  });

const entriesOf = (der: Buffer): string[] => [...crlEntriesOf(parseCrl(der))].map(({ serial, reason }) => `${serial} ${reason ?? '-'}`);

beforeAll(async () => {
  estate = await startEstate([grants.module(), grants.register(), bridgeCaModule], { at: START });
  stream = await listen(estate.natsUrl);
  signer = await prefectureSigner(second(new Date(START.getTime() - DAY)));
}, 120_000);
afterAll(async () => {
  await stream?.close();
  await estate?.stop();
  grants.close();
  rmSync(folder, { recursive: true });
});

describe('a batch that differs (JPKI-3.12, 4.12)', () => {
  it('is rejected with its first thousand differences, and leaves no record', async () => {
    const former = await authority('01');
    const id = await planned('01', 'KEY_MOVED');
    expect(codeOf(await post('/migration-batches', { prefecture: '01', continuity: 'KEY_MOVED', signer: signer.certificate.der.toString('base64') }))).toBe('409 BATCH_ON_FILE');
    const at = second(estate.clock.now());
    const place = { pref: '01', municipalityCode: '011002', windowId: '01100001A' };
    const revoked = { status: 'revoked', kind: 'APPLICATION', recordedAt: new Date(at.getTime() - DAY).toISOString() };
    const [first, unlisted, listed, dated] = await Promise.all([
      recordOf(former, issuedOn(10n, 100), place), recordOf(former, issuedOn(11n, 100), { ...place, ...revoked }), recordOf(former, issuedOn(12n, 100), place),
      recordOf(former, issuedOn(13n, 100), { ...place, ...revoked }),
    ]);
    const file = fileOf([first, first, unlisted, listed, dated, ...Array.from({ length: 1_100 }, () => ({ ...first, status: 'held' }))], { merkleRoot: 'ab'.repeat(32) });
    const list = await listOf(former, { number: 5, at, entries: [{ serial: 12n, revokedAt: at }, { serial: 13n, revokedAt: at }] });
    expect(codeOf(await post(`/migration-batches/${id}/extraction`, { signature: await signed(file) }))).toBe('409 UPLOAD_INCOMPLETE');
    expect(await handedOver(id, { file, list })).toBe('REJECTED');
    const { faults } = await view(id);
    const found = z.object({ items: z.array(z.object({ line: z.number().nullable(), column: z.string().nullable(), code: z.string() })) }).parse((await get(`/migration-batches/${id}/faults?limit=1000`)).json).items;
    // 1,100 lines, a duplicate, three or more figures of the trailer, and the list both ways.
    expect([found.length, found.slice(0, 2), faults > 1_104]).toEqual([1_000, [{ line: 2, column: 'serial', code: 'DUPLICATE_SERIAL' }, { line: 6, column: 'status', code: 'UNKNOWN_STATUS' }], true]);
    expect(await estate.sql('SELECT 1 FROM bridge_ca.migrated_record UNION ALL SELECT 1 FROM bridge_ca.migration_chunk')).toEqual([]);
    const again = await planned('01', 'KEY_MOVED');
    expect(await handedOver(again, { file: fileOf([first, unlisted, listed, dated]), list })).toBe('REJECTED');
    const differences = z.object({ items: z.array(z.unknown()) }).parse((await get(`/migration-batches/${again}/faults`)).json).items;
    expect(differences).toEqual([
      { number: 1, line: 2, column: 'status', code: 'NOT_IN_FORMER_LIST', serial: '0b' }, { number: 2, line: null, column: 'status', code: 'NOT_IN_RECORDS', serial: '0c' },
      { number: 3, line: 4, column: 'status', code: 'REVOCATION_DATE_DIFFERS', serial: '0d' },
    ]);
    const third = await planned('01', 'KEY_MOVED');
    expect(await handedOver(third, { file: fileOf([first], { count: 2, lastSerial: '0b' }), list: await listOf(former, { number: 6, at, entries: [] }) })).toBe('REJECTED');
    expect((await get(`/migration-batches/${third}/faults`)).json).toMatchObject({ items: [{ line: 2, column: 'count', code: 'TRAILER_DIFFERS' }, { line: 2, column: 'lastSerial' }] });
    await estate.eventually(async () => told(id).length > 0 && told(again).length > 0);
    expect([told(id), told(again)]).toMatchObject([[['migration.batch-rejected', '1', { batchId: id, prefecture: '01', differences: faults }]], [['migration.batch-rejected', '1', { differences: 3 }]]]);
    // Another's signature, another's list.
    const fourth = await planned('01', 'KEY_MOVED');
    await upload(`/migration-batches/${fourth}/file`, 'application/x-ndjson', file);
    expect(codeOf(await upload(`/migration-batches/${fourth}/last-list`, 'application/pkix-crl', await listOf(await authority('02'), { number: 1, at, entries: [] })))).toBe('422 LIST_UNFIT');
    await upload(`/migration-batches/${fourth}/last-list`, 'application/pkix-crl', list);
    expect(codeOf(await post(`/migration-batches/${fourth}/extraction`, { signature: await signed(Buffer.from('another file')) }))).toBe('422 SIGNATURE_INVALID');
  }, 60_000);
});

describe('a migration to its end (JPKI-3.12, 4.12)', () => {
  const PREFECTURES = { '13': ['131016', '13101001A', 'KEY_MOVED'], '27': ['271004', '27100001A', 'CRL_SIGNER'] } as const;
  type Number = keyof typeof PREFECTURES;
  const NUMBERS: readonly Number[] = ['13', '27'];
  const formers = new Map<Number, Former>();
  const ids = new Map<Number, string>();
  const former = (prefecture: Number): Former => formers.get(prefecture) ?? expect.fail();
  const batch = (prefecture: Number): string => ids.get(prefecture) ?? expect.fail();
  let revokedAt: Date;
  let entries: CrlEntry[];

  it('loads what the file says, encrypted, with present codes and days of keeping; the prefecture accepts by its signature', async () => {
    revokedAt = new Date(second(START).getTime() - DAY);
    entries = [{ serial: 21n, revokedAt, reason: 'keyCompromise' }];
    expect(codeOf(await post('/municipality-code-changes', { changes: [{ oldCode: '131016', newCode: '131024', effectiveDate: '2015-12-31' }] }))).toBe('201');
    const register: Actor = { clientId: 'svc-juki-net', kind: 'service', organisation: 'juki-net' };
    await estate.running.runners.get('juki-net')?.inTransaction('test.tell', { actor: register, correlationId: 'test-ward' }, async (ctx) =>
      ctx.emit(municipalityChanged, { aggregateId: '271021', sequence: 1, data: { oldCodes: ['271004'], newCode: '271021', kind: 'WARD', effectiveDate: '2015-12-30' } }));
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM bridge_ca.municipality_code_change WHERE old_code = '271004' AND new_code = '271021' AND effective_date = '2015-12-30'")).length === 1);
    for (const prefecture of NUMBERS) {
      const [municipalityCode, windowId, continuity] = PREFECTURES[prefecture];
      formers.set(prefecture, await authority(prefecture));
      ids.set(prefecture, await planned(prefecture, continuity));
      const place = { pref: prefecture, municipalityCode, windowId };
      const revoked = { status: 'revoked', kind: 'APPLICATION', recordedAt: revokedAt.toISOString() };
      const records = await Promise.all([
        recordOf(former(prefecture), issuedOn(22n, 100), place), recordOf(former(prefecture), issuedOn(20n, 1_200), { ...place, status: 'expired' }),
        recordOf(former(prefecture), issuedOn(21n, 100), { ...place, ...revoked }), recordOf(former(prefecture), issuedOn(23n, 100), place),
        // Ended before the list, so that it need not name it; and one whose entry goes after its end.
        recordOf(former(prefecture), issuedOn(24n, 1_200), { ...place, ...revoked, recordedAt: new Date(revokedAt.getTime() - 200 * DAY).toISOString() }),
        recordOf(former(prefecture), issuedOn(25n, 1_085), { ...place, ...revoked }),
      ]);
      const list = await listOf(former(prefecture), { number: 40, at: second(estate.clock.now()), entries: [...entries, { serial: 25n, revokedAt }] });
      expect(await handedOver(batch(prefecture), { file: fileOf(records), list, gzip: true })).toBe('RECONCILED');
    }
    entries = [...entries, { serial: 25n, revokedAt }];
    expect((await get('/prefectural-certificates/13/16')).json).toMatchObject({ status: 'valid', municipalityCode: '131024', issuedIn: '131016', keptThrough: '2028-09-25' });
    expect((await get('/prefectural-certificates/27/16')).json).toMatchObject({ municipalityCode: '271021', issuedIn: '271004' });
    const [stored] = await estate.sql<{ sealed: Buffer }>("SELECT sealed FROM bridge_ca.migrated_record WHERE prefecture = '13' ORDER BY serial LIMIT 1");
    expect(stored?.sealed.includes(former('13').certificate.subjectDer)).toBe(false);
    const statement = z.object({ count: z.number(), perStatus: z.unknown(), merkleRoot: z.string() }).parse(JSON.parse((await get(`/migration-batches/${batch('13')}/statement`)).bytes.toString()));
    expect(statement).toMatchObject({ count: 6, perStatus: { valid: 2, revoked: 3, expired: 1 }, merkleRoot: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(codeOf(await get(`/migration-batches/${batch('13')}/statement`, governor('27')))).toBe('403 OUT_OF_JURISDICTION');
    expect(codeOf(await post(`/migration-batches/${batch('13')}/acceptance`, { signature: await signed(Buffer.from('{}')) }, governor('13')))).toBe('422 SIGNATURE_INVALID');
    expect(codeOf(await post(`/migration-batches/${batch('13')}/acceptance`, { signature: 'AA==' }, officer('op-1')))).toBe('403 ACTION_NOT_PERMITTED');
    for (const prefecture of NUMBERS) expect(await accepted(batch(prefecture), prefecture)).toBe('200');
  }, 60_000);

  it('runs both systems for seven days on which their lists are the same, entry by entry', async () => {
    const compare = async (prefecture: Number, number: number, of = entries): Promise<unknown> => {
      const list = await listOf(former(prefecture), { number, at: second(estate.clock.now()), entries: of.toSorted((left, right) => Number(left.serial - right.serial)) });
      return (await upload(`/migration-batches/${batch(prefecture)}/double-run`, 'application/pkix-crl', list)).json;
    };
    // Recorded by the former system an hour ago, and by both before the lists of the day.
    const recordedAt = second(new Date(estate.clock.now().getTime() - 3_600_000));
    entries.push({ serial: 23n, revokedAt: recordedAt, reason: 'affiliationChanged' });
    expect(await compare('13', 41)).toMatchObject({ differences: 1, first: [{ serial: '17', code: 'NOT_IN_RECORDS' }] });
    const revocation = { kind: 'RESIDENT_CHANGE', reason: 'affiliationChanged', recordedAt: recordedAt.toISOString(), evidenceRef: '異動通知' };
    for (const prefecture of NUMBERS) expect(codeOf(await post(`/prefectural-certificates/${prefecture}/17/revocations`, revocation))).toBe('201');
    expect(codeOf(await post('/prefectural-certificates/13/17/revocations', revocation))).toBe('409 ALREADY_FINAL');
    expect(await compare('13', 42, entries.map((entry) => (entry.serial === 21n ? { serial: 21n, revokedAt } : entry)))).toMatchObject({ differences: 1, first: [{ serial: '15', code: 'REASON_DIFFERS' }] });
    expect(await compare('13', 42, entries.slice(0, 2))).toMatchObject({ first: [{ serial: '17', code: 'NOT_IN_FORMER_LIST' }] });
    expect(await compare('13', 40)).toMatchObject({ code: 'LIST_NOT_OF_THE_DAY' });
    for (let day = 0; day < 7; day += 1) {
      if (day > 0) estate.clock.set(new Date(estate.clock.now().getTime() + DAY));
      for (const prefecture of NUMBERS) expect(await compare(prefecture, 43 + day)).toMatchObject({ differences: 0, entries: 3 });
      if (day === 5) expect(codeOf(await post(`/migration-batches/${batch('13')}/cut-over`, {}, officer('op-2')))).toBe('409 DOUBLE_RUN_INCOMPLETE');
    }
  }, 60_000);

  it('ends the former system by another officer, when somebody can sign the lists', async () => {
    expect(codeOf(await post(`/migration-batches/${batch('13')}/cut-over`, {}, officer('op-1')))).toBe('409 SAME_OFFICER');
    expect(codeOf(await post(`/migration-batches/${batch('13')}/cut-over`, {}, officer('op-2')))).toBe('200');
    expect(codeOf(await post(`/migration-batches/${batch('27')}/cut-over`, {}, officer('op-2')))).toBe('409 CONTINUITY_MISSING');
    expect(codeOf(await post(`/migration-batches/${batch('27')}/list-signer`, {}, officer('op-2')))).toBe('200');
    expect(codeOf(await post(`/migration-batches/${batch('27')}/cut-over`, {}, officer('op-2')))).toBe('200');
    const states = await estate.sql<{ state: string }>("SELECT state FROM bridge_ca.authority_generation WHERE authority_id IN ('pref-13', 'pref-27')");
    expect(states.map(({ state }) => state)).toEqual(['RETIRING', 'RETIRING']);
    await estate.eventually(async () => told(batch('27')).length === 2);
    expect(told(batch('27'))).toMatchObject([['migration.batch-accepted', expect.any(String), { prefecture: '27', records: 6 }], ['migration.cut-over', expect.any(String), { prefecture: '27', continuity: 'CRL_SIGNER' }]]);
    expect(codeOf(await post('/prefectural-certificates/13/16/revocations', { kind: 'APPLICATION', reason: 'superseded', recordedAt: START.toISOString(), evidenceRef: 'x' }))).toBe('409 NOT_IN_STATE');
  }, 60_000);

  it.each(NUMBERS)('prefecture %s has lists from its records that the engine and OpenSSL take for certificates of the former system', async (prefecture) => {
    const list = await currentList(prefecture);
    // What the former system listed without a reason goes on without one; numbers go on where its own ended.
    expect(entriesOf(list)).toEqual(['21 keyCompromise', '23 affiliationChanged', '25 -']);
    const [good, bad] = [await issue(former(prefecture), issuedOn(22n, 100)), await issue(former(prefecture), issuedOn(21n, 100))];
    const trust = z.object({ signers: z.array(z.object({ certificate: z.base64(), statusList: z.base64() })) }).parse((await get(`/list-signers/${prefecture}`, verifier)).json).signers;
    const signers = trust.map(({ certificate }) => parseCertificate(Buffer.from(certificate, 'base64')));
    const crls = [list, ...trust.map(({ statusList }) => Buffer.from(statusList, 'base64'))].map(parseCrl);
    expect(signers.length).toBe(prefecture === '27' ? 1 : 0);
    const at = estate.clock.now();
    const valid = (der: Buffer) => {
      const verdict = validatePath({ target: parseCertificate(der), anchors: [former(prefecture).certificate], intermediates: signers, crls, at, checkRevocation: true });
      return verdict.valid ? 'valid' : verdict.reason;
    };
    expect([valid(good), valid(bad)]).toEqual(['valid', 'REVOKED']);
    const judge = (der: Buffer, name: string): Promise<string> => openssl(
      'verify', '-x509_strict', '-crl_check', '-attime', String(Math.floor(at.getTime() / 1000)), '-CAfile', write('ca.pem', former(prefecture).certificate.der), '-CRLfile', write('list.pem', list, 'X509 CRL'),
      // A list of another key than the certificate's needs the certificate of that key, and the check for such lists.
      ...signers.flatMap(({ der: signerDer }) => ['-extended_crl', '-untrusted', write('signer.pem', signerDer)]), write(name, der),
    );
    expect(await judge(good, 'good.pem')).toContain('good.pem: OK');
    expect(await judge(bad, 'bad.pem')).toContain('certificate revoked');
  }, 30_000);

  it('goes on daily and at once when a key leaked; entries go after the end of their certificates, lists after the last end, records after their keeping', async () => {
    expect(codeOf(await post('/prefectural-certificates/27/16/revocations', { kind: 'APPLICATION', reason: 'keyCompromise', evidenceRef: '届出' }))).toBe('201');
    const listed = (prefecture: Number, wanted: string[]) => estate.eventually(async () => JSON.stringify(entriesOf(await currentList(prefecture))) === JSON.stringify(wanted));
    const all = ['21 keyCompromise', '22 keyCompromise', '23 affiliationChanged', '25 -'];
    await listed('27', all);
    // 25 ends on 14 January: it is in the first regular list after that, and not in the next one.
    estate.clock.set(new Date('2016-01-14T18:00:00Z'));
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM bridge_ca.revocation_list WHERE authority_id = 'pref-27' AND list = 'CRL' AND last_scheduled_at >= '2016-01-14T18:00:00Z'")).length > 0);
    await listed('27', all);
    estate.clock.set(new Date('2016-01-15T18:00:00Z'));
    await listed('27', all.slice(0, 3));
    const last = async (): Promise<number> => (await estate.sql<{ number: number }>("SELECT last_number AS number FROM bridge_ca.revocation_list WHERE authority_id = 'pref-27' AND list = 'CRL'"))[0]?.number ?? 0;
    const counts = (): Promise<{ jobs: number }[]> => estate.sql<{ jobs: number }>("SELECT count(*)::int AS jobs FROM bridge_ca.job WHERE kind = 'bridge-ca.issue-prefectural-lists' AND state = 'SUCCEEDED'");
    estate.clock.set(new Date('2018-09-30T18:00:00Z'));
    await listed('27', all.slice(0, 3));
    const [before, jobs] = [await last(), (await counts())[0]?.jobs ?? 0];
    estate.clock.set(new Date('2018-10-01T18:00:00Z'));
    await estate.eventually(async () => ((await counts())[0]?.jobs ?? 0) > jobs);
    expect(await last()).toBe(before);
    estate.clock.set(new Date('2028-09-24T18:00:00Z'));
    const kept = async (): Promise<number> => (await estate.sql('SELECT 1 FROM bridge_ca.migrated_record')).length;
    await estate.eventually(async () => (await kept()) === 6);
    estate.clock.set(new Date('2028-09-25T18:00:00Z'));
    await estate.eventually(async () => (await kept()) === 0);
  }, 60_000);
});
