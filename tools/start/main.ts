import { StartFailure } from '#testing/servers';
import { MigrationFault } from '#platform';
import { Api } from '../walk/api.js';
import { walk } from '../walk/walk.js';
import { openEstate, type Estate } from './estate.js';
import { loadPopulation } from './population.js';
import { HELP, startSettings, type StartSettings } from './settings.js';
import { onStopSignal } from './supervise.js';
import { Terminal } from './terminal.js';

const terminal = new Terminal();
let estate: Estate | undefined;

async function stop(code: number): Promise<never> {
  if (estate !== undefined) {
    const running = estate;
    estate = undefined;
    await terminal.phase('stopping', () => running.stop());
  }
  process.exit(code);
}

async function main(settings: StartSettings): Promise<void> {
  const began = performance.now();
  let stopping = false;
  onStopSignal(
    () => {
      stopping = true;
      process.stdout.write('\n');
      void stop(0);
    },
    () => process.exit(1),
  );
  const opened = await openEstate(settings, terminal);
  estate = opened;
  if (opened.tookOver) terminal.say('the predecessor had been killed; its processes were ended and its data taken over');
  if (settings.population > 0) await loadPopulation(opened, settings.population, terminal);
  if (settings.walk) {
    const good = await walk(new Api(opened.address), { partner: opened.partner }, (line) => process.stdout.write(`${line}\n`)).then(() => true).catch((error: unknown) => {
      if (!stopping) process.stdout.write(`walk: failed: ${error instanceof Error ? error.message : 'unknown fault'}\n`);
      return false;
    });
    if (settings.once) return stop(good ? 0 : 1);
  } else if (settings.once) {
    return stop(0);
  }
  printAddresses(settings, opened, (performance.now() - began) / 1000);
}

function printAddresses(settings: StartSettings, opened: Estate, seconds: number): void {
  const { gateway } = opened.address;
  const lines = [
    '',
    `Kiban is running (${seconds.toFixed(1)} s).`,
    `  status page     ${gateway}/`,
    `  API explorer    ${gateway}/docs`,
    `  documents       ${gateway}/api/openapi.json  /api/asyncapi.json  /api/proto/`,
    `  gRPC            127.0.0.1:${settings.grpcPort} (reflection, health)`,
    `  LDAP            ldap://127.0.0.1:${opened.ldapPort} (read-only; apps/directory/README.md)`,
    `  a token         npx kibanctl token --as municipality-990019`,
    `  event stream    ${opened.partner?.server ?? 'as in NATS_URL'}  (npx kibanctl partner-credentials; npx kibanctl events tail)`,
    `  data            ${settings.data}`,
    'Ctrl-C stops everything; the data stays.',
    '',
  ];
  process.stdout.write(lines.join('\n'));
}

function giveUp(error: unknown): Promise<never> {
  const told = error instanceof StartFailure || error instanceof MigrationFault;
  process.stderr.write(told ? `kiban: ${error.message}\n` : `kiban: unexpected fault: ${error instanceof Error ? (error.stack ?? error.message) : 'unknown'}\n`);
  return stop(1);
}

try {
  const settings = startSettings(process.argv.slice(2), process.env);
  if (settings === undefined) process.stdout.write(HELP);
  else await main(settings);
} catch (error) {
  await giveUp(error);
}
