import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Actor } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { cardIssuanceModule } from '../card-issuance.module.js';
import { fakeNeighbours } from '../neighbours.fixture.js';

const HERE: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019', operator: 'clerk-1' };
const THERE: Actor = { clientId: 'municipality-990027', kind: 'municipality', organisation: '990027' };
const OPERATOR: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency' };
const MAKER: Actor = { clientId: 'card-maker-1', kind: 'card-maker', organisation: 'maker-1' };
const API = '/api/card-issuance/v1';
const [FATHER, MOTHER, CHILD, AUNT, ELSEWHERE] = Array.from({ length: 5 }, () => randomUUID()) as [string, string, string, string, string];

const neighbours = fakeNeighbours();
let estate: TestEstate;
beforeAll(async () => {
  estate = await startEstate([cardIssuanceModule, ...neighbours.modules], { at: new Date('2015-10-20T01:00:00Z') });
  for (const personKey of [MOTHER, CHILD, ELSEWHERE]) neighbours.protected.add(personKey);
  [FATHER, MOTHER, CHILD, AUNT, ELSEWHERE].forEach((personKey, index) => {
    const isAway = personKey === ELSEWHERE;
    neighbours.targets.push({
      position: index + 1, householdRef: personKey === AUNT ? '2' : '1', lineInHousehold: index + 1, personKey, postalCode: '1000001', itemCount: 1,
      address: isAway ? '架空県避難町1' : '架空県試験市見本町1', addresseeName: '見本', temporaryAddress: isAway,
    });
  });
  await tell('numbering', 'notification-list.prepared', randomUUID(), { setId: randomUUID(), municipalityCode: '990019', households: 2, persons: 5, hash: 'f'.repeat(64) });
  await estate.eventually(async () => (await estate.sql("SELECT 1 FROM card_issuance.job WHERE kind = 'plan-mailings' AND state = 'SUCCEEDED'")).length === 1);
});
afterAll(async () => {
  await estate.stop();
  neighbours.remove();
});

const tell = async (context: string, event: string, aggregateId: string, data: unknown, sequence = 1): Promise<void> => {
  expect((await estate.request('POST', `/api/${context}/v1/told`, { as: OPERATOR, body: { event, aggregateId, sequence, data } })).status).toBe(200);
};
const code = (answer: Answer): string => z.object({ code: z.string() }).parse(answer.json).code;
/** The envelope that a person's notification is in. */
async function envelopeOf(personKey: string): Promise<{ mailing_id: string; members: number; state: string; version: number; temporary_address: boolean }> {
  const [row] = await estate.sql<{ mailing_id: string; members: number; state: string; version: number; temporary_address: boolean }>(
    'SELECT m.mailing_id, m.members, m.state, m.version, m.temporary_address FROM card_issuance.mailing m JOIN card_issuance.notification_card USING (mailing_id) WHERE person_key = $1', personKey,
  );
  if (row === undefined) throw new Error('no envelope');
  return row;
}
const forms = (mailingId: string, as: Actor): Promise<Answer> => estate.request('GET', `${API}/mailings/${mailingId}/forms`, { as, purpose: 'NOTIFICATION' });
const decide = (mailingId: string, body: object, as = HERE, idempotencyKey = randomUUID()): Promise<Answer> =>
  estate.request('POST', `${API}/mailings/${mailingId}/destination`, { as, purpose: 'NOTIFICATION', body, idempotencyKey });

describe('notification of protected persons (JUKI-4.13)', () => {
  it('waits, apart from the household, unless the list has a destination of their own', async () => {
    const states = await Promise.all([FATHER, MOTHER, CHILD, AUNT, ELSEWHERE].map(async (personKey) => { const { members, state } = await envelopeOf(personKey); return [members, state]; }));
    expect(states).toEqual([[1, 'PLANNED'], [2, 'AWAITING_DECISION'], [2, 'AWAITING_DECISION'], [1, 'PLANNED'], [1, 'PLANNED']]);
    expect((await envelopeOf(MOTHER)).mailing_id).toBe((await envelopeOf(CHILD)).mailing_id);
  });

  it('is shown to the municipality only, and printed after its decision only', async () => {
    const { mailing_id: mailingId } = await envelopeOf(MOTHER);
    expect([code(await forms(mailingId, MAKER)), (await forms(mailingId, HERE)).status]).toEqual(['BAD_STATE', 200]);
    const print = (): Promise<Answer> => estate.request('POST', `${API}/mailings/${mailingId}/transitions`, { as: MAKER, body: { to: 'PRINTED', sheets: 2 } });
    expect(code(await print())).toBe('BAD_STATE');
    const destination = { postalCode: '1000099', address: '架空県避難町2', addresseeName: '見本　母' };
    expect(code(await decide(mailingId, { destination }, THERE))).toBe('OUT_OF_JURISDICTION');
    expect([(await decide(mailingId, { destination }, OPERATOR)).status, (await decide(mailingId, { destination: { ...destination, address: '架空県\u0000' } })).status]).toEqual([403, 400]);
    const key = randomUUID();
    expect((await decide(mailingId, { destination }, HERE, key)).json).toEqual({ mailingId, state: 'PLANNED' });
    expect((await decide(mailingId, { destination }, HERE, key)).status).toBe(200);
    expect(code(await decide(mailingId, {}))).toBe('BAD_STATE');
    expect((await forms(mailingId, MAKER)).json).toMatchObject(destination);
    expect(await envelopeOf(MOTHER)).toMatchObject({ version: 2, temporary_address: true });
    expect((await print()).status).toBe(200);
    const [line] = await estate.sql<{ entry: string }>("SELECT entry FROM card_issuance.audit_line WHERE entry LIKE '%decide-destination%' AND entry LIKE '%ownDestination%' ORDER BY at LIMIT 1");
    expect(line?.entry).toContain(CHILD);
    expect(line?.entry).not.toContain('避難');
  });

  it('a measure that begins before the printing holds what goes to the registered address; its end sends nothing off', async () => {
    await tell('juki-net', 'support.changed', AUNT, { personKey: AUNT, active: true });
    await tell('juki-net', 'support.changed', ELSEWHERE, { personKey: ELSEWHERE, active: true });
    await estate.eventually(async () => (await envelopeOf(AUNT)).state === 'AWAITING_DECISION');
    await tell('juki-net', 'support.changed', AUNT, { personKey: AUNT, active: false }, 2);
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM card_issuance.inbox WHERE consumer LIKE '%support%'")).length === 3);
    expect((await envelopeOf(AUNT)).state).toBe('AWAITING_DECISION');
    expect([(await envelopeOf(ELSEWHERE)).state, (await envelopeOf(MOTHER)).state]).toEqual(['PLANNED', 'PRINTED']);
    const { mailing_id: mailingId } = await envelopeOf(AUNT);
    expect((await decide(mailingId, {})).status).toBe(200);
    expect(await envelopeOf(AUNT)).toMatchObject({ state: 'PLANNED', version: 3, temporary_address: false });
    expect((await forms(mailingId, MAKER)).json).toMatchObject({ address: '架空県試験市見本町1' });
  });
});
