import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type CaseMunicipality, type CaseRequest, type CaseRun, conformanceCases, conformanceSet, requestsOf } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import type { Actor } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { jukiNetModule } from '#contexts/juki-net';

const towns: Readonly<Record<CaseMunicipality, Actor>> = {
  A: { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019', operator: 'clerk-1' },
  B: { clientId: 'municipality-990027', kind: 'municipality', organisation: '990027', operator: 'clerk-2' },
};
const API = '/api/juki-net/v1';
const tried = z.object({
  items: z.array(z.object({
    status: z.number(), answer: z.object({ state: z.string(), repeated: z.boolean() }).optional(),
    problem: z.object({ type: z.string(), code: z.string(), title: z.object({ ja: z.string(), en: z.string() }), errors: z.array(z.unknown()) }).optional(), effects: z.looseObject({}).optional(),
  })),
});
const real = z.object({ state: z.string().optional(), repeated: z.boolean().optional(), code: z.string().optional(), type: z.string().optional(), errors: z.array(z.unknown()).optional() });

let estate: TestEstate;
let run: CaseRun;
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2016-06-15T01:00:00Z') });
  run = { today: localDateInJapan(estate.clock.now()), municipalities: { A: '990019', B: '990027' }, nextSerial: 5_000, nextSeq: 1 };
});
afterAll(() => estate.stop());

const send = ({ as, method, path, body, contentType }: CaseRequest): Promise<Answer> =>
  estate.request(method, `${API}${path}`, { as: towns[as], purpose: 'RESIDENT_REGISTER', ...(method === 'GET' ? {} : { body, headers: { 'content-type': contentType } }) });
const attempt = (as: CaseMunicipality, body: unknown): Promise<Answer> => estate.request('POST', `${API}/change-notice-trials`, { as: towns[as], purpose: 'RESIDENT_REGISTER', body, headers: { 'content-type': 'application/json' } });

/** Rows of every table but those that move by themselves; the audit trail by its number of lines. */
async function state(): Promise<Record<string, string>> {
  const tables = await estate.sql<{ name: string }>("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'juki_net' AND tablename NOT IN ('cursor', 'audit_link', 'outbox') AND tablename !~ '^audit_line' ORDER BY 1");
  const found: Record<string, string> = {};
  for (const { name } of tables) found[name] = String((await estate.sql<{ hash: string }>(`SELECT md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), '')) AS hash FROM juki_net."${name}" t`))[0]?.hash);
  return found;
}
async function settled(): Promise<Record<string, string>> {
  return estate.eventually(async () => {
    const first = await state();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const gone = await estate.sql('SELECT 1 FROM juki_net.outbox LIMIT 1');
    const second = await state();
    return gone.length === 0 && JSON.stringify(first) === JSON.stringify(second) ? second : undefined;
  });
}
const lines = async (): Promise<{ action: string; subjects?: string[] | undefined }[]> =>
  (await estate.sql<{ entry: string }>("SELECT entry FROM juki_net.audit_line WHERE entry LIKE '%juki-net.change-notice.try%' ORDER BY at, id"))
    .map(({ entry }) => z.object({ action: z.string(), subjects: z.array(z.string()).optional() }).parse(JSON.parse(entry)));

describe('trials of change notices', () => {
  const set = conformanceSet(readFileSync(conformanceCases, 'utf8'));

  it.each(set.cases.map((each) => [each.id, each] as const))('JUKI-8 %s: the trial answers what the real notice is answered next', async (_id, each) => {
    for (const request of requestsOf(set, each, run)) {
      const trial = request.kind === 'notice' ? tried.parse((await attempt(request.as, request.body)).json).items[0] : undefined;
      const answer = await send(request);
      expect([request.body, answer.status]).toEqual([request.body, request.expect.status]);
      if (trial === undefined) continue;
      const { state: reached, repeated, code, type, errors } = real.parse(answer.json);
      expect(trial.status).toBe(answer.status);
      if (trial.answer !== undefined) expect(trial.answer).toEqual({ state: reached, repeated });
      else expect({ code: trial.problem?.code, type: trial.problem?.type, errors: trial.problem?.errors }).toEqual({ code, type, errors: errors ?? [] });
    }
  });

  it('JUKI-8 leaves no row, event or stored code behind, only its audit line', async () => {
    // Recurring work of other features may write in between; what a trial left would be there after each of them, since each is about other persons.
    await estate.eventually(async () => {
      const before = await settled();
      const known = (await lines()).length;
      const bodies = ['V1', 'V3', 'SEQ-GAP', 'BAD-ITEM', 'BAD-NOT-ALLOCATED', 'V7-CONFLICT'].flatMap((id) => set.cases.filter((each) => each.id === id))
        .flatMap((each) => requestsOf(set, each, run)).filter((request) => request.as === 'A').map((request): unknown => JSON.parse(request.body));
      const { items } = tried.parse((await attempt('A', { notices: bodies })).json);
      expect(items.map((item) => item.problem?.code ?? item.answer?.state)).toEqual([
        'APPLIED', 'APPLIED', 'APPLIED', 'APPLIED', 'APPLIED', 'HELD', 'APPLIED', 'ITEM_NOT_ALLOWED', 'CODE_NOT_ALLOCATED_TO_YOU', 'APPLIED',
      ]);
      expect((await lines()).slice(known)).toEqual([{ action: 'juki-net.change-notice.try', subjects: [] }]);
      return JSON.stringify(await settled()) === JSON.stringify(before);
    });
  }, 60_000);

  it('JUKI-8 a list goes on from what its notices before would have done, and a refused one leaves nothing for the next', async () => {
    const [entry, , again] = requestsOf(set, set.cases.find((each) => each.id === 'SEQ-CORRECTED') ?? { id: '', rule: '', title: { ja: '', en: '' }, steps: [] }, run).map((request): unknown => JSON.parse(request.body));
    expect(tried.parse((await attempt('A', { notices: [again, entry, again, again] })).json).items.map((item) => item.problem?.code ?? item.answer)).toEqual([
      { state: 'HELD', repeated: false }, { state: 'APPLIED', repeated: false }, { state: 'APPLIED', repeated: true }, { state: 'APPLIED', repeated: true },
    ]);
  });

  it('is for municipalities, of at most a hundred notices, and names the persons it touched', async () => {
    const operator: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: 'o-1' };
    expect((await estate.request('POST', `${API}/change-notice-trials`, { as: operator, purpose: 'RESIDENT_REGISTER', body: {} })).status).toBe(403);
    expect((await attempt('A', { notices: Array.from({ length: 101 }, () => ({})) })).status).toBe(400);
    expect((await attempt('A', { notices: [{}], nameKanji: '見本' })).status).toBe(400);
    expect(tried.parse((await attempt('A', { residentCode: 5 })).json).items[0]).toMatchObject({ status: 400, problem: { code: 'INVALID_INPUT', errors: [{ pointer: '/residentCode' }] } });
    const [entry] = requestsOf(set, set.cases[0] ?? { id: '', rule: '', title: { ja: '', en: '' }, steps: [] }, run);
    if (entry === undefined) throw new Error('no case');
    await send(entry);
    await attempt('A', { ...z.record(z.string(), z.unknown()).parse(JSON.parse(entry.body)), personSeq: 2, changeReason: '30' });
    expect((await lines()).at(-1)?.subjects).toHaveLength(1);
  });
});
