import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Api, until } from '../../tools/walk/api.js';
import type { MadeCard } from '../../tools/walk/card.js';
import type { Walker } from '../../tools/walk/people.js';
import { ocspStatus } from '../../tools/walk/verify.js';
import { walk } from '../../tools/walk/walk.js';
import { inspect } from '../fault/checks.js';
import { openJourneyEstate, type JourneyEstate } from './estate.js';

describe('J-002 the same journey with a process for each context, two of each', () => {
  let estate: JourneyEstate;

  beforeAll(async () => {
    estate = await openJourneyEstate(['--processes', 'each', '--replicas', '2']);
  }, 240_000);
  afterAll(() => estate.remove());

  it('walks, stops and resumes the card, and nothing is lost or doubled by the replicas', async () => {
    const lines: string[] = [];
    const api = new Api(estate.address);
    const { card, household, personKey } = await walk(api, { partner: estate.partner }, (line) => lines.push(line));
    expect(lines.at(-1)).toBe('walk: done');
    await stopAndResume(api, { card, walker: household[0], personKey });
    const twice = ['bridge-ca', 'card-issuance', 'issuing-centre', 'jpki-ca', 'jpki-verifier', 'juki-card', 'juki-net', 'municipal-issuer', 'numbering', 'training'].flatMap((name) => [name, `${name}-2`]);
    expect(estate.processes.map(({ name }) => name).sort()).toEqual([...twice, 'directory', 'gateway'].sort());
    expect(await inspect(estate)).toEqual([]);
  }, 180_000);
});

/** A lost card is stopped by telephone and its login certificate with it; only a counter resumes both (CARD-4.9, JPKI-3.9). */
async function stopAndResume(api: Api, { card, walker, personKey }: { card: MadeCard; walker: Walker | undefined; personKey: string }): Promise<void> {
  if (walker === undefined) throw new Error('the household is empty');
  const order = z.object({ stopOrderId: z.uuid(), confidence: z.string() });
  const facts = { nameKana: walker.nameKana, birthDate: walker.birthDate };
  const { stopOrderId, confidence } = await api.call('POST', '/api/card-issuance/v1/stop-orders', { as: 'operator-1', purpose: 'CALL_CENTRE', body: { personKey, channel: 'PHONE', facts } }, order);
  expect(confidence).toBe('LOW');
  await until('the hold', async () => ((await ocspStatus(api, 'auth', card.auth.der)) === 'revoked' ? true : undefined));
  const body = { terminalId: 'counter-1' };
  const byPhone = await api.call('POST', `/api/card-issuance/v1/stop-orders/${stopOrderId}/lift`, { as: 'operator-1', purpose: 'CALL_CENTRE', body }, z.object({})).catch((error: unknown) => error);
  expect(byPhone).toMatchObject({ code: 'COUNTER_ONLY' });
  await api.call('POST', `/api/card-issuance/v1/stop-orders/${stopOrderId}/lift`, { as: 'municipality-990019', purpose: 'CARD_HANDOVER', body }, z.object({ state: z.literal('LIFTED') }));
  await until('the release', async () => ((await ocspStatus(api, 'auth', card.auth.der)) === 'good' ? true : undefined));
}
