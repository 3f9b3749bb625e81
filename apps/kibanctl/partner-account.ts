import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { usageFault } from './command-fault.js';
import { addressOf, type Session } from './session.js';

/** The read-only user of the estate's event stream. */
export interface PartnerAccount {
  readonly url: string;
  readonly user: 'partner';
  readonly password: string;
}

const secrets = z.object({ partner: z.string() });

/** The account that the embedded estate made for partners; one with a NATS of its own (`NATS_URL`) makes its accounts there. */
export async function partnerAccount(session: Session): Promise<PartnerAccount> {
  if (process.env['NATS_URL'] !== undefined) throw usageFault('The estate uses the NATS server of NATS_URL: its accounts for partners are made there, not by Kiban.');
  const file = join(session.data, 'secrets', 'nats.json');
  const text = await readFile(file, 'utf8').catch(() => {
    throw usageFault(`There are no credentials at ${file}: no estate was started with this data folder (--data, KIBAN_DATA), or it belongs to another user.`);
  });
  return { url: `nats://127.0.0.1:${process.env['KIBAN_NATS_PORT'] ?? addressOf(session.data).nats}`, user: 'partner', password: secrets.parse(JSON.parse(text)).partner };
}
