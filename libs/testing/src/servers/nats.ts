import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { diskFull, makeFolder, openLog, passwords, requireSpace, writeDurably } from './data-folder.js';
import { findNats } from './nats-binary.js';
import type { NatsProgram } from './nats-binary.js';
import { requireFreePort } from './ports.js';
import { settlePredecessor, startServer } from './private-server.js';
import type { PrivateServer } from './private-server.js';
import type { StopStep } from './process-id.js';
import { StartFailure } from './start-failure.js';

/** A private NATS server with JetStream on 127.0.0.1. */
export interface NatsServer extends PrivateServer {
  /** Connection string with the credentials of the services' user, who has all rights. Secret. */
  readonly url: string;
  /** The read-only user for partners. */
  readonly partner: NatsCredentials;
}

/** Address and credentials of one NATS user. */
export interface NatsCredentials {
  readonly server: string;
  readonly user: string;
  readonly password: string;
}

/** Where and how the private NATS server runs. */
export interface NatsOptions {
  readonly folder: string;
  readonly port: number;
  /** Where a fetched server program is kept; default `<folder>/tools`. */
  readonly tools?: string;
  /** JetStream's `sync_interval` such as `always` or `2m`; servers before 2.10 do not know it and use their 2 minutes. */
  readonly syncInterval?: string;
  /** The streams that the partner's user may read; default all. See partnerPublish for what that entails. */
  readonly partnerStreams?: readonly string[];
  /** How many further accounts `test-0`, `test-1` ... to have, each with a JetStream of its own, so that parallel specs do not meet. */
  readonly testAccounts?: number;
  readonly progress?: (text: string) => void;
}

/**
 * What the partner's user may publish to: the questions of the JetStream API that reading the given streams needs; all else is denied.
 * NATS has no right to read without the right to take: whoever may read a stream with consumers may also fetch and acknowledge what waits
 * for its other consumers. Give partners streams that no service consumes, such as a copy made with `sources`.
 */
export function partnerPublish(streams: readonly string[]): readonly string[] {
  const ofStream = (stream: string): readonly string[] => [
    `$JS.API.STREAM.INFO.${stream}`,
    `$JS.API.STREAM.MSG.GET.${stream}`,
    `$JS.API.DIRECT.GET.${stream}`,
    `$JS.API.DIRECT.GET.${stream}.>`,
    `$JS.API.CONSUMER.CREATE.${stream}`,
    `$JS.API.CONSUMER.CREATE.${stream}.>`,
    `$JS.API.CONSUMER.INFO.${stream}.>`,
    `$JS.API.CONSUMER.MSG.NEXT.${stream}.>`,
    `$JS.ACK.${stream}.>`,
  ];
  return ['$JS.API.INFO', '$JS.API.STREAM.NAMES', '$JS.API.STREAM.LIST', ...streams.flatMap(ofStream)];
}

/** What the partner's user may subscribe to: the events and the answers to its own questions. */
export const PARTNER_SUBSCRIBE: readonly string[] = ['kiban.>', '_INBOX.>'];

// SIGUSR2 would let clients drain for 2 minutes; the services have stopped before their server, so SIGTERM is enough.
const STOP: readonly StopStep[] = [{ signal: 'SIGTERM', waitMs: 15_000 }];

/** Starts the private NATS server of a data folder. Throws StartFailure: folder or port in use, disk full, no server program to be found. */
export async function startNats(options: NatsOptions): Promise<NatsServer> {
  const folder = resolve(options.folder);
  makeFolder(folder);
  await settlePredecessor(folder, 'nats', STOP);
  await requireFreePort(options.port, 'NATS', 'KIBAN_NATS_PORT');
  requireSpace(folder, 32);
  const program = await findNats(resolve(options.tools ?? join(folder, 'tools')), options.progress);
  if (program.kind === 'container') options.progress?.(`running NATS in ${program.engine} (image ${program.image}, fetched on first use)`);
  const secrets = passwords(folder, 'nats', ['kiban', 'partner']);
  const home = join(folder, 'nats');
  makeFolder(home);
  const config = join(home, 'nats.conf');
  writeDurably(config, configuration(options, home, secrets, syncs(program)));
  const log = openLog(folder, 'nats');
  const server = `127.0.0.1:${options.port}`;
  const running = await startServer({
    name: 'nats',
    folder,
    port: options.port,
    ...commandFor(program, folder, config),
    log,
    stopSteps: STOP,
    ready: () => answers(server, secrets.kiban),
    explain: (written) => explain(written, folder, log.path),
  });
  return {
    ...running,
    url: `nats://kiban:${secrets.kiban}@${server}`,
    partner: { server: `nats://${server}`, user: 'partner', password: secrets.partner },
  };
}

function syncs(program: NatsProgram): boolean {
  return program.kind === 'container' || program.version[0] > 2 || program.version[1] >= 10;
}

// JSON strings are valid strings of the NATS configuration language.
function configuration(options: NatsOptions, home: string, secrets: Record<'kiban' | 'partner', string>, canSync: boolean): string {
  const text = JSON.stringify;
  const sync = options.syncInterval !== undefined && canSync ? `\n  sync_interval: ${options.syncInterval}` : '';
  const publish = partnerPublish(options.partnerStreams ?? ['*']);
  const rights = `{ publish: { allow: ${text(publish)} }, subscribe: { allow: ${text(PARTNER_SUBSCRIBE)} } }`;
  const tests = Array.from(
    { length: options.testAccounts ?? 0 },
    (_, n) => `  TEST_${n} { jetstream: enabled, users: [{ user: test-${n}, password: ${text(secrets.kiban)} }] }`,
  );
  return [
    `server_name: kiban`,
    `listen: "127.0.0.1:${options.port}"`,
    `jetstream {\n  store_dir: ${text(join(home, 'jetstream'))}${sync}\n}`,
    `accounts {`,
    `  KIBAN {`,
    `    jetstream: enabled`,
    `    users: [`,
    `      { user: kiban, password: ${text(secrets.kiban)} }`,
    `      { user: partner, password: ${text(secrets.partner)}, permissions: ${rights} }`,
    `    ]`,
    `  }`,
    ...tests,
    `}\n`,
  ].join('\n');
}

// The container shares the machine's network and the folder under its own path, so that one configuration serves both forms.
function commandFor(
  program: NatsProgram,
  folder: string,
  config: string,
): Pick<Parameters<typeof startServer>[0], 'command' | 'args' | 'container'> {
  if (program.kind === 'program') return { command: program.path, args: ['-c', config] };
  const name = `kiban-nats-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`;
  const user = program.engine === 'podman' ? ['--userns=keep-id'] : [`--user=${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`];
  const args = [
    'run',
    '--rm',
    `--name=${name}`,
    '--network=host',
    '--security-opt=label=disable',
    ...user,
    `--volume=${folder}:${folder}`,
    program.image,
    '-c',
    config,
  ];
  return { command: program.engine, args, container: { engine: program.engine, name } };
}

async function answers(server: string, password: string): Promise<boolean> {
  try {
    const connection = await connect({ servers: server, user: 'kiban', pass: password, reconnect: false, timeout: 2_000 });
    try {
      await (await jetstreamManager(connection)).getAccountInfo();
      return true;
    } finally {
      await connection.close();
    }
  } catch {
    return false;
  }
}

function explain(log: string, folder: string, path: string): StartFailure {
  if (/no space left on device|disk quota exceeded/i.test(log)) return diskFull(folder);
  if (/address already in use/i.test(log))
    return new StartFailure('The port of NATS was taken by another program at this moment. Choose another one with KIBAN_NATS_PORT.');
  const reason = /\[FTL\]\s*(.*)/.exec(log)?.[1] ?? log.trim().split('\n').at(-1) ?? 'no output';
  return new StartFailure(`The NATS server did not start: ${reason} (see ${path}).`);
}
