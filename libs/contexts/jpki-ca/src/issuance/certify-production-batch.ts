import { z } from 'zod';
import { toLocalDate } from '#kernel';
import { listCertificationRequests } from '#contracts/card-issuance';
import { getPersons, type PersonView } from '#contracts/juki-net';
import { stillWaiting, whenAnswered, type Ctx, type Job, type JobKind, type Peers, type StepOutcome } from '#platform';
import { productionWindowId } from '../profile/subject-names.js';
import type { CertificateOrder } from './issuance.js';
import type { IssuanceRow } from './issuance.store.js';
import type { Issuer, SignedRequest } from './issuer.js';

export const CERTIFY_PRODUCTION_BATCH = 'certify-production-batch';

const PURPOSE = 'CERTIFICATE_ISSUE';
/** Cards a step: twice as many certificates, well below the seconds that a step may take. */
const CARDS = 200;
/** A portion. While its certificates are signed on the thread pool, the next one is drafted. */
const CARDS_AT_ONCE = 50;

export const certifyBatchParameters = z.object({ batchId: z.uuid(), count: z.number().int() });
const cursorOf = z.object({ after: z.number().int(), issued: z.number().int(), rejected: z.number().int() });
const START = { after: 0, issued: 0, rejected: 0 };

type CertificationRequest = z.output<typeof listCertificationRequests.output>['requests'][number];

/** A page of which all is on record that is to be signed. */
interface Drafted {
  readonly signing: Promise<readonly SignedRequest[]>;
  readonly cards: number;
  readonly rejected: number;
  readonly next: number | undefined;
}

/** A page of the batch that is made while the one before it is signed and recorded. */
interface Ahead {
  readonly name: string;
  readonly page: Promise<Drafted>;
}

interface Prepared extends Drafted {
  readonly signed: readonly SignedRequest[];
}

/**
 * Certificates for the cards of a production batch (JPKI 4.6, channel CARD_PRODUCTION): asked page by page, drafted and signed in portions, recorded.
 * Two pages are in work at most, however large the batch is. What a kill leaves of either is taken up by the next attempt.
 */
export class CertifyProductionBatch implements JobKind<Prepared | undefined> {
  readonly kind = CERTIFY_PRODUCTION_BATCH;
  private ahead: Ahead | undefined;
  /** Ends when the page that was drafted last is signed; gives nothing of it. */
  private former: Promise<readonly SignedRequest[]> = Promise.resolve([]);

  constructor(
    private readonly issuer: Pick<Issuer, 'record' | 'reserve' | 'sign'>,
    private readonly peers: Pick<Peers, 'call'>,
  ) {}

  async prepare(ctx: Ctx, job: Job): Promise<Prepared | undefined> {
    const { after } = cursorOf.nullish().parse(job.cursor) ?? START;
    return whenAnswered(async () => {
      const page = await this.page(ctx, job, after);
      if (page.next !== undefined) this.begin(ctx, job, page.next);
      return { ...page, signed: await page.signing };
    });
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

  /** The page that was begun, or this one. */
  private page(ctx: Ctx, job: Job, after: number): Promise<Drafted> {
    const { ahead } = this;
    this.ahead = undefined;
    return ahead?.name === nameOf(job, after) ? ahead.page : this.draftPage(ctx, job, after);
  }

  private begin(ctx: Ctx, job: Job, after: number): void {
    const page = this.draftPage(ctx, job, after);
    // Whoever takes it up sees its fault.
    page.catch(() => undefined);
    this.ahead = { name: nameOf(job, after), page };
  }

  /** Asks the neighbours, records what is to be signed, and has it signed; nothing of it is in force before `step` records it. */
  private async draftPage(ctx: Ctx, job: Job, after: number): Promise<Drafted> {
    const { batchId } = certifyBatchParameters.parse(job.parameters);
    const call = { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: PURPOSE };
    const { requests, next } = await this.peers.call(listCertificationRequests, call, { batchId, after, limit: CARDS });
    const personKeys = [...new Set(requests.map(({ personKey }) => personKey))];
    const { persons } = personKeys.length === 0 ? { persons: [] } : await this.peers.call(getPersons, call, { personKeys });
    const holders = new Map<string, PersonView>(persons.map((person) => [person.personKey, person]));
    const reserved: Promise<readonly IssuanceRow[]>[] = [];
    let signing = this.former;
    for (let start = 0; start < requests.length; start += CARDS_AT_ONCE) {
      // Two at once: one is drafted while the other is looked up or recorded.
      await reserved.at(-2);
      const orders = requests.slice(start, start + CARDS_AT_ONCE).flatMap((request) => ordersOf(batchId, request));
      const rows = this.issuer.reserve(ctx, orders, holders).then((found) => [...found.values()]);
      signing = this.signAfter(signing, ctx, rows);
      // Awaited below; either may fail while the next ones are drafted.
      for (const begun of [rows, signing]) begun.catch(() => undefined);
      reserved.push(rows);
    }
    this.former = signing.then(() => [], () => []);
    const rejected = (await Promise.all(reserved)).flat().filter(({ state }) => state === 'REJECTED').length;
    return { signing, cards: requests.length, rejected, next };
  }

  /** One portion at a time: a token lets only so many wait, and those at windows wait beside them. */
  private async signAfter(before: Promise<readonly SignedRequest[]>, ctx: Ctx, reserved: Promise<readonly IssuanceRow[]>): Promise<readonly SignedRequest[]> {
    const rows = await reserved;
    const signed = await before;
    return [...signed, ...(await this.issuer.sign(ctx.db, rows.filter(({ state }) => state === 'LINTED')))];
  }
}

function nameOf(job: Job, after: number): string {
  return `${job.id}:${after}`;
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
