import { localDateInJapan } from '#kernel';
import { applicationOrdered } from '#contracts/card-issuance';
import { codesOfPersons, getPersons, type PersonView } from '#contracts/juki-net';
import { linkByPersons } from '#contracts/numbering';
import { stillWaiting, whenAnswered, type Ctx, type Job, type JobKind, type Peers, type StepOutcome } from '#platform';
import { z } from 'zod';
import { awaitsStay } from '../application/application.js';
import type { Application } from '../application/application.store.js';
import type { DelegationStore } from '../delegation/delegation.store.js';
import { delegatedOf } from '../delegation/require-delegated.js';
import { orderCards } from '../card/move-cards.js';
import { cardExpiry, decisiveBirthDate } from '../card/validity.js';
import { faceFactsOf } from './face.js';
import { drawCardSerial, drawSecurityCode } from './manifest.js';
import type { NewRecord } from './production.store.js';
import type { ProductionStores } from './require-batch.js';

const PAGE = 500;
const parameters = z.object({ batchId: z.uuid(), municipalityCode: z.string().optional(), applicationIds: z.array(z.string()).optional() });

interface Facts {
  readonly applications: readonly Application[];
  readonly persons: ReadonlyMap<string, PersonView>;
  readonly numbers: ReadonlyMap<string, string>;
  readonly codes: ReadonlyMap<string, string>;
}

interface Stores extends ProductionStores {
  readonly delegations: DelegationStore;
}

/**
 * Fills a batch with approved applications, five hundred a step: the facts, the number and the resident code are asked for before the step's
 * transaction; who has moved or died meanwhile is left to the events that tell of it; who lives where the making of cards is not delegated waits,
 * and so does a foreign resident until the municipality tells a stay that is not over (CARD-4.6).
 */
export class FillBatch implements JobKind<Facts | undefined> {
  readonly kind = 'fill-production-batch';

  constructor(
    private readonly stores: Stores,
    private readonly peers: Peers,
  ) {}

  async prepare(ctx: Ctx, job: Job): Promise<Facts | undefined> {
    return whenAnswered(() => this.ask(ctx, job));
  }

  async step(ctx: Ctx, job: Job, facts: Facts | undefined): Promise<StepOutcome> {
    const { batchId } = parameters.parse(job.parameters);
    if (facts === undefined) return stillWaiting(job);
    const page = facts.applications;
    const last = page.length < PAGE;
    const batch = await this.stores.production.lock(ctx.db, batchId);
    const records = batch === undefined ? [] : await this.collect(ctx, facts, batch.records);
    if (records.length > 0) await this.order(ctx, batchId, records);
    await this.stores.production.countFilled(ctx.db, batchId, records.length, last);
    const done = job.done + records.length;
    const end = page.at(-1);
    return { cursor: end === undefined ? placeOf(job) : { queuedAt: end.queuedAt.toISOString(), applicationId: end.applicationId }, done, ...(last ? { result: { records: done } } : {}) };
  }

  private async ask(ctx: Ctx, job: Job): Promise<Facts> {
    const { municipalityCode, applicationIds } = parameters.parse(job.parameters);
    const applications = await this.stores.applications.approved(ctx.db, { municipalityCode, applicationIds, after: placeOf(job), limit: PAGE });
    if (applications.length === 0) return { applications, persons: new Map(), numbers: new Map(), codes: new Map() };
    const personKeys = applications.map((application) => application.personKey);
    const call = { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: 'CARD_PRODUCTION' };
    const [{ persons }, { links }, { codes }] = await Promise.all([this.peers.call(getPersons, call, { personKeys }), this.peers.call(linkByPersons, call, { personKeys }), this.peers.call(codesOfPersons, call, { personKeys })]);
    return { applications, persons: new Map(persons.map((person) => [person.personKey, person])), numbers: new Map(links.map((link) => [link.personKey, link.number])), codes: new Map(codes.map((one) => [one.personKey, one.residentCode])) };
  }

  private async collect(ctx: Ctx, facts: Facts, filled: number): Promise<NewRecord[]> {
    const approved = await this.stores.applications.lockApproved(ctx.db, facts.applications.map((application) => application.applicationId));
    const photos = await this.stores.applications.photoHashes(ctx.db, approved.map((application) => application.applicationId));
    const delegated = await delegatedOf(ctx, this.stores.delegations, [...new Set(approved.map((application) => application.municipalityCode))], 'CARD_MANUFACTURE');
    const issuedOn = localDateInJapan(ctx.now);
    const records: NewRecord[] = [];
    for (const { applicationId, personKey, municipalityCode, wishSign, wishAuth, receivedAt, issuingOffice, language, stayAwaited, stayEnd } of approved) {
      const [person, number, jukiCode, photoSha256] = [facts.persons.get(personKey), facts.numbers.get(personKey), facts.codes.get(personKey), photos.get(applicationId)];
      if (person?.status !== 'RESIDENT' || person.municipalityCode !== municipalityCode || number === undefined || jukiCode === undefined || photoSha256 === undefined) continue;
      if (!delegated.has(municipalityCode) || awaitsStay({ stayAwaited, stayEnd }, issuedOn)) continue;
      records.push({
        recordNo: filled + records.length + 1, cardSerial: drawCardSerial(), applicationId, personKey, municipalityCode, factVersion: person.factVersion,
        face: faceFactsOf(person), number, securityCode: drawSecurityCode(), photoSha256,
        expiryDate: cardExpiry(decisiveBirthDate(person.birthDate), issuedOn, stayEnd ?? undefined, localDateInJapan(receivedAt)), wishSign, wishAuth, issuingOffice, language, residenceExpiry: stayEnd, jukiCode,
      });
    }
    return records;
  }

  private async order(ctx: Ctx, batchId: string, records: readonly NewRecord[]): Promise<void> {
    await this.stores.production.add(ctx.db, batchId, records);
    const cards = records.map(({ cardSerial, personKey, municipalityCode, applicationId, recordNo, factVersion, expiryDate, wishSign, wishAuth }) =>
      ({ cardSerial, personKey, municipalityCode, applicationId, batchId, recordNo, factVersion, expiryDate, wishSign, wishAuth }));
    await orderCards(ctx, this.stores.cards, cards);
    const applications = await this.stores.applications.lockMany(ctx.db, records.map((record) => record.applicationId));
    await this.stores.applications.moveTo(ctx.db, applications.map((application) => application.applicationId), { state: 'ORDERED' });
    for (const { applicationId, municipalityCode, channel, version } of applications) {
      ctx.emit(applicationOrdered, { aggregateId: applicationId, sequence: version + 1, data: { applicationId, municipalityCode, channel } });
    }
    ctx.audit({ object: `production-batch:${batchId}`, subjects: records.map((record) => record.personKey), facts: { records: records.length } });
  }
}

const place = z.object({ queuedAt: z.string(), applicationId: z.string() });

/** Place in the queue after which the next step begins. A text was the place of a job that an earlier version began: it has the first applications ordered already. */
function placeOf(job: Job): z.output<typeof place> {
  const begin = { queuedAt: '-infinity', applicationId: '' };
  return typeof job.cursor === 'string' ? begin : place.parse(job.cursor ?? begin);
}
