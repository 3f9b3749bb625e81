import { z } from 'zod';
import { revocationListPublished } from '#contracts/bridge-ca';
import { issueCrl, type IssuingDistributionPoint } from '#pki';
import { log, type Ctx, type Job, type JobKind, type Schedule, type StepOutcome } from '#platform';
import { keyAnswer, type Authorities, type Signatory } from '../authority/authorities.js';
import { toSecond } from '../authority/authority.js';
import { holderListName } from '../authority/profiles.js';
import { ISSUE_LISTS, issueListsParameters, queueLists } from './issue-lists.params.js';
import { cutoffOf, LIST_LIFE_MS, LISTS, regularRun, type List } from './revocation-list.js';
import type { IssueRow, ListRow, RevocationListStore } from './revocation-list.store.js';

const cursorOf = z.object({ after: z.string() });

/** Issues revocation lists, those of one authority a step (JPKI 3.7): read, signed, read again from its octets, published; else the former list stays. */
export class IssueLists implements JobKind {
  readonly kind = ISSUE_LISTS;

  constructor(
    private readonly lists: RevocationListStore,
    private readonly authorities: Authorities,
  ) {}

  async step(ctx: Ctx, job: Job): Promise<StepOutcome> {
    const { list, authorityIds, scheduled } = issueListsParameters.parse(job.parameters);
    const { after } = cursorOf.nullish().parse(job.cursor) ?? { after: '' };
    const id = authorityIds === undefined ? await this.lists.nextAuthority(ctx.db, list, after) : authorityIds[job.done];
    if (id === undefined) return { cursor: { after }, done: job.done, result: { issued: job.done } };
    await this.issue(ctx, id, list, scheduled);
    return { cursor: { after: id }, done: job.done + 1, ...(authorityIds === undefined ? {} : { total: authorityIds.length }) };
  }

  /** One list by each generation in use, under numbers that rise over all of them; each names every entry, since serials are unique for the name (JPKI 4.8). */
  private async issue(ctx: Ctx, authorityId: string, list: List, scheduled: boolean): Promise<void> {
    const row = await this.lists.lock(ctx.db, authorityId, list);
    const signatories = await keyAnswer(() => this.authorities.listing(ctx.db, authorityId));
    for (const [index, signatory] of signatories.entries()) await this.issueBy(ctx, { ...row, lastNumber: row.lastNumber + index }, signatory, scheduled);
  }

  private async issueBy(ctx: Ctx, row: ListRow, { generation, key, certificate }: Signatory, scheduled: boolean): Promise<void> {
    const { authorityId, list } = row;
    const [thisUpdate, cutoff] = [toSecond(ctx.now), cutoffOf(row.lastScheduledAt)];
    const issue: IssueRow = { authorityId, list, number: row.lastNumber + 1, generation, thisUpdate, nextUpdate: new Date(thisUpdate.getTime() + LIST_LIFE_MS[list]), cutoff, entryCount: 0 };
    const former = await this.lists.current(ctx.db, authorityId, list, generation);
    const previous = former && { number: BigInt(former.number), entryCount: former.entryCount, explained: await this.lists.explained(ctx.db, former, cutoff) };
    const content = {
      issuerDer: certificate.subjectDer, thisUpdate, nextUpdate: issue.nextUpdate, crlNumber: BigInt(issue.number), distributionPoint: pointOf(certificate.subject, list),
      entries: this.lists.entries(ctx.db, row, cutoff),
    };
    const made = await keyAnswer(() => issueCrl({ content, key, maxSeconds: LIST_LIFE_MS[list] / 1000, ...(previous === undefined ? {} : { previous }) }));
    const object = `revocation-list:${authorityId}:${list}:${issue.number}`;
    if ('fault' in made) {
      // The fault of one list does not stop those that follow in the run.
      ctx.audit({ object, facts: { state: 'FAILED', fault: made.fault } });
      log.error(`${list} of ${authorityId} was not published`, { code: made.fault });
      await this.lists.fail(ctx.db, issue, made.fault);
      return;
    }
    const { der, sha256, entryCount } = made;
    await this.lists.publish(ctx.db, { ...issue, entryCount, sha256, der }, scheduled);
    ctx.audit({ object, facts: { state: 'PUBLISHED', count: entryCount } });
    ctx.emit(revocationListPublished, { aggregateId: `${authorityId}:${list}`, sequence: issue.number, data: { authority: authorityId, list, generation, number: issue.number, count: entryCount, sha256 } });
  }
}

/** The list of authority certificates is at the authority's entry, that of holders below it (JPKI 4.3). */
function pointOf(authority: Signatory['certificate']['subject'], list: List): IssuingDistributionPoint {
  const name = list === 'ARL' ? authority : holderListName(authority);
  return { fullName: [{ kind: 'directoryName', name }], only: list === 'ARL' ? 'caCerts' : 'userCerts' };
}

/** Every day at 02:00 in Japan the lists of holders, every month those of authorities (JPKI 4.8). */
export const listSchedules: readonly Schedule[] = LISTS.map((list) => ({
  name: list === 'ARL' ? 'monthly-arl' : 'daily-crl',
  due: (last, now) => (last === regularRun(list, now) ? undefined : regularRun(list, now)),
  run: (ctx) => queueLists(ctx, { list, scheduled: true }),
}));
