import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '#testing/servers';
import { openEstate, type Estate, type Progress } from '../../tools/start/estate.js';
import { loadPopulation } from '../../tools/start/population.js';
import { startSettings } from '../../tools/start/settings.js';

/** A whole estate with private servers on free ports and a folder of its own. */
export interface JourneyEstate extends Estate {
  readonly data: string;
  readonly grpcAddress: string;
  /** Stops everything and deletes the folder. */
  remove(): Promise<void>;
}

const quiet: Progress = { phase: (_what, work) => work(() => undefined), ended: () => undefined, restarted: () => undefined };

/** Starts it as `npm start` does, with these arguments, and loads a small population. */
export async function openJourneyEstate(args: readonly string[] = []): Promise<JourneyEstate> {
  const data = mkdtempSync(join(tmpdir(), 'kiban-journey-'));
  const env: Record<string, string> = { KIBAN_DATA: data };
  for (const name of ['KIBAN_PORT', 'KIBAN_GRPC_PORT', 'KIBAN_NATS_PORT', 'KIBAN_PG_PORT']) env[name] = String(await freePort());
  const settings = startSettings(args, env);
  if (settings === undefined) throw new Error('a journey needs an estate');
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
