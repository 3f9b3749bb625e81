import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { kibanctl } from './kibanctl.js';
import { recordedTerminal } from './recorded-terminal.fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'kibanctl-lottery-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ids = (...numbers: readonly number[]): string[] => numbers.map((number) => `A-000${number}`);
const BODIES: Readonly<Record<string, string>> = { 'A-0001': 'B1', 'A-0006': 'B1', 'A-0002': 'B1', 'A-0007': 'B2', 'A-0003': 'B2', 'A-0005': 'B3', 'A-0008': 'B4', 'A-0004': 'B5' };
const entry = (applicationId: string, more: object = {}): object => ({ applicationId, body: BODIES[applicationId], rank: 1, size: 1, ...more });
/** The vector of TRN-4.3, as it would be published. */
const vector = {
  sessionId: 's', kind: 'LOTTERY', seed: 'KIBAN-DEMO-2015-09', commit: 'ce8e4e3f50ecc2644e338ba857aa0a2449f79444c1aa5d2189547a2a887f4f0a', places: 5, bodyQuota: 2,
  bodies: ['B1', 'B2', 'B3', 'B4', 'B5'].map((body) => ({ body, isPriority: false, held: 0 })),
  applications: ids(1, 6, 7, 5, 2, 3, 8, 4).map((id) => entry(id)), admitted: ids(1, 7, 5, 8, 4), waiting: ids(6, 2, 3),
};

async function verify(content: object | string, ...options: readonly string[]): Promise<{ code: number; out: string; notes: string }> {
  const file = join(folder, 'selection.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  const terminal = recordedTerminal();
  const code = await kibanctl(['training', 'verify-lottery', file, ...options], terminal);
  return { code, out: terminal.output(), notes: terminal.notes() };
}

describe('kibanctl training verify-lottery (TRN-4.3)', () => {
  it('agrees with the vector, alone and within the answer of the service', async () => {
    expect(await verify(vector)).toMatchObject({ code: 0, out: expect.stringMatching(/(agrees[^]*){4}/) });
    expect((await verify({ commit: vector.commit, result: vector }, '--commit', vector.commit)).code).toBe(0);
  });

  it.each([
    ['a coordinator’s order', { applications: [entry('A-0002', { rank: 1 }), ...ids(1, 7, 5, 6, 3, 8, 4).map((id) => entry(id, BODIES[id] === 'B1' ? { rank: 2 } : {}))], admitted: ids(2, 7, 5, 8, 4), waiting: ids(1, 6, 3) }],
    ['a group and six places', { places: 6, applications: ids(1, 6, 7, 5, 2, 3, 8, 4).map((id) => entry(id, id === 'A-0001' ? { size: 2 } : {})), admitted: ids(6, 7, 5, 8, 4, 2), waiting: ids(1, 3) }],
    ['a priority body and one that holds a place', {
      bodies: vector.bodies.map((one) => ({ ...one, isPriority: one.body === 'B5', held: one.body === 'B1' ? 1 : 0 })), applications: ids(4, 1, 6, 7, 5, 2, 3, 8).map((id) => entry(id)),
      admitted: ids(4, 7, 5, 8, 1), waiting: ids(6, 2, 3),
    }],
  ])('agrees with %s', async (_what, more) => expect(await verify({ ...vector, ...more })).toMatchObject({ code: 0 }));

  it.each([
    ['another seed', { ...vector, seed: 'KIBAN-DEMO-2015-10' }, []],
    ['another commitment than was noted', vector, ['--commit', 'ab'.repeat(32)]],
    ['one admitted for another', { ...vector, admitted: ids(1, 7, 5, 8, 6), waiting: ids(4, 2, 3) }, []],
    ['a waiting list in another order', { ...vector, waiting: ids(6, 3, 2) }, []],
    ['an application that was left out', { ...vector, applications: vector.applications.slice(1) }, []],
  ])('finds %s', async (_what, content, options) => {
    const { code, out } = await verify(content, ...options);
    expect(code).toBe(1);
    expect(out).toContain('DIFFERS');
  });

  it('TRN-7: tells corrections of the result, and checks them by the keys of certificates', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const keys = join(folder, 'keys.json');
    writeFileSync(keys, JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1' }] }));
    const signed = (report: object) => {
      const text = JSON.stringify({ sessionId: 's', number: 1, admitted: ids(6), givenBack: ids(7), reason: '所属の誤り', ...report });
      return { report: text, kid: 'k1', signature: sign(null, Buffer.from(text), privateKey).toString('base64url') };
    };
    const given = (...corrections: object[]): object => ({ commit: vector.commit, result: vector, corrections });
    const agreed = await verify(given(signed({}), signed({ number: 2 })), '--keys', keys);
    expect([agreed.code, agreed.out]).toEqual([0, expect.stringContaining('correction 1 (1 admitted, 1 given back: 所属の誤り)')]);
    const forged = { ...signed({}), report: signed({ admitted: ids(2) }).report };
    for (const faulty of [forged, { ...signed({}), kid: 'k2' }, signed({ sessionId: 't' }), signed({ number: 2 })]) expect((await verify(given(faulty), '--keys', keys)).code).toBe(1);
    const unchecked = await verify(given(signed({})));
    expect([unchecked.code, unchecked.out]).toEqual([1, expect.stringContaining('--keys checks its signature')]);
  });

  it('a file of another kind is wrong usage', async () => {
    expect(await verify('no JSON')).toMatchObject({ code: 2, notes: expect.stringContaining('is not what is published') });
    expect((await verify({ ...vector, kind: 'REVIEW' })).code).toBe(2);
  });
});
