import { log, type Ctx, type Db, type Schedule } from '#platform';
import type { PublishedEvidence } from './published-evidence.js';
import { haveRisen } from './reconciliation.js';
import type { ReconciliationStore } from './reconciliation.store.js';
import type { SigningGuard } from './signing-guard.js';
import type { CopyHead } from './status-copy.js';

/** Links of the audit chain, most of them of other lines, after which a copy is made though it says nothing: later looks begin there. */
const LONGEST_GAP = 1_000;

export interface CopierParts {
  readonly store: ReconciliationStore;
  readonly evidence: PublishedEvidence;
  readonly guard: SigningGuard;
}

/** Copies each change of status out of the database, seconds after it; by the same copies a process knows whether its database is behind them. */
export class StatusCopier {
  /** Links that were looked through in this process. */
  private looked = 0;

  constructor(private readonly parts: CopierParts) {}

  /** Whether the database has the link of the audit chain that the newest copy names. A folder that cannot be read now changes nothing. */
  async examine(db: Db): Promise<void> {
    try {
      this.parts.guard.noteDatabase((await this.knows(db, (await this.parts.evidence.newestCopy())?.head)) ? 'AGREES' : 'BEHIND');
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error)) throw error;
      log.error('what was published cannot be read', { code: 'FOLDER_UNUSABLE', error });
    }
  }

  async knows(db: Db, head: Pick<CopyHead, 'link' | 'linkHash'> | undefined): Promise<boolean> {
    return head === undefined || (await this.parts.store.link(db, head.link))?.hash.toString('hex') === head.linkHash;
  }

  schedule(): Schedule {
    const { guard, store } = this.parts;
    return {
      name: 'status-copy',
      due: (_last, now) => now.toISOString(),
      hasWork: async ({ db }) => {
        await this.examine(db);
        return guard.database === 'AGREES' && ((await store.head(db))?.seq ?? 0) > this.looked;
      },
      run: (ctx) => this.copy(ctx),
    };
  }

  /** A copy of this database that follows on all others: from now on it is the one that agrees. */
  async agree(ctx: Ctx): Promise<boolean> {
    const { evidence, store } = this.parts;
    const [last, end] = [(await evidence.newestCopy())?.head.copy ?? 0, await store.head(ctx.db)];
    if (end === undefined) return false;
    const head = { copy: last + 1, at: ctx.now.toISOString(), link: end.seq, linkHash: end.hash.toString('hex'), counters: await store.counters(ctx.db) };
    return evidence.keepCopy({ head, statuses: [] });
  }

  private async copy(ctx: Ctx): Promise<void> {
    const { evidence, store } = this.parts;
    const newest = (await evidence.newestCopy())?.head;
    const from = Math.max(this.looked, newest?.link ?? 0);
    const end = await store.nextLink(ctx.db, from);
    if (end === undefined) return;
    const [statuses, counters] = [await store.statuses(ctx.db, from, end), await store.counters(ctx.db)];
    if (statuses.length > 0 || haveRisen(newest?.counters, counters) || end.seq - (newest?.link ?? 0) >= LONGEST_GAP) {
      const head = { copy: (newest?.copy ?? 0) + 1, at: ctx.now.toISOString(), link: end.seq, linkHash: end.hash.toString('hex'), counters };
      if (!(await evidence.keepCopy({ head, statuses }))) return;
    }
    this.looked = end.seq;
  }
}
