import { z } from 'zod';
import { toLocalDate } from '#kernel';
import { listCertificationRequests } from '#contracts/card-issuance';
import { getPersons, type PersonView } from '#contracts/juki-net';
import { stillWaiting, whenAnswered, type Ctx, type Job, type JobKind, type Peers, type StepOutcome } from '#platform';
import { productionWindowId } from '../profile/subject-names.js';
import type { CertificateOrder } from './issuance.js';
import type { Issuer, SignedRequest } from './issuer.js';

export const CERTIFY_PRODUCTION_BATCH = 'certify-production-batch';

const PURPOSE = 'CERTIFICATE_ISSUE';
/** Cards a step: twice as many certificates, well below the seconds that a step may take. */
const CARDS = 200;
/** While the certificates of these are signed on the thread pool, the next ones are drafted. */
const CARDS_AT_ONCE = 25;

export const certifyBatchParameters = z.object({ batchId: z.uuid(), count: z.number().int() });
const cursorOf = z.object({ after: z.number().int(), issued: z.number().int(), rejected: z.number().int() });
const START = { after: 0, issued: 0, rejected: 0 };

type CertificationRequest = z.output<typeof listCertificationRequests.output>['requests'][number];

interface Prepared {
  readonly signed: readonly SignedRequest[];
  readonly cards: number;
  readonly rejected: number;
  readonly next: number | undefined;
}

/** Certificates for the cards of a production batch (JPKI 4.6, channel CARD_PRODUCTION): asked page by page, signed, recorded. */
export class CertifyProductionBatch implements JobKind<Prepared | undefined> {
  readonly kind = CERTIFY_PRODUCTION_BATCH;

  constructor(
    private readonly issuer: Issuer,
    private readonly peers: Peers,
  ) {}

  async prepare(ctx: Ctx, job: Job): Promise<Prepared | undefined> {
    return whenAnswered(() => this.signPage(ctx, job));
  }

  async step(ctx: Ctx, job: Job, prepared: Prepared | undefined): Promise<StepOutcome> {
    if (prepared === undefined) return stillWaiting(job);
    const { count } = certifyBatchParameters.parse(job.parameters);
    const { issued, rejected, after } = cursorOf.nullish().parse(job.cursor) ?? START;
    await this.issuer.record(ctx, prepared.signed);
    const cursor = { after: prepared.next ?? after, issued: issued + prepared.signed.length, rejected: rejected + prepared.rejected };
    const outcome = { cursor, done: job.done + prepared.cards, total: count };
    return prepared.next === undefined ? { ...outcome, result: { issued: cursor.issued, rejected: cursor.rejected } } : outcome;
  }

  /** Asks the neighbours, records what is to be signed, and signs; nothing of it is in force before `step` records it. */
  private async signPage(ctx: Ctx, job: Job): Promise<Prepared> {
    const { batchId } = certifyBatchParameters.parse(job.parameters);
    const { after } = cursorOf.nullish().parse(job.cursor) ?? START;
    const call = { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: PURPOSE };
    const { requests, next } = await this.peers.call(listCertificationRequests, call, { batchId, after, limit: CARDS });
    const personKeys = [...new Set(requests.map(({ personKey }) => personKey))];
    const { persons } = personKeys.length === 0 ? { persons: [] } : await this.peers.call(getPersons, call, { personKeys });
    const holders = new Map<string, PersonView>(persons.map((person) => [person.personKey, person]));
    const signing: Promise<SignedRequest[]>[] = [];
    let rejected = 0;
    for (let start = 0; start < requests.length; start += CARDS_AT_ONCE) {
      const orders = requests.slice(start, start + CARDS_AT_ONCE).flatMap((request) => ordersOf(batchId, request));
      const rows = [...(await this.issuer.reserve(ctx, orders, holders)).values()];
      rejected += rows.filter(({ state }) => state === 'REJECTED').length;
      const signatures = this.issuer.sign(ctx.db, rows.filter(({ state }) => state === 'LINTED'));
      // Awaited below; it may fail while the next ones are drafted.
      signatures.catch(() => undefined);
      signing.push(signatures);
    }
    return { signed: (await Promise.all(signing)).flat(), cards: requests.length, rejected, next };
  }
}

function ordersOf(batchId: string, request: CertificationRequest): CertificateOrder[] {
  const order = (type: CertificateOrder['type'], csr: Buffer): CertificateOrder => ({
    requestKey: `batch:${batchId}:${request.cardSerial}:${type}`,
    channel: 'CARD_PRODUCTION',
    type,
    cardSerial: request.cardSerial,
    personKey: request.personKey,
    municipalityCode: request.municipalityCode,
    factVersion: request.factVersion,
    cardExpiry: toLocalDate(request.cardExpiry),
    csr,
    windowId: productionWindowId(request.municipalityCode),
    productionBatchId: batchId,
    replaces: false,
  });
  return [
    ...(request.authCsr === undefined ? [] : [order('AUTH_CERT', request.authCsr)]),
    ...(request.signCsr === undefined ? [] : [order('SIGN_CERT', request.signCsr)]),
  ];
}
