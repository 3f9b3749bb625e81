import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { FileKeyStore, parseCertificate, type ParsedCertificate, type SigningKey } from '#pki';
import { connectStreams, deriveKey, masterKey, parseCloudEvent, type Actor, type CloudEvent } from '#platform';
import type { Answer, TestEstate } from '#testing';

export const API = '/api/bridge-ca/v1';

export const officer = (operator: string): Actor => ({ clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator });
export const verifier: Actor = { clientId: 'verifier-tax', kind: 'signature-verifier', organisation: 'tax' };
export const nameless: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency' };

/** Status, and the code of a refusal. */
export const codeOf = ({ status, json }: Answer): string => `${status} ${z.object({ code: z.string().optional() }).parse(json ?? {}).code ?? ''}`.trim();
export const sha256 = (octets: Buffer): string => createHash('sha256').update(octets).digest('hex');

const written = z.object({ request: z.string(), sha256: z.string() });
const crossed = z.object({ crossId: z.string(), state: z.string(), faults: z.array(z.string()), directions: z.array(z.object({ direction: z.string(), sha256: z.string().optional(), serial: z.string().optional() })) });
export type Crossed = z.output<typeof crossed>;

/** What each of the two parties gives in an exchange; of an own one the service writes it. */
export interface Exchange {
  readonly counterpart: string;
  readonly terms?: object;
  /** Request of an external counterpart, and what it issues. */
  readonly request?: Buffer;
  readonly deliver?: (bridge: ParsedCertificate) => Promise<Buffer>;
}

/** The officers' requests to an estate. */
export class Desk {
  constructor(private readonly estate: () => TestEstate) {}

  async request(authorityId: string): Promise<{ request: string; sha256: string }> {
    return written.parse((await this.post(`/authorities/${authorityId}/requests`, 'registrar')).json);
  }

  view(answer: Answer): Crossed {
    if (answer.status >= 300) throw new Error(`${answer.status} ${answer.bytes.toString('utf8')}`);
    return crossed.parse(answer.json);
  }

  /** Everything up to both certificates, each step by another officer. `begun`: a renewal's successor. */
  async issued({ counterpart, terms, request, deliver }: Exchange, begun?: Crossed): Promise<Crossed> {
    const { crossId } = begun ?? this.view(await this.post('/cross-certifications', 'proposer', { counterpart, ...(terms === undefined ? {} : { terms }) }));
    const one = `/cross-certifications/${crossId}`;
    this.view(await this.post(`${one}/policy-mapping`, 'council', { decisionRef: '運用会議決定 1' }));
    const theirs = request === undefined ? await this.request(counterpart) : { request: request.toString('base64'), sha256: sha256(request) };
    for (const [direction, { request: pkcs10 }] of [['TO_COUNTERPART', theirs], ['TO_BRIDGE', await this.request('bridge')]] as const) this.view(await this.post(`${one}/${direction}/request`, 'registrar', { request: pkcs10 }));
    for (const [direction, { sha256: fingerprint }] of [['TO_COUNTERPART', theirs], ['TO_BRIDGE', await this.request('bridge')]] as const) this.view(await this.post(`${one}/${direction}/fingerprint`, 'listener', { fingerprint }));
    const certificate = deliver === undefined ? {} : { certificate: (await deliver((await this.authority('bridge')).certificate)).toString('base64') };
    this.view(await this.post(`${one}/TO_COUNTERPART/certificate`, 'issuer'));
    return this.view(await this.post(`${one}/TO_BRIDGE/certificate`, 'issuer', certificate));
  }

  async published(exchange: Exchange, begun?: Crossed): Promise<Crossed> {
    const { crossId } = await this.issued(exchange, begun);
    return this.view(await this.post(`/cross-certifications/${crossId}/publication`, 'publisher'));
  }

  async certificate(crossId: string, direction: string): Promise<Buffer> {
    return (await this.get(`/cross-certifications/${crossId}/${direction}/certificate`)).bytes;
  }

  /** The key and the root of an own authority, as the process has them; the one that issues unless another one is meant. */
  async authority(id: string, generation?: number): Promise<{ readonly key: SigningKey; readonly certificate: ParsedCertificate }> {
    const [row] = await this.estate().sql<{ key_id: string; certificate: Buffer }>(
      "SELECT key_id, certificate FROM bridge_ca.authority_generation WHERE authority_id = $1 AND (generation = $2 OR ($2::int IS NULL AND state = 'ACTIVE'))", id, generation ?? null,
    );
    if (row === undefined) throw new Error(`${id} has no key`);
    return { key: await this.keys().open(row.key_id), certificate: parseCertificate(row.certificate) };
  }

  post(path: string, by: string, body: unknown = {}): Promise<Answer> {
    return this.estate().request('POST', `${API}${path}`, { as: officer(by), body });
  }

  get(path: string, as = officer('reader')): Promise<Answer> {
    return this.estate().request('GET', `${API}${path}`, { as });
  }

  /** The keys of the authorities, as the process has them. */
  keys(): FileKeyStore {
    const { keys } = this.estate().config;
    return new FileKeyStore(join(keys, 'bridge-ca'), deriveKey(masterKey(keys), 'pki-kek'));
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
