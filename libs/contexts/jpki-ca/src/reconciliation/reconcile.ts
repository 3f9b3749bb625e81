import { isSameOfficer } from '#kernel';
import { z } from 'zod';
import { jpkiCaProblems } from '#contracts/jpki-ca';
import { found, officerOf, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { namedOfficer } from '../ca/named-officer.js';
import { reference } from '../certificate/certificate-answer.js';
import type { PublishedEvidence } from './published-evidence.js';
import type { Reentry } from './reentry.js';
import type { ReconciliationRow, ReconciliationStore } from './reconciliation.store.js';
import type { SigningGuard } from './signing-guard.js';
import type { StatusCopier } from './status-copier.js';

const view = z.object({
  id: z.uuid(), state: z.enum(['REQUESTED', 'RUNNING', 'DONE']), evidenceRef: z.string(), requestedAt: z.iso.datetime(), finishedAt: z.iso.datetime().nullable(),
  copies: z.number().int().describe('copies of statuses that are still to be taken in'),
  reentered: z.number().int().describe('certificates whose published status was entered again'),
  unrecorded: z.number().int().describe('certificates that were published and have no record'),
  unverifiedLists: z.number().int().describe('lists that no key of the authority signed, which were not taken in'),
});

export interface ReconciliationParts {
  readonly store: ReconciliationStore;
  readonly evidence: PublishedEvidence;
  readonly guard: SigningGuard;
  readonly copier: StatusCopier;
  readonly reentry: Reentry;
}

const requestSpec = useCase({
  action: 'jpki-ca.reconciliation.request',
  kind: 'command',
  summary: 'A named officer asks for what was published after the state of a restored database to be entered again; another one confirms',
  input: z.strictObject({ evidenceRef: reference.describe('the order to restore, or the report of the loss') }),
  output: view,
  refusals: refusals(jpkiCaProblems, 'NOT_IN_STATE', 'OPERATOR_NOT_ASSERTED', 'RECONCILIATION_OPEN'),
});

/** JPKI 7: only for a database that is behind. */
export class RequestReconciliation implements UseCase<typeof requestSpec> {
  readonly spec = requestSpec;

  constructor(private readonly parts: ReconciliationParts) {}

  async execute(ctx: Ctx, { evidenceRef }: InputOf<typeof requestSpec>): Promise<OutputOf<typeof requestSpec>> {
    namedOfficer(ctx);
    const { store, evidence, copier, guard } = this.parts;
    await copier.examine(ctx.db);
    if (guard.database !== 'BEHIND') throw jpkiCaProblems.refuse('NOT_IN_STATE', { facts: { state: guard.database } });
    const last = (await evidence.newestCopy())?.head.copy ?? 0;
    let next = last;
    const isKnown = async (number: number): Promise<boolean> => {
      const copy = await evidence.copy(number);
      return copy !== undefined && copier.knows(ctx.db, copy.head);
    };
    while (next > 1 && !(await isKnown(next - 1))) next -= 1;
    const id = await store.insert(ctx.db, { evidence_ref: evidenceRef, requested_by: officerOf(ctx), requested_at: ctx.now, next_copy: next, last_copy: last });
    if (id === undefined) throw jpkiCaProblems.refuse('RECONCILIATION_OPEN');
    ctx.audit({ object: `reconciliation:${id}`, facts: { evidenceRef, copies: last - next + 1 } });
    return viewOf(found(await store.lock(ctx.db, id)));
  }
}

const confirmSpec = useCase({
  action: 'jpki-ca.reconciliation.confirm',
  kind: 'process',
  summary: 'A second officer confirms: what was published is entered again, then issuing, lists and answers go on; repeated, it goes on where it was',
  input: z.strictObject({ id: z.uuid() }),
  output: view,
  refusals: [...refusals(jpkiCaProblems, 'OPERATOR_NOT_ASSERTED', 'SAME_OFFICER'), ...refusals(platformProblems, 'NOT_FOUND', 'UNAVAILABLE')],
});

/** JPKI 7. No job: lists that wait for it keep the queue. */
export class ConfirmReconciliation implements UseCase<typeof confirmSpec> {
  readonly spec = confirmSpec;

  constructor(private readonly parts: ReconciliationParts) {}

  async execute(ctx: Ctx, { id }: InputOf<typeof confirmSpec>): Promise<OutputOf<typeof confirmSpec>> {
    namedOfficer(ctx);
    const { store, copier, guard, reentry } = this.parts;
    await ctx.transaction(async (tx) => {
      const row = found(await store.lock(tx.db, id));
      if (isSameOfficer(row.requested_by, officerOf(tx))) throw jpkiCaProblems.refuse('SAME_OFFICER');
      if (row.state !== 'REQUESTED') return;
      await store.save(tx.db, { ...row, state: 'RUNNING', confirmed_by: officerOf(tx) });
      tx.audit({ object: `reconciliation:${id}`, facts: { from: row.state, to: 'RUNNING' } });
    });
    const step = (tx: Ctx): Promise<boolean> => reentry.step(tx, id);
    while (await ctx.transaction(step));
    await copier.examine(ctx.db);
    // The database agrees once a copy of it follows on those that it had not known; all processes look at the newest.
    if (guard.database === 'BEHIND' && !(await copier.agree(ctx))) throw platformProblems.refuse('UNAVAILABLE');
    await copier.examine(ctx.db);
    ctx.audit({ object: `reconciliation:${id}`, facts: { database: guard.database } });
    return ctx.transaction(async (tx) => viewOf(found(await store.lock(tx.db, id))));
  }
}

const listSpec = useCase({
  action: 'jpki-ca.reconciliation.list',
  kind: 'question',
  summary: 'Whether the database knows all that was published, reconciliations, the newest first, and how many certificates have no record',
  input: z.strictObject({}),
  output: z.object({
    database: z.enum(['AGREES', 'BEHIND', 'UNKNOWN']), items: z.array(view),
    unrecorded: z.array(z.object({ municipalityCode: z.string().nullable(), certificates: z.number().int() })),
  }),
  refusals: [],
});

export class ListReconciliations implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly parts: ReconciliationParts) {}

  async execute(ctx: Ctx): Promise<OutputOf<typeof listSpec>> {
    const { store, guard } = this.parts;
    ctx.audit({ object: 'reconciliations' });
    return { database: guard.database, items: (await store.list(ctx.db)).map(viewOf), unrecorded: await store.unrecorded(ctx.db) };
  }
}

function viewOf(row: ReconciliationRow): z.input<typeof view> {
  return {
    id: row.id, state: row.state, evidenceRef: row.evidence_ref, requestedAt: row.requested_at.toISOString(), finishedAt: row.finished_at?.toISOString() ?? null,
    copies: Math.max(0, row.last_copy - row.next_copy + 1), reentered: row.reentered, unrecorded: row.unrecorded, unverifiedLists: row.unverified_lists,
  };
}
