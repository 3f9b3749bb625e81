import { z } from 'zod';
import { crlPublished } from '#contracts/jpki-ca';
import { issueCrlInPieces, type IssuingDistributionPoint } from '#pki';
import { log, queueJob, type Ctx, type Job, type JobKind, type Schedule, type StepOutcome } from '#platform';
import type { Authorities, Authority } from '../ca/authorities.js';
import { keyAnswer } from '../ca/key-answer.js';
import { caName, partitionName } from '../profile/profiles.js';
import { ARL_LIFE_MS, CRL_LIFE_MS, dailyRun, entryCutoff, monthlyRun } from './crl.js';
import { placeOf, type CrlIssueRow, type CrlStore, type PartitionRow } from './crl.store.js';
import type { PublishedEvidence } from '../reconciliation/published-evidence.js';
import { ListPieces } from './list-octets.js';
import { ISSUE_CRLS, issueCrlsParameters } from './issue-crls.params.js';

const cursorOf = z.object({ after: z.string() });

/** Issues revocation lists, a partition a step (JPKI 3.7): read, signed, read again from its octets, published; else the former list stays. */
export class IssueCrls implements JobKind {
  readonly kind = ISSUE_CRLS;

  constructor(
    private readonly crls: CrlStore,
    private readonly authorities: Authorities,
    private readonly evidence: PublishedEvidence,
  ) {}

  async step(ctx: Ctx, job: Job): Promise<StepOutcome> {
    const { kind = 'CRL', partitionIds, scheduled } = issueCrlsParameters.parse(job.parameters);
    const { after } = cursorOf.nullish().parse(job.cursor) ?? { after: '' };
    const id = partitionIds === undefined ? (await this.crls.nextPartition(ctx.db, kind, after))?.id : partitionIds[job.done];
    if (id === undefined) return { cursor: { after }, done: job.done, result: { issued: job.done } };
    await this.issue(ctx, id, scheduled);
    return { cursor: { after: id }, done: job.done + 1, ...(partitionIds === undefined ? {} : { total: partitionIds.length }) };
  }

  /**
   * One list by each generation in use, under numbers that rise over all of them (JPKI 4.8). Each names every entry of the partition, as
   * serials are unique for the name: also who takes the list of another key by the name of the authority misses nothing.
   */
  private async issue(ctx: Ctx, id: string, scheduled: boolean): Promise<void> {
    const partition = await this.evidence.numbered(await this.crls.lockPartition(ctx.db, id));
    const authorities = await keyAnswer(() => this.authorities.signing(ctx.db, partition.ca));
    for (const [index, authority] of authorities.entries()) await this.issueBy(ctx, { partition, authority, number: partition.last_number + 1 + index, scheduled });
  }

  private async issueBy(ctx: Ctx, { partition, authority, number, scheduled }: ListOrder): Promise<void> {
    const { id } = partition;
    const thisUpdate = new Date(Math.floor(ctx.now.getTime() / 1000) * 1000);
    const issue: CrlIssueRow = {
      partition_id: id, number, generation: authority.generation, scheduled, this_update: thisUpdate,
      next_update: new Date(thisUpdate.getTime() + lifeOf(partition)), cutoff: entryCutoff(partition.last_scheduled_at), entry_count: 0,
    };
    const previous = await this.crls.current(ctx.db, id, authority.generation);
    const content = {
      issuerDer: authority.certificate.subjectDer, thisUpdate, nextUpdate: issue.next_update, crlNumber: BigInt(number), distributionPoint: this.distributionPoint(partition),
      entries: partition.kind === 'CRL' ? this.crls.entries(ctx.db, id, issue.cutoff) : await this.crls.linkEntries(ctx.db, partition.ca, issue.cutoff),
    };
    const before = previous && { number: BigInt(previous.number), entryCount: previous.entry_count, explained: await this.crls.explained(ctx.db, previous, issue.cutoff) };
    const pieces = new ListPieces(ctx.db, issue);
    const order = { content, key: authority.key, maxSeconds: lifeOf(partition) / 1000, ...(before === undefined ? {} : { previous: before }) };
    const made = await keyAnswer(() => issueCrlInPieces(order, pieces));
    if ('fault' in made) return this.fail(ctx, issue, made.fault);
    const { entryCount, headLength, length, sha256 } = made;
    await this.evidence.keepList(id, number, { sha256, octets: pieces.read() });
    ctx.audit({ object: `crl:${id}:${number}`, facts: { count: entryCount, state: 'PUBLISHED' } });
    await this.crls.publish(ctx.db, { ...issue, entry_count: entryCount, sha256, length, head_length: headLength });
    ctx.emit(crlPublished, { aggregateId: id, sequence: number, data: { ca: partition.ca, partition: id, number, count: entryCount, sha256 } });
  }

  /** The fault of one list does not stop those that follow in the run. */
  private async fail(ctx: Ctx, issue: CrlIssueRow, fault: string): Promise<void> {
    ctx.audit({ object: `crl:${issue.partition_id}:${issue.number}`, facts: { count: issue.entry_count, state: 'FAILED' } });
    log.error(`revocation list of ${issue.partition_id} was not published`, { code: fault });
    await this.crls.fail(ctx.db, issue, fault);
  }

  private distributionPoint(partition: PartitionRow): IssuingDistributionPoint {
    const { organisation } = this.authorities.profiles;
    if (partition.kind === 'ARL') return { fullName: [{ kind: 'directoryName', name: caName(organisation, partition.ca) }], only: 'caCerts' };
    return { fullName: [{ kind: 'directoryName', name: partitionName(organisation, partition.ca, placeOf(partition)) }], only: 'userCerts' };
  }
}

interface ListOrder {
  readonly partition: PartitionRow;
  readonly authority: Authority;
  readonly number: number;
  readonly scheduled: boolean;
}

function lifeOf({ kind }: PartitionRow): number {
  return kind === 'CRL' ? CRL_LIFE_MS : ARL_LIFE_MS;
}

/** Every day at 02:00 in Japan all lists of municipalities; every month those of the authorities (JPKI 4.8). */
export const crlSchedules: readonly Schedule[] = [
  {
    name: 'daily-crl',
    due: (last, now) => (last === dailyRun(now) ? undefined : dailyRun(now)),
    run: async (ctx) => void (await queueJob(ctx, ISSUE_CRLS, { kind: 'CRL', scheduled: true })),
  },
  {
    name: 'monthly-arl',
    due: (last, now) => (last === monthlyRun(now) ? undefined : monthlyRun(now)),
    run: async (ctx) => void (await queueJob(ctx, ISSUE_CRLS, { kind: 'ARL', scheduled: true })),
  },
];
