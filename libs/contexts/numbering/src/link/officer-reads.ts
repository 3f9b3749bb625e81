import { log, uuidv7, type Ctx, type JournalTable } from '#platform';
import { alertOf, DAY_MS, HOUR_MS, NOBODY, type OfficerCount } from './officer-alert.js';

const officerReads: JournalTable = { name: 'officer_read', columns: { client: 'text', officer: 'text', at: 'timestamptz', read_id: 'uuid', person: 'text' } };

/** Counts what each officer of an institution asks, beside the limits of its client (NUM-7): nobody is stopped, the alert is for those who watch. */
export class OfficerReads {
  /** Notes whose number was asked for. Programs that assert no officer are counted by their client alone. */
  async note(ctx: Ctx, person: string): Promise<void> {
    const { clientId: client, operator: officer } = ctx.actor;
    if (officer === undefined) return;
    const before = await ctx.db.one<OfficerCount & Record<string, unknown>>(
      `SELECT count(*) FILTER (WHERE at > $4)::int AS asked, count(*) FILTER (WHERE person = $5)::int AS "samePerson" FROM officer_read
       WHERE client = $1 AND officer = $2 AND at > $3`,
      client, officer, new Date(ctx.now.getTime() - DAY_MS).toISOString(), new Date(ctx.now.getTime() - HOUR_MS).toISOString(), person,
    );
    ctx.journal(officerReads, { client, officer, at: ctx.now, read_id: uuidv7(), person });
    const alert = alertOf(before, person);
    if (alert === undefined) return;
    log.error('alarm: an officer asks for numbers more than the work explains', { action: 'numbering.link', client, code: alert, correlationId: ctx.correlationId });
    ctx.audit({ object: `officer-reads:${client}`, subjects: person === NOBODY ? [] : [person], facts: { alert } });
  }
}
