import { localDateOf, toMunicipalityCode } from '#kernel';
import { generatePopulation } from '#testing/population';
import { loadPopulation } from '../tools/start/population.js';
import { openBenchEstate, quiet, settled } from './bench-estate.js';
import { copyToBare, load, sidesOf, startBare, type Sides } from './inquiry-load.js';
import { report } from './report.js';

const SIZE = 20_000;
const ASKED = 2_000;
const ROUNDS = 3;
const SECONDS = 6;
const CONNECTIONS = [64, 128, 256];
const municipality = toMunicipalityCode('990019');
const residents = () => generatePopulation({ seed: 'kiban-990019', size: SIZE, municipality, baseDate: localDateOf(2015, 10, 5), firstSerial: 1 });

/** An immediate inquiry with token, policy, grant, use record and audit line, at the service's door and through the gateway, against the bare query. */
export async function benchInquiry(): Promise<void> {
  const estate = await openBenchEstate();
  await loadPopulation(estate, SIZE, quiet);
  await copyToBare(estate.adminUrl, residents(), municipality);
  const codes: string[] = [];
  for (const { members } of residents()) for (const { residentCode } of members) if (codes.length < ASKED) codes.push(residentCode.reveal());
  const server = await startBare(estate.adminUrl);
  const sides = await sidesOf(estate, server.url, codes);
  await settled(estate.adminUrl);
  for (const connections of CONNECTIONS) await compare(connections, sides);
  server.stop();
  await estate.stop();
}

async function compare(connections: number, { gateway, service, bare }: Sides): Promise<void> {
  const rates = { service: [] as number[], gateway: [] as number[], bare: [] as number[] };
  const slow: string[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const atDoor = await load(service, { connections, seconds: SECONDS });
    const through = await load(gateway, { connections, seconds: SECONDS });
    const theirs = await load(bare, { connections, seconds: SECONDS });
    if (round === 0) continue; // the first round warms caches and plans
    rates.service.push(atDoor.perSecond);
    rates.gateway.push(through.perSecond);
    rates.bare.push(theirs.perSecond);
    slow.push(`${atDoor.p99}/${through.p99}/${theirs.p99}`);
  }
  const notes = `${2 * SIZE} residents, p99 service/gateway/bare in ms: ${slow.join(', ')}`;
  report({ name: `inquiry: service with audit line and use record, ${connections} connections`, unit: 'answers/s', ours: rates.service, bare: rates.bare, goal: 0.5, notes });
  report({ name: `inquiry: the same through the gateway, ${connections} connections`, unit: 'answers/s', ours: rates.gateway, bare: rates.bare, goal: 0.4, notes });
}
