import type { Db, Row } from '#platform';
import type { Milestone, ReadinessItem, ReadinessState, TicketCategory } from './readiness.js';

export interface ItemRow extends Row, ReadinessItem {
  readonly evidence: string | null;
  readonly blockerTicketId: string | null;
  readonly changedAt: Date;
}

interface ChangedItem {
  readonly municipalityCode: string;
  readonly milestone: Milestone;
  readonly state: ReadinessState;
  readonly evidence: string | undefined;
  readonly blockerTicketId: string | undefined;
  readonly at: Date;
}

/** What a ticket holds: a wave with its municipalities, or one municipality, with the batch or the assignment where it is about one. */
export interface TicketLink extends Row {
  readonly ticketId: string;
  readonly batchId: string | null;
  readonly waveId: string | null;
  readonly assignmentId: string | null;
  readonly municipalityCode: string | null;
  readonly category: TicketCategory | null;
  readonly blocksWave: boolean;
}

/** A municipality with its items and the tickets that hold it. */
export interface Standing {
  readonly municipalityCode: string;
  readonly items: readonly ReadinessItem[];
  readonly tickets: readonly string[];
}

const ITEM = `milestone, state, due_on AS "dueOn", evidence, blocker_ticket_id AS "blockerTicketId", changed_at AS "changedAt"`;
const LINK = `ticket_id AS "ticketId", batch_id AS "batchId", wave_id AS "waveId", assignment_id AS "assignmentId", category, municipality_code AS "municipalityCode", blocks_wave AS "blocksWave"`;
/** Municipalities that a ticket is about; a wave's ticket is about all of its members. */
const ABOUT = `SELECT t.ticket_id, t.blocks_wave, coalesce(t.municipality_code, m.municipality_code) AS municipality_code
  FROM ticket_link t LEFT JOIN (SELECT DISTINCT wave_id, municipality_code FROM wave_member) AS m ON m.wave_id = t.wave_id WHERE t.resolved_at IS NULL`;

/** The board of municipalities and what tickets do to it. */
export class ReadinessStore {
  /** Puts municipalities on the board with the days on which their milestones are due; what they have reached stays. */
  async schedule(db: Db, plan: { municipalityCodes: readonly string[]; milestones: readonly Milestone[]; days: readonly string[]; at: Date }): Promise<void> {
    await db.run('INSERT INTO readiness_board (municipality_code, version) SELECT m, 0 FROM unnest($1::text[]) AS m ON CONFLICT DO NOTHING', plan.municipalityCodes);
    await db.run(
      `INSERT INTO readiness_item (municipality_code, milestone, state, due_on, changed_at)
       SELECT m, d.milestone, 'NOT_STARTED', d.due_on, $4 FROM unnest($1::text[]) AS m, unnest($2::text[], $3::date[]) AS d (milestone, due_on)
       ON CONFLICT (municipality_code, milestone) DO UPDATE SET due_on = excluded.due_on`,
      plan.municipalityCodes, plan.milestones, plan.days, plan.at.toISOString(),
    );
  }

  /** Numbers the next event of each municipality, in the order of their codes, so that two changes do not wait for each other. */
  async count(db: Db, municipalityCodes: readonly string[]): Promise<{ municipalityCode: string; version: number }[]> {
    return db.many(
      `INSERT INTO readiness_board AS b (municipality_code, version) SELECT m, 1 FROM (SELECT DISTINCT unnest($1::text[]) AS m ORDER BY 1) AS changed
       ON CONFLICT (municipality_code) DO UPDATE SET version = b.version + 1 RETURNING municipality_code AS "municipalityCode", version`,
      municipalityCodes,
    );
  }

  /** The municipality's milestones with their evidence. */
  async items(db: Db, municipalityCode: string): Promise<ItemRow[]> {
    return db.many<ItemRow>(`SELECT ${ITEM} FROM readiness_item WHERE municipality_code = $1 ORDER BY due_on, milestone`, municipalityCode);
  }

  async lockItem(db: Db, municipalityCode: string, milestone: Milestone): Promise<ItemRow | undefined> {
    return db.maybe<ItemRow>(`SELECT ${ITEM} FROM readiness_item WHERE municipality_code = $1 AND milestone = $2 FOR UPDATE`, municipalityCode, milestone);
  }

  async set(db: Db, item: ChangedItem): Promise<void> {
    await db.run(
      'UPDATE readiness_item SET state = $3, evidence = $4, blocker_ticket_id = $5, changed_at = $6 WHERE municipality_code = $1 AND milestone = $2',
      item.municipalityCode, item.milestone, item.state, item.evidence ?? null, item.blockerTicketId ?? null, item.at.toISOString(),
    );
  }

  /** How the municipalities stand whose codes begin with `prefix`, in the order of their codes: the nation is some 14,000 items. */
  async standing(db: Db, prefix: string): Promise<Standing[]> {
    const codes = await db.many<{ code: string }>(
      'SELECT municipality_code AS code FROM readiness_board WHERE starts_with(municipality_code, $1) ORDER BY municipality_code',
      prefix,
    );
    const items = await db.many<ReadinessItem & { municipalityCode: string } & Row>(
      `SELECT municipality_code AS "municipalityCode", milestone, state, due_on AS "dueOn" FROM readiness_item
       WHERE starts_with(municipality_code, $1) ORDER BY due_on, milestone`,
      prefix,
    );
    const holds = await db.many<{ municipalityCode: string; ticketId: string }>(
      `SELECT a.municipality_code AS "municipalityCode", a.ticket_id AS "ticketId" FROM (${ABOUT}) AS a
       WHERE a.blocks_wave AND starts_with(a.municipality_code, $1) ORDER BY a.ticket_id`,
      prefix,
    );
    const blank = (municipalityCode: string) => ({ municipalityCode, items: new Array<ReadinessItem>(), tickets: new Array<string>() });
    const standing = new Map(codes.map(({ code }) => [code, blank(code)]));
    for (const item of items) standing.get(item.municipalityCode)?.items.push(item);
    for (const { municipalityCode, ticketId } of holds) standing.get(municipalityCode)?.tickets.push(ticketId);
    return [...standing.values()];
  }

  /** Municipalities that the ticket is about; none when it is resolved or was never linked. */
  async concerned(db: Db, ticketId: string): Promise<string[]> {
    const rows = await db.many<{ code: string }>(`SELECT a.municipality_code AS code FROM (${ABOUT}) AS a WHERE a.ticket_id = $1`, ticketId);
    return rows.map(({ code }) => code);
  }

  async lockLink(db: Db, ticketId: string): Promise<TicketLink | undefined> {
    return db.maybe<TicketLink>(`SELECT ${LINK} FROM ticket_link WHERE ticket_id = $1 AND resolved_at IS NULL FOR UPDATE`, ticketId);
  }

  async link(db: Db, link: TicketLink, at: Date): Promise<void> {
    await db.run(
      `INSERT INTO ticket_link (ticket_id, batch_id, wave_id, municipality_code, blocks_wave, linked_at, assignment_id, category) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (ticket_id) DO UPDATE SET batch_id = excluded.batch_id, wave_id = excluded.wave_id, municipality_code = excluded.municipality_code,
         blocks_wave = excluded.blocks_wave, linked_at = excluded.linked_at, assignment_id = excluded.assignment_id, category = excluded.category, resolved_at = NULL, ministry_reference = NULL`,
      link.ticketId, link.batchId, link.waveId, link.municipalityCode, link.blocksWave, at.toISOString(), link.assignmentId, link.category,
    );
  }

  /** Ends the ticket; items that it blocked are in progress again and are told. */
  async resolve(db: Db, { ticketId, ministryReference }: { ticketId: string; ministryReference?: string | undefined }, at: Date): Promise<{ municipalityCode: string; milestone: Milestone }[]> {
    await db.run('UPDATE ticket_link SET resolved_at = $2, ministry_reference = $3 WHERE ticket_id = $1', ticketId, at.toISOString(), ministryReference ?? null);
    return db.many(
      `UPDATE readiness_item SET state = 'IN_PROGRESS', blocker_ticket_id = NULL, changed_at = $2 WHERE blocker_ticket_id = $1
       RETURNING municipality_code AS "municipalityCode", milestone`,
      ticketId, at.toISOString(),
    );
  }

  /** Open tickets about these municipalities, or about the nation's waves, by what they are about. */
  async openTickets(db: Db, prefix: string): Promise<Partial<Record<TicketCategory, number>>> {
    const rows = await db.many<{ category: TicketCategory; tickets: number }>(
      "SELECT category, count(*)::int AS tickets FROM ticket_link WHERE resolved_at IS NULL AND category IS NOT NULL AND starts_with(coalesce(municipality_code, ''), $1) GROUP BY category", prefix,
    );
    return Object.fromEntries(rows.map(({ category, tickets }) => [category, tickets]));
  }

  /** The municipality of a batch or an assignment, or whether a wave exists. */
  async target(db: Db, target: { batchId?: string | undefined; waveId?: string | undefined; assignmentId?: string | undefined }): Promise<{ municipalityCode: string | null } | undefined> {
    return db.maybe(
      'SELECT municipality_code AS "municipalityCode" FROM generation_batch WHERE batch_id = $1 UNION ALL SELECT NULL FROM wave WHERE wave_id = $2 UNION ALL SELECT municipality_code FROM assignment WHERE assignment_id = $3',
      target.batchId ?? null, target.waveId ?? null, target.assignmentId ?? null,
    );
  }
}
