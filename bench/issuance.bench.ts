import { createPrivateKey, randomBytes, randomUUID, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { z } from 'zod';
import { jpkiCaModule } from '#contexts/jpki-ca';
import { cardIssuanceEvents, cardIssuanceProto, listCertificationRequests, productionBatchReady } from '#contracts/card-issuance';
import { getPersons, jukiNetEvents, jukiNetProto, type PersonView } from '#contracts/juki-net';
import { createCsr, generateRsaKey } from '#pki';
import { useCase, type Actor, type ContextModule, type UseCase } from '#platform';
import { startEstate, type TestEstate } from '#testing';
import { bareSignatures, opensslFolder } from './openssl.js';
import { perSecond, report, timed } from './report.js';

const CARDS = 1_000;
const ROUNDS = 3;
/** Prime numbers of which any two make a key: more pairs than certificates, and dear to find. */
const PRIMES = 64;
/** The thread pool makes as many keys at once. */
const LANES = 4;
const LEAST = 200;
const TOWN = '990019';
const operator: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency' };
const cards: Actor = { clientId: 'svc-card-issuance', kind: 'service', organisation: 'card-issuance' };

type CertificationRequest = z.output<typeof listCertificationRequests.output>['requests'][number];

/** A production batch from the event to its last certificate recorded, each linted before it is signed, against bare signatures. */
export async function benchIssuance(): Promise<void> {
  const neighbours = new Neighbours();
  const estate = await startEstate([...neighbours.modules(), jpkiCaModule]);
  const names = { municipalityCode: TOWN, prefectureRomaji: 'Kasumi-ken', municipalityRomaji: 'Kasumi-shi' };
  await estate.request('POST', '/api/jpki-ca/v1/crl-partitions', { as: operator, body: names });
  const folder = opensslFolder();
  const requests = await newRequests();
  const rates = { ours: [] as number[], bare: [] as number[] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    // The keys are dear to make: each round has other cards and holders with the same ones.
    await estate.sql('TRUNCATE jpki_ca.issued_key');
    const batch = neighbours.batch(requests);
    const oursMs = await timed(() => certify(estate, batch));
    const signatures = await bareSignatures(folder);
    if (round === 0) continue; // the first pair warms caches and plans
    rates.ours.push(perSecond(2 * CARDS, oursMs));
    rates.bare.push(signatures);
  }
  const notes = `${CARDS} cards of two certificates a round, neighbours and service in one process (limit ${LEAST} certificates/s)`;
  report({ name: 'issuance: certificates of a production batch', unit: 'certificates/s', ...rates, goal: 0.6, notes });
  folder.remove();
  await estate.stop();
  neighbours.close();
}

/** What the cards' chips have done; here keys share their primes, which no check of one key by itself can see. */
async function newRequests(): Promise<Buffer<ArrayBuffer>[]> {
  const primes: bigint[] = [];
  const lane = async (): Promise<void> => {
    while (primes.length < PRIMES) {
      const { p, q } = (await generateRsaKey(2048)).export({ format: 'jwk' });
      primes.push(numberOf(p), numberOf(q));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const pairs = primes.flatMap((p, index) => primes.slice(0, index).map((q) => [p, q] as const));
  return pairs.slice(0, 2 * CARDS).map(([p, q]) => Buffer.from(createCsr(keyOf(p, q), [{ type: 'CN', value: 'card' }])));
}

function numberOf(text = ''): bigint {
  return BigInt(`0x${Buffer.from(text, 'base64url').toString('hex')}`);
}

/** RSA key of two prime numbers of 1,024 bits (RFC 8017 3.2), by the exponent 65537. */
function keyOf(p: bigint, q: bigint): KeyObject {
  const d = inverse(65_537n, (p - 1n) * (q - 1n));
  const parts = { n: p * q, e: 65_537n, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const texts = Object.entries(parts).map(([name, value]) => {
    const hex = value.toString(16);
    return [name, Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url')] as const;
  });
  return createPrivateKey({ key: { kty: 'RSA', ...Object.fromEntries(texts) }, format: 'jwk' });
}

/** Of `value` modulo `modulus`, which have no common factor (Euclid). */
function inverse(value: bigint, modulus: bigint): bigint {
  let [rest, next, factor, nextFactor] = [modulus, value % modulus, 0n, 1n];
  while (next !== 0n) {
    const quotient = rest / next;
    [rest, next, factor, nextFactor] = [next, rest - quotient * next, nextFactor, factor - quotient * nextFactor];
  }
  return factor < 0n ? factor + modulus : factor;
}

async function certify(estate: TestEstate, batchId: string): Promise<void> {
  const runner = estate.running.runners.get('card-issuance');
  await runner?.inTransaction('bench.tell', { actor: cards, correlationId: 'bench-issuance' }, async (ctx) => {
    ctx.emit(productionBatchReady, { aggregateId: batchId, sequence: 1, data: { batchId, count: CARDS, hash: 'h' } });
    return Promise.resolve();
  });
  const result = await estate.eventually(async () => {
    const [job] = await estate.sql<{ state: string; issued: number }>("SELECT state, (result->>'issued')::int AS issued FROM jpki_ca.job WHERE parameters->>'batchId' = $1", batchId);
    return job?.state === 'SUCCEEDED' || job?.state === 'FAILED' ? job : undefined;
  }, 300);
  if (result.issued !== 2 * CARDS) throw new Error(`${result.issued} certificates of ${2 * CARDS}, the job is ${result.state}`);
}

/** The register and the card office, as far as a batch asks them. */
class Neighbours {
  private readonly persons = new Map<string, PersonView>();
  private readonly batches = new Map<string, CertificationRequest[]>();
  /** They own no table. */
  private readonly noMigrations = mkdtempSync(join(tmpdir(), 'kiban-none-'));

  close(): void {
    rmSync(this.noMigrations, { recursive: true });
  }

  /** A batch for holders of its own; its id. */
  batch(csrs: readonly Buffer<ArrayBuffer>[]): string {
    const [batchId, expiry] = [randomUUID(), `${new Date().getUTCFullYear() + 9}-04-01`];
    const requests = Array.from({ length: CARDS }, (_, index): CertificationRequest => {
      const personKey = randomUUID();
      this.persons.set(personKey, {
        personKey, factVersion: 1, status: 'RESIDENT', municipalityCode: TOWN, nameKanji: '基盤　花子', nameKana: 'キバン　ハナコ', birthDate: '19900401', sex: '2',
        address: '霞県霞市中央一丁目２番３号', foreignResident: false,
      });
      const cardSerial = randomBytes(8).toString('hex').toUpperCase();
      return { recordNo: index + 1, cardSerial, personKey, municipalityCode: TOWN, factVersion: 1, cardExpiry: expiry, signCsr: csrs[2 * index], authCsr: csrs[2 * index + 1] };
    });
    this.batches.set(batchId, requests);
    return batchId;
  }

  modules(): ContextModule[] {
    return [
      this.module({ name: 'juki-net', proto: jukiNetProto, events: jukiNetEvents }, 'JukiRegister.GetPersons', this.getPersons()),
      this.module({ name: 'card-issuance', proto: cardIssuanceProto, events: cardIssuanceEvents }, 'Production.ListCertificationRequests', this.listRequests()),
    ];
  }

  private module(own: Pick<ContextModule, 'name' | 'proto' | 'events'>, rpc: string, target: UseCase): ContextModule {
    return {
      ...own, title: own.name, migrations: pathToFileURL(`${this.noMigrations}/`),
      policy: [{ action: target.spec.action, institution: 'service', clients: ['svc-jpki-ca'], purposes: ['CERTIFICATE_ISSUE', 'CERTIFICATE_STATUS'], scope: 'nation', basis: 'bench' }],
      build: () => ({ http: [], grpc: { [rpc]: target }, subscriptions: [], jobs: [], schedules: [] }),
    };
  }

  private getPersons(): UseCase {
    const spec = useCase({ action: 'juki-net.person.read', kind: 'question', summary: 'bench', input: getPersons.input, output: getPersons.output, refusals: [] });
    const answer: UseCase<typeof spec> = { spec, execute: (_ctx, { personKeys }) => Promise.resolve({ persons: personKeys.flatMap((key) => this.persons.get(key) ?? []) }) };
    return answer;
  }

  private listRequests(): UseCase {
    const { input, output } = listCertificationRequests;
    const spec = useCase({ action: 'card-issuance.certification-request.list', kind: 'question', summary: 'bench', input, output, refusals: [] });
    const answer: UseCase<typeof spec> = {
      spec,
      execute: (_ctx, { batchId, after = 0, limit = 500 }) => {
        const rest = (this.batches.get(batchId) ?? []).filter(({ recordNo }) => recordNo > after);
        const requests = rest.slice(0, limit);
        const last = requests.at(-1);
        return Promise.resolve({ requests, ...(rest.length > limit && last !== undefined ? { next: last.recordNo } : {}) });
      },
    };
    return answer;
  }
}
