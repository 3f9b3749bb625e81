import { execFileSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compactDecrypt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { localDateInJapan } from '#kernel';
import { API, codeOf, operator, Stewardship } from '../stewardship.fixture.js';

const KINDS = [['rsa:2048'], ['rsa:3072'], ['ec', 'prime256v1'], ['ec', 'secp384r1'], ['ec', 'prime256v1']] as const;
const OFFICERS = ['o-1', 'o-2', 'o-3', 'o-4', 'o-5'] as const;
const units = ['security', 'system', 'audit', 'system', 'security'];
const ceremony = z.object({ ceremonyId: z.uuid(), state: z.string() });
const counted = z.object({ officers: z.array(z.string()) });
const used = z.object({ officers: z.array(z.string()), outcome: z.string().nullable() });
const world = new Stewardship();
const folder = mkdtempSync(join(tmpdir(), 'kiban-shares-'));
let id: string;

/** A key with its certificate for the officer. */
function certify(officer: string, [algorithm, curve]: readonly string[] = KINDS[0], more: readonly string[] = ['-days', '30']): { certificate: string; privateKey: string } {
  const [key, certificate] = [join(folder, `${officer}.key`), join(folder, `${officer}.pem`)];
  execFileSync('openssl', ['req', '-x509', '-newkey', algorithm ?? '', ...(curve === undefined ? [] : ['-pkeyopt', `ec_paramgen_curve:${curve}`]), '-nodes', '-keyout', key, '-out', certificate, '-subj', `/CN=${officer}`, ...more], { stdio: 'ignore' });
  return { certificate: readFileSync(certificate, 'utf8'), privateKey: readFileSync(key, 'utf8') };
}

const post = (path: string, officer: string, body: unknown = {}) => world.estate.request('POST', `${API}/key-ceremonies${path}`, { as: operator(officer), body });
const get = (path: string, officer: string) => world.estate.request('GET', `${API}/key-ceremonies${path}`, { as: operator(officer) });
const deposit = (officer: string, certificate: string) => post(`/${id}/share-certificates`, officer, { certificate });
const give = (officer: string, share: string) => post(`/${id}/restoration/shares`, officer, { share });

/** What the officer gets out of the own share with the own key. */
async function openShare(officer: string): Promise<string> {
  const { share } = z.object({ share: z.string() }).parse((await get(`/${id}/share`, officer)).json);
  const { plaintext } = await compactDecrypt(share, createPrivateKey(readFileSync(join(folder, `${officer}.key`), 'utf8')));
  return Buffer.from(plaintext).toString('base64url');
}

beforeAll(async () => {
  await world.start(new Date());
  // The certificates are made by the system's clock.
  world.estate.clock.set(new Date());
  const custodians = OFFICERS.map((officer, index) => ({ officer, unit: units[index] }));
  id = ceremony.parse((await post('', 'o-9', { heldOn: localDateInJapan(world.estate.clock.now()), custodians, working: true })).json).ceremonyId;
  for (const officer of ['o-1', 'o-2', 'o-3']) await post(`/${id}/attendances`, officer);
  await post(`/${id}/minutes`, 'o-1', { minutes: 'The key was made before three witnesses.' });
});
afterAll(async () => {
  await world.estate.stop();
  rmSync(folder, { recursive: true });
});

describe('the backup of the key in shares (NUM-4.9)', () => {
  it('is of the key that draws alone, by the five officers of its ceremony, each with a certificate of one\'s own', async () => {
    const own = certify('o-1');
    expect(codeOf(await deposit('o-1', own.certificate))).toBe('409 CEREMONY_STATE');
    expect((await post(`/${id}/activation`, 'o-2')).status).toBe(200);
    expect(codeOf(await deposit('o-9', own.certificate))).toBe('403 NOT_CUSTODIAN');
    expect((await deposit('o-1', own.certificate)).status).toBe(200);
    expect(codeOf(await deposit('o-2', own.certificate))).toBe('422 CERTIFICATE_FAULT');
    expect(codeOf(await deposit('o-2', certify('weak', ['rsa:1024']).certificate))).toBe('422 CERTIFICATE_FAULT');
    expect(codeOf(await deposit('o-2', own.certificate.replace(/[A-Za-z]/g, 'A').replace(/-----A+ A+-----/, '-----BEGIN CERTIFICATE-----').replace(/-----A+ A+-----/, '-----END CERTIFICATE-----')))).toBe('422 CERTIFICATE_FAULT');
    expect(codeOf(await deposit('o-2', own.privateKey))).toBe('400 INVALID_INPUT');
    expect(codeOf(await get(`/${id}/share`, 'o-1'))).toBe('404 NOT_FOUND');
  });

  it('seals a share for each officer with the fifth certificate, once, and gives each the own alone', async () => {
    const [kept] = await world.estate.sql<{ sealed_key: Buffer }>('SELECT sealed_key FROM numbering.key_ceremony WHERE ceremony_id = $1', id);
    for (const [index, officer] of OFFICERS.entries()) {
      const { certificate } = certify(officer, KINDS[index]);
      if (index === 4) {
        await world.estate.sql("UPDATE numbering.key_ceremony SET sealed_key = '\\x00' WHERE ceremony_id = $1", id);
        expect(codeOf(await deposit(officer, certificate))).toBe('503 KEY_NOT_ACTIVE');
        await world.estate.sql('UPDATE numbering.key_ceremony SET sealed_key = $2 WHERE ceremony_id = $1', id, kept?.sealed_key);
      }
      const answer = await deposit(officer, certificate);
      expect(counted.parse(answer.json).officers).toHaveLength(index + 1);
    }
    expect(codeOf(await deposit('o-1', certify('late').certificate))).toBe('409 CEREMONY_STATE');
    const shares = await Promise.all(OFFICERS.map(openShare));
    expect(new Set(shares).size).toBe(5);
    expect(codeOf(await get(`/${id}/share`, 'o-9'))).toBe('404 NOT_FOUND');
    const [row] = await world.estate.sql<{ sealed_key: Buffer }>('SELECT sealed_key FROM numbering.key_ceremony WHERE ceremony_id = $1', id);
    expect(shares.map((share) => Buffer.from(share, 'base64url').length)).toEqual(new Array(5).fill((row?.sealed_key.length ?? 0) + 1));
  });

  it('a drill needs three officers, each with the own share, and goes on after a restart', async () => {
    const shares = new Map(await Promise.all(OFFICERS.map(async (officer) => [officer, await openShare(officer)] as const)));
    const of = (officer: (typeof OFFICERS)[number]): string => shares.get(officer) ?? '';
    expect(codeOf(await give('o-1', of('o-2')))).toBe('422 SHARE_FAULT');
    expect(codeOf(await give('o-9', of('o-1')))).toBe('403 NOT_CUSTODIAN');
    for (const officer of ['o-5', 'o-1'] as const) expect(used.parse((await give(officer, of(officer))).json).outcome).toBeNull();
    expect(used.parse((await give('o-1', of('o-1'))).json)).toEqual({ officers: ['o-5', 'o-1'], outcome: null });
    await world.estate.restart();
    expect(used.parse((await give('o-3', of('o-3'))).json)).toEqual({ officers: ['o-5', 'o-1', 'o-3'], outcome: 'DRILL' });
    expect(await world.estate.sql('SELECT FROM numbering.key_share WHERE given IS NOT NULL')).toHaveLength(0);
  });

  it('puts a lost key back, which draws again; shares of the day before do not count', async () => {
    await world.estate.sql("UPDATE numbering.key_ceremony SET sealed_key = '\\x00' WHERE ceremony_id = $1", id);
    await world.estate.restart();
    expect(codeOf(await world.ask(world.enter().code))).toBe('503 KEY_NOT_ACTIVE');
    for (const officer of ['o-2', 'o-4']) await give(officer, await openShare(officer));
    world.estate.clock.set(new Date(world.estate.clock.now().getTime() + 86_400_000));
    expect(used.parse((await give('o-1', await openShare('o-1'))).json)).toEqual({ officers: ['o-1'], outcome: null });
    await give('o-5', await openShare('o-5'));
    expect(used.parse((await give('o-2', await openShare('o-2'))).json).outcome).toBe('RESTORED');
    const record = z.object({ restorations: z.array(z.object({ officers: z.array(z.string()), outcome: z.string().nullable() })) });
    const { restorations } = record.parse((await get(`/${id}`, 'o-9')).json);
    expect(restorations.map(({ officers, outcome }) => [officers.join(' '), outcome])).toEqual([['o-5 o-1 o-3', 'DRILL'], ['o-2 o-4', null], ['o-1 o-5 o-2', 'RESTORED']]);
    expect((await world.ask(world.enter().code)).status).toBe(201);
  });

  it('leaves no share in the audit trail, the journal of answers or the jobs', async () => {
    const share = await openShare('o-1');
    for (const { name } of await world.estate.sql<{ name: string }>("SELECT relname AS name FROM pg_class WHERE relnamespace = 'numbering'::regnamespace AND relkind = 'r'")) {
      for (const { row } of await world.estate.sql<{ row: string }>(`SELECT t::text AS row FROM numbering.${name} t`)) {
        expect([row.includes(share), row.includes(Buffer.from(share, 'base64url').toString('hex'))], name).toEqual([false, false]);
      }
    }
  });
});
