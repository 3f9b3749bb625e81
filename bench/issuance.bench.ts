import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { z } from 'zod';
import { jpkiCaModule } from '#contexts/jpki-ca';
import { cardIssuanceEvents, cardIssuanceProto, listCertificationRequests, productionBatchReady } from '#contracts/card-issuance';
import { getPersons, jukiNetEvents, jukiNetProto, type PersonView } from '#contracts/juki-net';
import { useCase, type Actor, type ContextModule, type UseCase } from '#platform';
import { cardRequests, startEstate, type TestEstate } from '#testing';
import { bareSignatures, opensslFolder } from './openssl.js';
import { median, perSecond, report, timed } from './report.js';

const CARDS = 1_000;
const ROUNDS = 3;
const LEAST = 200;
const TOWN = '990019';
const operator: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency' };
const cards: Actor = { clientId: 'svc-card-issuance', kind: 'service', organisation: 'card-issuance' };

type CertificationRequest = z.output<typeof listCertificationRequests.output>['requests'][number];

/** A production batch from the event to its last certificate recorded, each linted before it is signed, against bare signatures of all cores. */
export async function benchIssuance(): Promise<void> {
  const neighbours = new Neighbours();
  const estate = await startEstate([...neighbours.modules(), jpkiCaModule]);
  const names = { municipalityCode: TOWN, prefectureRomaji: 'Kasumi-ken', municipalityRomaji: 'Kasumi-shi' };
  await estate.request('POST', '/api/jpki-ca/v1/crl-partitions', { as: operator, body: names });
  const folder = opensslFolder();
  const requests = await cardRequests(2 * CARDS);
  const rates = { ours: [] as number[], bare: [] as number[] };
  const processorMs: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    // The keys are dear to make: each round has other cards and holders with the same ones.
    await estate.sql('TRUNCATE jpki_ca.issued_key');
    const batch = neighbours.batch(requests);
    const before = process.cpuUsage();
    const oursMs = await timed(() => certify(estate, batch));
    const { user, system } = process.cpuUsage(before);
    const signatures = await bareSignatures(folder, availableParallelism());
    if (round === 0) continue; // the first pair warms caches and plans
    processorMs.push((user + system) / 1_000 / (2 * CARDS));
    rates.ours.push(perSecond(2 * CARDS, oursMs));
    rates.bare.push(signatures);
  }
  const notes = `${CARDS} cards of two certificates a round, neighbours and service in one process, ${median(processorMs).toFixed(2)} ms of processor time a certificate in it (limit ${LEAST} certificates/s)`;
  report({ name: 'issuance: certificates of a production batch', unit: 'certificates/s', ...rates, goal: 0.6, notes });
  folder.remove();
  await estate.stop();
  neighbours.close();
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
