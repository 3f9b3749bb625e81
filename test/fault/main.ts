import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '#testing/servers';
import { openEstate, type Estate } from '../../tools/start/estate.js';
import { loadPopulation } from '../../tools/start/population.js';
import { startSettings } from '../../tools/start/settings.js';
import { Terminal } from '../../tools/start/terminal.js';
import { campaign } from './campaign.js';
import { depthCampaign } from './depth.js';
import { handoverCampaign } from './handover.js';
import { rehearseMassRevocation } from './mass-revocation.js';
import { StandbyDrill } from './standby.js';
import { trainingCampaign } from './training.js';

const option = (otherwise: string) => ({ type: 'string', default: otherwise }) as const;
const { values } = parseArgs({
  options: {
    scenario: option('walks'), walks: option('200'), rounds: option('5'), size: option('4500'), kills: option('12'), seed: option('1'), processes: option('all'), replicas: option('1'),
    municipalities: option('100'), applicants: option('5000'), places: option('50'), operations: option('20000'), cuts: option('1000'), people: option('25'),
  },
});
const data = mkdtempSync(join(tmpdir(), 'kiban-fault-'));
const env = { KIBAN_DATA: data };
for (const name of ['KIBAN_PORT', 'KIBAN_GRPC_PORT', 'KIBAN_NATS_PORT', 'KIBAN_PG_PORT']) Object.assign(env, { [name]: String(await freePort()) });
const terminal = new Terminal();
if (values.scenario === 'standby') process.exit(await standby());
const settings = startSettings(['--processes', values.processes, '--replicas', values.replicas], env);
if (settings === undefined) process.exit(2);
const say = (text: string): void => terminal.say(text);
const estate = await openEstate(settings, { phase: terminal.phase.bind(terminal), ended: () => undefined, restarted: () => undefined });
const SCENARIOS: Readonly<Record<string, typeof walks>> = { walks, depth, handover, 'mass-revocation': massRevocation, training };
const { result, good, harm, what } = await (SCENARIOS[values.scenario] ?? walks)(estate);
await estate.stop();
rmSync(data, { recursive: true, force: true });
console.log(JSON.stringify(result, null, 2));
console.log(good ? `fault: ${what}, nothing lost, nothing doubled` : `fault: ${harm ? 'HARM FOUND' : 'no harm, but not every state was hit: more rounds'}`);
process.exit(good ? 0 : 1);

/** The quarterly drill (NUM-4.4); it opens and loses its estates itself. */
async function standby(): Promise<number> {
  const result = await new StandbyDrill({ folder: data, size: Number(values.people), progress: terminal }).run().catch((error: unknown) => (error instanceof Error ? error.message : 'unknown fault'));
  rmSync(data, { recursive: true, force: true });
  const faults = typeof result === 'string' ? [result] : result.findings.map(({ check, fault }) => `${check}: ${fault}`);
  console.log(JSON.stringify(result, null, 2));
  console.log(faults.length === 0 ? 'fault: the drill is passed' : `fault: THE DRILL FAILED: ${faults.join('; ')}`);
  return faults.length === 0 ? 0 : 1;
}

interface Outcome {
  readonly result: unknown;
  readonly good: boolean;
  readonly harm: boolean;
  readonly what: string;
}

async function walks(opened: Estate): Promise<Outcome> {
  await loadPopulation(opened, 200, terminal);
  const result = await campaign(opened, { walks: Number(values.walks), seed: Number(values.seed), say });
  const harm = result.failedWalks.length > 0 || result.findings.length > 0;
  return { result, good: !harm, harm, what: `${result.walks} walks` };
}

/** Best with `--processes each --replicas 3`. */
async function training(opened: Estate): Promise<Outcome> {
  const [applicants, places, operations] = [Number(values.applicants), Number(values.places), Number(values.operations)];
  const result = await trainingCampaign(opened, { applicants, places, operations, kills: Number(values.kills), seed: Number(values.seed), say });
  const harm = result.findings.length > 0;
  return { result, good: !harm, harm, what: `${applicants} applicants for ${places} places and ${operations} operations` };
}

/** CARD-4.12 Q6. */
async function handover(opened: Estate): Promise<Outcome> {
  await loadPopulation(opened, 50, terminal);
  const result = await handoverCampaign(opened, { cuts: Number(values.cuts), seed: Number(values.seed), say });
  const harm = result.findings.length > 0;
  return { result, good: !harm, harm, what: `${result.cuts} cuts, ${result.cards} cards, none unusable, no divergence untold` };
}

/** Good only when kills fell into every state. */
async function depth(opened: Estate): Promise<Outcome> {
  const result = await depthCampaign(opened, { rounds: Number(values.rounds), size: Number(values.size), killsARound: Number(values.kills), seed: Number(values.seed), say });
  const { failedRounds, findings, statesNeverHit } = result;
  const harm = failedRounds.length > 0 || findings.length > 0;
  return { result, good: !harm && statesNeverHit.length === 0, harm, what: `${result.rounds} rounds, every state hit` };
}

/** The leak of the signature authority's key, rehearsed on `--size` certificates (JPKI 4.11). */
async function massRevocation(opened: Estate): Promise<Outcome> {
  const result = await rehearseMassRevocation(opened, { certificates: Number(values.size), municipalities: Number(values.municipalities), kills: Number(values.kills), seed: Number(values.seed), say });
  const harm = result.findings.length > 0;
  return { result, good: !harm, harm, what: `${result.certificates} certificates revoked, ${result.lists.count} lists, ${result.kills} kills` };
}
