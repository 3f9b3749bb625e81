import { z } from 'zod';
import { bridgeCaProblems } from '#contracts/bridge-ca';
import { queueJob, type Ctx, type Db, type Job, type JobKind, type StepOutcome } from '#platform';
import type { GenerationRow } from '../authority/authority.store.js';
import { isClosable, NEXT_GENERATION_STATES } from '../authority/generation.js';
import { anotherOfficer, namedOfficer, type Generations } from '../authority/generations.js';
import { stepSpec, type GenerationStep } from '../authority/step-generation.js';
import { queueLists } from '../revocation-list/issue-lists.params.js';
import { LIST_LIFE_MS } from '../revocation-list/revocation-list.js';
import type { RevocationListStore } from '../revocation-list/revocation-list.store.js';
import type { CrossDesk } from './cross-desk.js';

const REVOKE_BY_GENERATION = 'revoke-compromised-generation';
const parameters = z.object({ authorityId: z.string(), generation: z.number().int() });

/** End of the last certificate by a key that is still in force; undefined when there is none. */
export type LastEnd = (db: Db, authorityId: string, generation: number) => Promise<Date | undefined>;

export interface EndingParts {
  readonly generations: Generations;
  readonly lists: RevocationListStore;
  /** Of every kind of certificate that an authority issues. */
  readonly lastEnds: readonly LastEnd[];
}

function requireReport(row: GenerationRow, isReported: boolean): void {
  const fits = NEXT_GENERATION_STATES[row.state].includes('COMPROMISED') && (row.reportedBy !== null) === isReported;
  if (!fits) throw bridgeCaProblems.refuse('NOT_IN_STATE', { facts: { state: row.state } });
}

/** JPKI 4.11: freeze first; another officer decides; the certificates by and for the key go. Also for a key of an external authority. */
export function compromiseSteps({ generations, lists }: EndingParts): Record<'report' | 'confirm' | 'dismiss', GenerationStep> {
  const { store } = generations;
  return {
    report: {
      spec: stepSpec('report-compromise', 'Reports the key of a generation as leaked: nothing is issued with it or for it until another officer has decided'),
      take: async (ctx, row) => {
        const reported = { ...row, reportedBy: namedOfficer(ctx) };
        requireReport(row, false);
        await store.save(ctx.db, reported);
        ctx.audit({ object: `authority:${row.authorityId}:${row.generation}`, facts: { reported: true } });
        return reported;
      },
    },
    confirm: {
      spec: stepSpec('confirm-compromise', 'Another officer confirms: link certificates are revoked now, cross certificates by a job'),
      take: async (ctx, row) => {
        requireReport(row, true);
        anotherOfficer(ctx, row.reportedBy);
        await revokeLinks(ctx, { generations, lists }, row);
        await queueJob(ctx, REVOKE_BY_GENERATION, { authorityId: row.authorityId, generation: row.generation });
        return generations.move(ctx, row, 'COMPROMISED');
      },
    },
    dismiss: {
      spec: stepSpec('dismiss-compromise', 'Another officer finds the key sound: the generation goes on'),
      take: async (ctx, row) => {
        requireReport(row, true);
        anotherOfficer(ctx, row.reportedBy);
        const sound = { ...row, reportedBy: null };
        await store.save(ctx.db, sound);
        ctx.audit({ object: `authority:${row.authorityId}:${row.generation}`, facts: { reported: false } });
        return sound;
      },
    },
  };
}

/** JPKI 3.1: RETIRING or COMPROMISED -> CLOSED by two officers; the certificates and the last lists stay published. */
export function closingSteps({ generations, lastEnds }: EndingParts): Record<'endUse' | 'destroy', GenerationStep> {
  const { store } = generations;
  return {
    endUse: {
      spec: stepSpec('end-use', 'Nothing of the generation is in force any more: from now on its key signs nothing', 'CERTIFICATES_IN_FORCE'),
      take: async (ctx, row) => {
        const outOfUseBy = namedOfficer(ctx);
        if (row.keyId === null || row.outOfUseAt !== null || !NEXT_GENERATION_STATES[row.state].includes('CLOSED')) throw bridgeCaProblems.refuse('NOT_IN_STATE', { facts: { state: row.state } });
        const ends = await Promise.all(lastEnds.map((lastEnd) => lastEnd(ctx.db, row.authorityId, row.generation)));
        const last = ends.flatMap((end) => end ?? []).sort((a, b) => b.getTime() - a.getTime())[0];
        if (!isClosable(row.state, last, LIST_LIFE_MS.ARL, ctx.now)) throw bridgeCaProblems.refuse('CERTIFICATES_IN_FORCE', { facts: { lastEnd: last?.toISOString() ?? '' } });
        const ended = { ...row, outOfUseAt: ctx.now, outOfUseBy };
        await store.save(ctx.db, ended);
        ctx.audit({ object: `authority:${row.authorityId}:${row.generation}`, facts: { outOfUse: true } });
        return ended;
      },
    },
    destroy: {
      spec: stepSpec('destroy-key', 'Another officer destroys the key that is out of use'),
      take: async (ctx, row) => {
        if (row.outOfUseAt === null || row.state === 'CLOSED') throw bridgeCaProblems.refuse('NOT_IN_STATE', { facts: { state: row.state } });
        anotherOfficer(ctx, row.outOfUseBy);
        await generations.destroyKey(row);
        return generations.move(ctx, row, 'CLOSED');
      },
    },
  };
}

/** Links that certify the key, or were signed with it: neither holds once it is in other hands. */
async function revokeLinks(ctx: Ctx, { generations, lists }: Pick<EndingParts, 'generations' | 'lists'>, { authorityId, generation }: GenerationRow): Promise<void> {
  const links = (await generations.store.links(ctx.db, authorityId)).filter((link) => link.generation === generation || link.former === generation);
  await lists.revoke(ctx.db, links.map(({ serial, notAfter }) => ({ authorityId, serial, notAfter, list: 'ARL', revokedAt: ctx.now, reason: 'cACompromise', invalidityDate: null })));
  if (links.length > 0) await queueLists(ctx, { list: 'ARL', authorityIds: [authorityId], scheduled: false });
}

/** JPKI 4.11: every cross-certification in which the key took part, one a step. */
export class RevokeByGeneration implements JobKind {
  readonly kind = REVOKE_BY_GENERATION;

  constructor(private readonly desk: CrossDesk) {}

  async step(ctx: Ctx, job: Job): Promise<StepOutcome> {
    const { authorityId, generation } = parameters.parse(job.parameters);
    const [id] = await this.desk.store.byGeneration(ctx.db, authorityId, generation);
    if (id === undefined) return { cursor: null, done: job.done, result: { revoked: job.done } };
    const record = await this.desk.take(ctx, id);
    if (record.state !== 'REVOKED' && record.state !== 'EXPIRED') await this.desk.revoke(ctx, record, 'KEY_COMPROMISE');
    return { cursor: null, done: job.done + 1 };
  }
}
