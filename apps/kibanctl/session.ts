import { Option, type Command } from 'commander';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { usageFault } from './command-fault.js';
import type { Terminal } from './terminal.js';

/** What every command knows: where the estate is, and how to print. */
export interface Session {
  readonly url: string;
  readonly json: boolean;
  /** Data folder of the estate; read for keys and passwords of the embedded default. */
  readonly data: string;
  /** File with an access token in the place of one for the client's key. */
  readonly token?: string | undefined;
  readonly terminal: Terminal;
}

const globals = z.object({ url: z.string().optional(), json: z.boolean().default(false), data: z.string(), token: z.string().optional() });

/** Adds the options that every command has. */
export function addGlobalOptions(program: Command): void {
  program
    .addOption(new Option('--url <url>', 'address of the gateway (default: KIBAN_PORT, else where the estate of the data folder listens)'))
    .addOption(new Option('--json', 'machine-readable output'))
    .addOption(new Option('--data <folder>', 'data folder of the estate').env('KIBAN_DATA').default('.kiban'))
    .addOption(new Option('--token <file>', "file with an officer's access token from the OpenID provider; taken in the place of one for --as").env('KIBAN_TOKEN_FILE'));
}

export function sessionOf(command: Command, terminal: Terminal): Session {
  const { url: given, json, data, token } = globals.parse(command.optsWithGlobals());
  const url = given ?? `http://127.0.0.1:${process.env['KIBAN_PORT'] ?? addressOf(data).gateway}`;
  if (!/^https?:\/\/[^/]/.test(url) || !URL.canParse(url)) throw usageFault(`--url must be an address such as http://127.0.0.1:8080, not "${url}".`);
  return { url: url.replace(/\/+$/, ''), json, data: resolve(data), token, terminal };
}

/** Folder of the clients' private keys. */
export function clientsFolder(session: Session): string {
  return join(session.data, 'keys', 'clients');
}

const ports = z.object({ gateway: z.number().int(), nats: z.number().int() });

/** Ports of the estate that was last started with this data folder, else the usual ones. */
export function addressOf(data: string): z.output<typeof ports> {
  try {
    return ports.parse(JSON.parse(readFileSync(join(data, 'ports.json'), 'utf8')));
  } catch {
    return { gateway: 8080, nats: 14222 };
  }
}
