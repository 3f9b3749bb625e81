import { numberingProblems } from '#contracts/numbering';
import { log, uuidv7, type Ctx, type JournalTable } from '#platform';

const HOUR_MS = 3_600_000;
/** Links that a client may read in an hour without a second officer (NUM-4.9). */
export const MOST_READ = 1_000;

const linkReads: JournalTable = { name: 'link_read', columns: { client: 'text', at: 'timestamptz', read_id: 'uuid', people: 'text[]', released_by: 'text' } };

/**
 * Counts reads of the link outside of sealed batches. Kept as a journal, so that no restart forgets them; concurrent reads may pass
 * the limit together, the next one does not.
 */
export class LinkReads {
  /** Links that the client has read in the last hour, or since an officer let it go on. */
  async count(ctx: Ctx): Promise<number> {
    const { links } = await ctx.db.one<{ links: number }>(
      `SELECT coalesce(sum(cardinality(people)), 0)::int AS links FROM link_read WHERE client = $1
         AND at > greatest($2, (SELECT max(at) FROM link_read WHERE client = $1 AND released_by IS NOT NULL))`,
      ctx.actor.clientId, new Date(ctx.now.getTime() - HOUR_MS).toISOString(),
    );
    return links;
  }

  /** Refuses LINK_READS_HALTED beyond the limit; the refusal stands in the audit trail. */
  async permit(ctx: Ctx): Promise<void> {
    if ((await this.count(ctx)) >= MOST_READ) throw numberingProblems.refuse('LINK_READS_HALTED');
  }

  /** Notes whose links are read; the read that reaches the limit raises the alarm. */
  async note(ctx: Ctx, people: readonly string[]): Promise<void> {
    const before = await this.count(ctx);
    ctx.journal(linkReads, { client: ctx.actor.clientId, at: ctx.now, read_id: uuidv7(), people });
    if (before >= MOST_READ || before + people.length < MOST_READ) return;
    log.error('alarm: links read within an hour', { action: 'numbering.link', client: ctx.actor.clientId, correlationId: ctx.correlationId, count: before + people.length });
    ctx.audit({ object: `link-reads:${ctx.actor.clientId}`, facts: { alarm: true, links: before + people.length } });
  }

  /** Lets a client go on. */
  release(ctx: Ctx, client: string, officer: string): void {
    ctx.journal(linkReads, { client, at: ctx.now, read_id: uuidv7(), people: [], released_by: officer });
  }
}
