import { issuingCentreModule } from '#contexts/issuing-centre';
import type { Actor } from '#platform';
import { BINDING_KEY, CentreNeighbours, Kiosk, SHOP, SpecAuthority, startEstate, type CardKey, type TestEstate } from '#testing';
import { perSecond } from './report.js';

const [TOWN, CARD_SERIAL, API] = ['990019', '0123456789ABCDEF', '/api/issuing-centre/v1'];
const OPERATOR: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency' };
const [KIOSKS, ROUNDS, GOAL_MS] = [16, 20, 3_000];

/** Sessions side by side, each from opening to printed, with neighbours that answer at once: what the centre itself takes of a resident's time. */
export async function benchKiosk(): Promise<void> {
  const [neighbours, authority] = [new CentreNeighbours(), await SpecAuthority.create()];
  const card = await authority.card(0xa1n);
  neighbours.statuses.set(card.serial, { status: 'GOOD', cardSerial: CARD_SERIAL, issuer: authority.certificate.der });
  neighbours.ledger.set(CARD_SERIAL, 'ACTIVE');
  const estate = await startEstate([...neighbours.modules(), issuingCentreModule], { at: new Date('2016-02-01T03:00:00Z') });
  await prepare(estate, card);
  const kiosks = Array.from({ length: KIOSKS }, (_, index) => new Kiosk(estate, `k-${index}`, TOWN));
  await Promise.all(kiosks.map((kiosk) => session(kiosk, card)));
  const start = performance.now();
  const times = (await Promise.all(kiosks.map(async (kiosk) => {
    const own: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) own.push(await session(kiosk, card));
    return own;
  }))).flat().sort((one, other) => one - other);
  const rate = perSecond(times.length, performance.now() - start);
  const [p50, p95] = [0.5, 0.95].map((share) => Math.round(times[Math.floor(times.length * share)] ?? Number.NaN));
  console.log('kiosk: a session from opening to printed, without the time of printer and municipality');
  console.log(`  ${rate.toFixed(1)} sessions/s, p50 ${p50} ms, p95 ${p95} ms (goal ${GOAL_MS}) ${Number(p95) <= GOAL_MS ? 'reached' : 'NOT reached'}`);
  console.log(`  ${KIOSKS} kiosks at a time, ${times.length} sessions; one process for centre, neighbours and the PDF of each session`);
  await estate.stop();
  neighbours.close();
}

async function prepare(estate: TestEstate, card: CardKey): Promise<void> {
  const town: Actor = { clientId: `municipality-${TOWN}`, kind: 'municipality', organisation: TOWN };
  const send = (method: string, path: string, as: Actor, body: object) => estate.request(method, `${API}${path}`, { as, body, purpose: 'CONVENIENCE_ISSUANCE' });
  await send('PUT', `/kiosk-operators/${SHOP.organisation}`, OPERATOR, { name: '試験ストア' });
  await send('PUT', `/municipal-servers/${TOWN}`, OPERATOR, { types: ['RESIDENT_RECORD'], bindingKey: BINDING_KEY.toString('hex') });
  await send('POST', `/municipal-servers/${TOWN}/fees`, town, { type: 'RESIDENT_RECORD', yen: 200, validFrom: '2016-02-01' });
  await send('POST', '/resident-links', town, { kind: 'AUTH_CERT', municipalityCode: TOWN, linkId: card.serial, residentKey: 'resident-1', cardSerial: CARD_SERIAL });
  for (let index = 0; index < KIOSKS; index += 1) await send('PUT', `/kiosk-operators/${SHOP.organisation}/kiosks/k-${index}`, SHOP, {});
}

/** Milliseconds until the pages are reported; the paper is taken after that. */
async function session(kiosk: Kiosk, card: CardKey): Promise<number> {
  const start = performance.now();
  const fetched = await kiosk.issue(card);
  const printed = await kiosk.printed(1);
  const ms = performance.now() - start;
  if (fetched.status !== 200 || printed.status !== 200 || (await kiosk.taken()).status !== 200) throw new Error(`a session ended with ${fetched.status}, ${printed.status}`);
  return ms;
}
