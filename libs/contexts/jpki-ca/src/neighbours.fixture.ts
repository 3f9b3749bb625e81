import { execFile } from 'node:child_process';
import { randomBytes, randomUUID, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { z } from 'zod';
import { nthBirthdayAfter, localDateInJapan, toLocalDate, type EventDefinition } from '#kernel';
import { cardIssuanceEvents, cardIssuanceProto, cardLedgerState, listCertificationRequests, productionBatchReady } from '#contracts/card-issuance';
import { jpkiVerifierEvents, jpkiVerifierProto, listAccess } from '#contracts/jpki-verifier';
import { getPersons, jukiNetEvents, jukiNetProto, type PersonView } from '#contracts/juki-net';
import { createCsr, generateRsaKey } from '#pki';
import { connectStreams, parseCloudEvent, platformProblems, refusals, useCase, type Actor, type CloudEvent, type ContextModule, type UseCase } from '#platform';
import type { TestEstate } from '#testing';
import { dailyRun, monthlyRun } from './crl/crl.js';
import { ISSUE_CRLS } from './crl/issue-crls.params.js';

/** Neighbours and people of the integration spec: answers come from the tables below. */
export const KASUMI = '990019';
export const window: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: KASUMI };
export const otherWindow: Actor = { clientId: 'municipality-990027', kind: 'municipality', organisation: '990027' };
export const verifier: Actor = { clientId: 'verifier-tax', kind: 'signature-verifier', organisation: 'tax' };
export const stranger: Actor = { clientId: 'verifier-x', kind: 'signature-verifier', organisation: 'x' };
export const operator: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency' };
export const cardService: Actor = { clientId: 'svc-card-issuance', kind: 'service', organisation: 'card-issuance' };

export type CertificationRequest = z.output<typeof listCertificationRequests.output>['requests'][number];

export class Neighbours {
  readonly persons = new Map<string, PersonView>();
  readonly batches = new Map<string, CertificationRequest[]>();
  /** What the ledger says of a card; of any other that it is in use, and agrees. */
  readonly ledger = new Map<string, (asked: z.output<typeof cardLedgerState.input>) => z.output<typeof cardLedgerState.output>>();
  /** By their ids. */
  readonly verifiers = new Map<string, z.output<typeof listAccess.output>['verifiers'][number]>();
  /** Questions about batches that are still to be answered as a neighbour does that is away. */
  away = 0;
  /** What is asked behind this record is answered in the same way. */
  awayBehind = Infinity;
  cardsAPage = Infinity;
  /** The records behind which pages were asked for. */
  readonly asked: number[] = [];

  /** The fakes own no table. */
  private readonly noMigrations = mkdtempSync(join(tmpdir(), 'kiban-none-'));

  close(): void {
    rmSync(this.noMigrations, { recursive: true });
  }

  modules(): ContextModule[] {
    return [
      this.module('juki-net', jukiNetProto, jukiNetEvents, { 'JukiRegister.GetPersons': this.getPersons() }),
      this.module('card-issuance', cardIssuanceProto, cardIssuanceEvents, { 'Production.ListCertificationRequests': this.listRequests(), 'CardLedger.GetState': this.cardState() }),
      this.module('jpki-verifier', jpkiVerifierProto, jpkiVerifierEvents, { 'JpkiVerifier.ListAccess': this.listAccess() }),
    ];
  }

  private module(name: string, proto: URL, events: ContextModule['events'], grpc: Record<string, UseCase>): ContextModule {
    const actions = Object.values(grpc).map(({ spec }) => spec.action);
    return {
      name, title: name, proto, events,
      migrations: pathToFileURL(`${this.noMigrations}/`),
      policy: actions.map((action) => ({ action, institution: 'service', clients: ['svc-jpki-ca'], scope: 'nation', basis: 'test', ...(name === 'jpki-verifier' ? {} : { purposes: ['CERTIFICATE_ISSUE', 'CERTIFICATE_STATUS'] }) })),
      build: () => ({ http: [], grpc, subscriptions: [], jobs: [], schedules: [] }),
    };
  }

  private getPersons(): UseCase {
    const spec = useCase({ action: 'juki-net.person.read', kind: 'question', summary: 'fake', input: getPersons.input, output: getPersons.output, refusals: [] });
    const answer: UseCase<typeof spec> = { spec, execute: async (_ctx, { personKeys }) => ({ persons: personKeys.flatMap((key) => this.persons.get(key) ?? []) }) };
    return answer;
  }

  private cardState(): UseCase {
    const spec = useCase({ action: 'card-issuance.card.read-state', kind: 'question', summary: 'fake', input: cardLedgerState.input, output: cardLedgerState.output, refusals: [] });
    const answer: UseCase<typeof spec> = { spec, execute: async (_ctx, asked) => this.ledger.get(asked.cardSerial)?.(asked) ?? { state: 'ACTIVE', agrees: true } };
    return answer;
  }

  /** One a page. */
  private listAccess(): UseCase {
    const spec = useCase({ action: 'jpki-verifier.access.list', kind: 'question', summary: 'fake', input: listAccess.input, output: listAccess.output, refusals: [] });
    const answer: UseCase<typeof spec> = {
      spec,
      execute: async (_ctx, { after = '' }) => {
        const [id] = [...this.verifiers.keys()].filter((key) => key > after).toSorted();
        const one = id === undefined ? undefined : this.verifiers.get(id);
        return one === undefined ? { verifiers: [] } : { verifiers: [one], next: one.verifierId };
      },
    };
    return answer;
  }

  private listRequests(): UseCase {
    const spec = useCase({ action: 'card-issuance.certification-request.list', kind: 'question', summary: 'fake', input: listCertificationRequests.input, output: listCertificationRequests.output, refusals: refusals(platformProblems, 'UNAVAILABLE') });
    const answer: UseCase<typeof spec> = {
      spec,
      execute: async (_ctx, { batchId, after = 0, limit = 500 }) => {
        if (this.away > 0 || after >= this.awayBehind) {
          this.away -= 1;
          throw platformProblems.refuse('UNAVAILABLE');
        }
        this.asked.push(after);
        const rest = (this.batches.get(batchId) ?? []).filter(({ recordNo }) => recordNo > after);
        const requests = rest.slice(0, Math.min(limit, this.cardsAPage));
        const last = requests.at(-1);
        return { requests, ...(rest.length > requests.length && last !== undefined ? { next: last.recordNo } : {}) };
      },
    };
    return answer;
  }

  /** A resident of Kasumi-shi. */
  person(more: Partial<PersonView> = {}): PersonView {
    const person: PersonView = {
      personKey: randomUUID(), factVersion: 1, status: 'RESIDENT', municipalityCode: KASUMI, nameKanji: '基盤　花子', nameKana: 'キバン　ハナコ', birthDate: '19900401', sex: '2',
      address: '霞県霞市中央一丁目２番３号', foreignResident: false, ...more,
    };
    this.persons.set(person.personKey, person);
    return person;
  }
}


/** A new key every time; generation is the dear part, so tests make few. */
export async function csr(): Promise<{ key: KeyObject; der: Buffer<ArrayBuffer> }> {
  const key = await generateRsaKey(2048);
  return { key, der: Buffer.from(createCsr(key, [{ type: 'CN', value: 'card' }])) };
}

export function cardSerial(): string {
  return randomBytes(8).toString('hex').toUpperCase();
}

/** A card's expiry that is never before the certificates' own end. */
export function cardExpiry(estate: TestEstate, birth = '1990-04-01'): string {
  return nthBirthdayAfter(toLocalDate(birth), localDateInJapan(estate.clock.now()), 10);
}

/** Publishes an event as a neighbour does. */
export async function tell<Data>(estate: TestEstate, definition: EventDefinition<Data>, aggregateId: string, sequence: number, data: Data): Promise<void> {
  const runner = estate.running.runners.get(definition.context);
  const actor: Actor = { clientId: `svc-${definition.context}`, kind: 'service', organisation: definition.context };
  await runner?.inTransaction('test.tell', { actor, correlationId: `test-${randomBytes(4).toString('hex')}` }, async (ctx) => ctx.emit(definition, { aggregateId, sequence, data }));
}

/** Lets the batch of these cards be certified and waits for the end of the job. */
export async function certifyBatch(estate: TestEstate, neighbours: Neighbours, requests: CertificationRequest[], seconds?: number): Promise<{ batchId: string; result: unknown }> {
  const batchId = randomUUID();
  neighbours.batches.set(batchId, requests);
  await tell(estate, productionBatchReady, batchId, 1, { batchId, count: requests.length, hash: 'h' });
  const result = await estate.eventually(async () => {
    const [job] = await estate.sql<{ state: string; result: unknown; fault: string | null }>("SELECT state, result, fault FROM jpki_ca.job WHERE parameters->>'batchId' = $1", batchId);
    if (job?.state === 'FAILED') throw new Error(`job failed: ${job.fault}`);
    return job?.state === 'SUCCEEDED' ? { result: job.result } : undefined;
  }, seconds);
  return { batchId, result: result.result };
}

/** Everything the context publishes from now on, as a plain subscriber sees it. */
export async function listen(natsUrl: string): Promise<{ readonly events: CloudEvent[]; close(): Promise<void> }> {
  const { connection } = await connectStreams(natsUrl, 'listener');
  const events: CloudEvent[] = [];
  connection.subscribe('kiban.jpki-ca.>', { callback: (_error, message) => void events.push(parseCloudEvent(message.string())) });
  await connection.flush();
  return { events, close: () => connection.close() };
}

const run = promisify(execFile);

/** Runs the openssl program; answers with both outputs, also when it ends with a fault. */
export async function openssl(...args: string[]): Promise<string> {
  try {
    const { stdout, stderr } = await run('openssl', args);
    return stdout + stderr;
  } catch (error) {
    if (error instanceof Error && 'stdout' in error && 'stderr' in error) return `${String(error.stdout)}${String(error.stderr)}`;
    throw error;
  }
}

/** The runs of this day and month have issued all lists: until the next day none comes by itself. */
export async function listsOfTheDay(estate: TestEstate): Promise<void> {
  const runs = [`schedule:daily-crl ${dailyRun(estate.clock.now())}`, `schedule:monthly-arl ${monthlyRun(estate.clock.now())}`];
  await estate.eventually(async () => (await estate.sql("SELECT FROM jpki_ca.cursor WHERE concat(name, ' ', value) = ANY($1)", runs)).length === runs.length);
  await estate.eventually(async () => (await estate.sql("SELECT FROM jpki_ca.job WHERE kind = $1 AND state IN ('QUEUED', 'RUNNING')", ISSUE_CRLS)).length === 0, 60);
}
