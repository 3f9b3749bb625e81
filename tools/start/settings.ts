import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { StartFailure } from '#testing/servers';
import { contexts as known } from '../../apps/all/contexts.js';

/** How to start an estate on this machine. */
export interface StartSettings {
  readonly data: string;
  readonly httpPort: number;
  readonly grpcPort: number;
  /** A free one when it is not named. */
  readonly ldapPort: number | undefined;
  readonly natsPort: number;
  readonly postgresPort: number;
  readonly databaseUrl: string | undefined;
  readonly natsUrl: string | undefined;
  /** Every context in one process, or a process for each. */
  readonly processes: 'all' | 'each';
  /** How many processes of each context; only with `each`. */
  readonly replicas: number;
  /** Names of those that run. */
  readonly contexts: readonly string[];
  /** Fictional residents of each of the two municipalities; 0 loads none. */
  readonly population: number;
  readonly walk: boolean;
  /** Ends after the walk. */
  readonly once: boolean;
}

export const HELP = `npm start -- [options]

  --once             end after the walk: exit 0 when it succeeded, else 1
  --no-walk          start without the walk
  --population N     fictional residents of each municipality (default 500; 0 for none)
  --processes each   a process for each context instead of one for all
  --replicas N       with --processes each: so many processes of each context
  --contexts A,B     with --processes each: these alone, without walk and residents; what the others would follow waits for them
  --help

Environment: KIBAN_DATA (.kiban), KIBAN_PORT (8080), KIBAN_GRPC_PORT (9090), KIBAN_LDAP_PORT (a free one), KIBAN_NATS_PORT (14222), KIBAN_PG_PORT (15432);
DATABASE_URL and NATS_URL name servers that exist. Two estates with different ports and folders run side by side.
`;

/** Reads arguments and environment. Throws StartFailure that names what is wrong; undefined when only help was asked for. */
export function startSettings(args: readonly string[], env: NodeJS.ProcessEnv): StartSettings | undefined {
  const values = parse(args);
  if (values.help === true) return undefined;
  const processes = values.processes ?? 'all';
  if (processes !== 'all' && processes !== 'each') throw new StartFailure('--processes is "all" or "each".');
  const contexts = named(values.contexts);
  const isWhole = contexts.length === known.length;
  if (!isWhole && (processes !== 'each' || values.population !== undefined)) throw new StartFailure('--contexts goes with --processes each and without --population.');
  return {
    data: resolve(env['KIBAN_DATA'] ?? '.kiban'),
    httpPort: port(env, 'KIBAN_PORT', 8080),
    grpcPort: port(env, 'KIBAN_GRPC_PORT', 9090),
    ldapPort: env['KIBAN_LDAP_PORT'] === undefined ? undefined : port(env, 'KIBAN_LDAP_PORT', 0),
    natsPort: port(env, 'KIBAN_NATS_PORT', 14222),
    postgresPort: port(env, 'KIBAN_PG_PORT', 15432),
    databaseUrl: env['DATABASE_URL'],
    natsUrl: env['NATS_URL'],
    processes,
    replicas: count('--replicas', values.replicas ?? '1', 1),
    contexts,
    population: isWhole ? count('--population', values.population ?? '500', 0) : 0,
    walk: isWhole && values['no-walk'] !== true,
    once: values.once === true,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        once: { type: 'boolean' },
        'no-walk': { type: 'boolean' },
        population: { type: 'string' },
        processes: { type: 'string' },
        replicas: { type: 'string' },
        contexts: { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new StartFailure(`${error instanceof Error ? error.message : 'unknown option'}\n\n${HELP}`);
  }
}

function named(list: string | undefined): string[] {
  const all = known.map(({ name }) => name);
  const names = list?.split(',') ?? all;
  const stranger = names.find((name) => !all.includes(name));
  if (stranger !== undefined) throw new StartFailure(`--contexts: "${stranger}" is none of ${all.join(', ')}.`);
  return all.filter((name) => names.includes(name));
}

function port(env: NodeJS.ProcessEnv, name: string, otherwise: number): number {
  const value = Number(env[name] ?? otherwise);
  if (!Number.isInteger(value) || value < 1 || value > 65_535) throw new StartFailure(`${name} must be a port between 1 and 65535.`);
  return value;
}

function count(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw new StartFailure(`${name} must be a whole number, at least ${least}.`);
  return value;
}
