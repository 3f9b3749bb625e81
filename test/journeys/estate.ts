import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '#testing/servers';
import { openEstate, type Estate, type Progress } from '../../tools/start/estate.js';
import { loadPopulation } from '../../tools/start/population.js';
import { startSettings, type StartSettings } from '../../tools/start/settings.js';

/** A whole estate with private servers on free ports and a folder of its own. */
export interface JourneyEstate extends Estate {
  readonly data: string;
  readonly grpcAddress: string;
  /** Stops everything and deletes the folder. */
  remove(): Promise<void>;
}

const quiet: Progress = { phase: (_what, work) => work(() => undefined), ended: () => undefined, restarted: () => undefined };
const PREPARED_WITHIN_MS = 180_000;

/** Starts it as `npm start` does, with these arguments, and with a small population. */
export async function openJourneyEstate(args: readonly string[] = []): Promise<JourneyEstate> {
  const data = mkdtempSync(join(tmpdir(), 'kiban-journey-'));
  const run = process.env['KIBAN_TEST_FOLDER'];
  if (run !== undefined) await promisify(execFile)('cp', ['-a', `${await prepared(run)}/.`, data]);
  const settings = await settingsOf(data, args);
  const estate = await openEstate(settings, quiet);
  await loadPopulation(estate, 50, quiet);
  return {
    ...estate,
    data,
    grpcAddress: `127.0.0.1:${settings.grpcPort}`,
    remove: async () => {
      await estate.stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

async function settingsOf(data: string, args: readonly string[]): Promise<StartSettings> {
  const env: Record<string, string> = { KIBAN_DATA: data };
  for (const name of ['KIBAN_PORT', 'KIBAN_GRPC_PORT', 'KIBAN_NATS_PORT', 'KIBAN_PG_PORT']) env[name] = String(await freePort());
  const settings = startSettings(args, env);
  if (settings === undefined) throw new Error('a journey needs an estate');
  return settings;
}

/** The data of an estate that was started and populated once in this test run and stopped: to make databases, keys and residents anew for each journey takes half of its time. */
async function prepared(run: string): Promise<string> {
  const [data, done, claim] = ['data', 'done', 'claim'].map((name) => join(run, 'journey', name)) as [string, string, string];
  mkdirSync(join(run, 'journey'), { recursive: true });
  for (const before = performance.now(); !existsSync(done); await setTimeout(200)) {
    if (performance.now() - before > PREPARED_WITHIN_MS) throw new Error('no estate was prepared');
    if (!claimed(claim)) continue;
    const estate = await openEstate(await settingsOf(data, []), quiet);
    await loadPopulation(estate, 50, quiet);
    await estate.stop();
    writeFileSync(done, '');
  }
  return data;
}

// Making a folder either succeeds or fails, also between processes.
function claimed(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
