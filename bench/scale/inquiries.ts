import pg from 'pg';
import { answersAll, copyToBare, load, sidesOf, startBare, type Side } from '../inquiry-load.js';
import { median, report } from '../report.js';
import { codesFrom, PORTION, portionsOf, residentsOf, thousands, type Scene } from './scene.js';

const ASKED = 50_000;
/** Of so many questions one is asked beforehand, to see that there is a person to find. */
const SAMPLED = 250;
const ROUNDS = 3;
const SECONDS = 8;
const CONNECTIONS = [64, 256];

/** Immediate inquiries about residents all over the register, closed loop against the bare server, then open loop at half of the rate. */
export async function measureInquiries(scene: Scene): Promise<void> {
  const { estate, residents, note } = scene;
  await fillBare(scene);
  const server = await startBare(estate.adminUrl);
  const { gateway, service, bare } = await sidesOf(estate, server.url, codesFrom(residents, ASKED));
  const sample = (side: Side): Side => ({ ...side, bodies: side.bodies.filter((_body, index) => index % SAMPLED === 0) });
  await answersAll(sample(service));
  await answersAll(sample(bare));
  for (const connections of CONNECTIONS) {
    const rates = { service: [] as number[], gateway: [] as number[], bare: [] as number[] };
    for (let round = 0; round <= ROUNDS; round += 1) {
      const [atDoor, through, theirs] = [await load(service, { connections, seconds: SECONDS }), await load(gateway, { connections, seconds: SECONDS }), await load(bare, { connections, seconds: SECONDS })];
      if (round === 0) continue; // the first round warms caches and plans
      rates.service.push(atDoor.perSecond);
      rates.gateway.push(through.perSecond);
      rates.bare.push(theirs.perSecond);
    }
    const notes = `${thousands(residents)} residents, ${thousands(ASKED)} of them asked for`;
    report({ name: `immediate inquiry at the service, ${connections} connections`, unit: 'answers/s', ours: rates.service, bare: rates.bare, goal: 0.5, notes });
    report({ name: `immediate inquiry through the gateway, ${connections} connections`, unit: 'answers/s', ours: rates.gateway, bare: rates.bare, goal: 0.5, notes });
    note(`inquiry with ${connections} connections: ${thousands(median(rates.service))}/s, through the gateway ${thousands(median(rates.gateway))}/s, bare ${thousands(median(rates.bare))}/s`);
    for (const [where, side, most] of [['service', service, median(rates.service)], ['gateway', gateway, median(rates.gateway)]] as const) {
      const open = await load(side, { connections, seconds: 2 * SECONDS, rate: most / 2 });
      note(`open loop at half of it (${where}, ${thousands(most / 2)}/s): p50 ${open.p50} ms, p99 ${open.p99} ms`);
    }
  }
  server.stop();
}

async function fillBare({ estate, residents }: Scene): Promise<void> {
  const client = new pg.Client({ connectionString: estate.adminUrl });
  await client.connect();
  const { rows } = await client.query<{ there: boolean }>("SELECT to_regclass('public.bare_resident') IS NOT NULL AS there");
  await client.query('ANALYZE');
  const known = rows[0]?.there === true ? Number((await client.query<{ n: string }>('SELECT count(*) AS n FROM public.bare_resident')).rows[0]?.n) : 0;
  await client.end();
  for (const portion of portionsOf(residents)) {
    if ((portion.index + 1) * PORTION > known) await copyToBare(estate.adminUrl, residentsOf(portion), portion.municipality);
  }
}
