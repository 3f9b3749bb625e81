import { localDateOf, toMunicipalityCode } from '#kernel';
import { generatePopulation } from '#testing/population';
import { loadPopulation } from '../tools/start/population.js';
import { openBenchEstate, quiet, settled } from './bench-estate.js';
import { copyToBare, load, sidesOf, startBare, type Side } from './inquiry-load.js';
import { report } from './report.js';

const SIZE = 20_000;
const ASKED = 2_000;
const ROUNDS = 3;
const SECONDS = 6;
const CONNECTIONS = [64, 128, 256];
const municipality = toMunicipalityCode('990019');
const residents = () => generatePopulation({ seed: 'kiban-990019', size: SIZE, municipality, baseDate: localDateOf(2015, 10, 5), firstSerial: 1 });

/** An immediate inquiry through gateway and service, with token, policy, grant, use record and audit line, against the bare query. */
export async function benchInquiry(): Promise<void> {
  const estate = await openBenchEstate();
  await loadPopulation(estate, SIZE, quiet);
  await copyToBare(estate.adminUrl, residents(), municipality);
  const codes: string[] = [];
  for (const { members } of residents()) for (const { residentCode } of members) if (codes.length < ASKED) codes.push(residentCode.reveal());
  const server = await startBare(estate.adminUrl);
  const { ours, bare } = await sidesOf(estate.address, server.url, codes);
  await settled(estate.adminUrl);
  for (const connections of CONNECTIONS) await compare(connections, ours, bare);
  server.stop();
  await estate.stop();
}

async function compare(connections: number, ours: Side, bare: Side): Promise<void> {
  const rates = { ours: [] as number[], bare: [] as number[] };
  const slow: string[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const mine = await load(ours, { connections, seconds: SECONDS });
    const theirs = await load(bare, { connections, seconds: SECONDS });
    if (round === 0) continue; // the first pair warms caches and plans
    rates.ours.push(mine.perSecond);
    rates.bare.push(theirs.perSecond);
    slow.push(`${mine.p99}/${theirs.p99}`);
  }
  report({ name: `inquiry: gateway + service with audit line and use record, ${connections} connections`, unit: 'answers/s', ...rates, goal: 0.4, notes: `${2 * SIZE} residents, p99 ours/bare in ms: ${slow.join(', ')}` });
}
