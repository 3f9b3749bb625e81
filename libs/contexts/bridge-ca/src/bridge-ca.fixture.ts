import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { FileKeyStore } from '#pki';
import { connectStreams, parseCloudEvent, type Actor, type CloudEvent } from '#platform';
import type { Answer, TestEstate } from '#testing';

export const API = '/api/bridge-ca/v1';

export const officer = (operator: string): Actor => ({ clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator });
export const verifier: Actor = { clientId: 'verifier-tax', kind: 'signature-verifier', organisation: 'tax' };
export const nameless: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency' };

/** Status, and the code of a refusal. */
export const codeOf = ({ status, json }: Answer): string => `${status} ${z.object({ code: z.string().optional() }).parse(json ?? {}).code ?? ''}`.trim();
export const sha256 = (octets: Buffer): string => createHash('sha256').update(octets).digest('hex');

/** The officers' requests to an estate. */
export class Desk {
  constructor(private readonly estate: () => TestEstate) {}

  post(path: string, by: string, body: unknown = {}): Promise<Answer> {
    return this.estate().request('POST', `${API}${path}`, { as: officer(by), body });
  }

  get(path: string, as = officer('reader')): Promise<Answer> {
    return this.estate().request('GET', `${API}${path}`, { as });
  }

  /** The keys of the authorities, as the process has them. */
  keys(): FileKeyStore {
    return new FileKeyStore(join(this.estate().config.keys, 'bridge-ca'), Buffer.alloc(32));
  }

  /** No job is waiting or at work. */
  async quiet(): Promise<void> {
    await this.estate().eventually(async () => (await this.estate().sql("SELECT 1 FROM bridge_ca.job WHERE state IN ('QUEUED', 'RUNNING')")).length === 0, 60);
  }
}

/** Everything the context publishes from now on. */
export async function listen(natsUrl: string): Promise<{ readonly events: CloudEvent[]; close(): Promise<void> }> {
  const { connection } = await connectStreams(natsUrl, 'listener');
  const events: CloudEvent[] = [];
  connection.subscribe('kiban.bridge-ca.>', { callback: (_error, message) => void events.push(parseCloudEvent(message.string())) });
  await connection.flush();
  return { events, close: () => connection.close() };
}
