import { beforeAll, describe, expect, it } from 'vitest';
import type { Case } from './case.js';
import { DIFFERENCES } from './differences.js';
import { ask } from './interop.js';
import { NOT_ASKED } from './judge.js';
import { materialAt } from './material.js';
import { messageCases } from './message-cases.js';
import { opensslJudge } from './openssl.js';
import { pathCases } from './path-cases.js';

let cases: readonly Case[];
const judge = await opensslJudge();

beforeAll(async () => {
  const material = await materialAt(new Date());
  cases = [...(await pathCases(material)), ...(await messageCases(material))];
});

it('the engine judges every case as its clause says (JPKI-4.17)', () => {
  expect(cases.filter(({ ours, accept }) => ours !== accept).map(({ id, clause }) => [id, clause])).toEqual([]);
  expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
  expect([true, false].map((accept) => cases.filter((one) => one.accept === accept).length > 20)).toEqual([true, true]);
});

describe.skipIf(typeof judge === 'string')(`what we make, before ${typeof judge === 'string' ? `openssl (${judge})` : judge.version}`, () => {
  it('is judged by OpenSSL as the clauses say, but for the differences listed', async () => {
    if (typeof judge === 'string') throw new Error(judge);
    const { asked, unexpected, gone } = await ask(judge, cases);
    expect([asked, unexpected, gone]).toEqual([cases.length, [], []]);
  });

  it('tells a case that OpenSSL judges otherwise, and a listed difference that is none', async () => {
    if (typeof judge === 'string') throw new Error(judge);
    const planted = cases.filter(({ id }) => id === 'holder' || id === 'old-with-new').map((one) => ({ ...one, accept: one.id !== 'holder' && !one.accept }));
    const { unexpected, gone } = await ask(judge, planted);
    expect([unexpected.map(({ id }) => id), gone]).toEqual([['holder'], ['old-with-new']]);
  });
});

it('every difference names a case and is of a program that is asked about it', () => {
  for (const { judge: name, cases: ids } of DIFFERENCES) {
    for (const id of ids) expect(NOT_ASKED[name][cases.find((one) => one.id === id)?.kind ?? 'path'], id).toBeUndefined();
    expect(ids.filter((id) => !cases.some((one) => one.id === id))).toEqual([]);
  }
});
