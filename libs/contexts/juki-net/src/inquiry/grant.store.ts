import { inquiryItem, type InquiryItem } from '#contracts/juki-net';
import { localDateInJapan, type LocalDate, startOfDayInJapan, toLocalDate } from '#kernel';
import type { Db, Row } from '#platform';
import { z } from 'zod';
import { type FeeClass, KEY_KINDS, MODES, type ProvisionGrant } from './grant.js';
import { type RowTerm, type Schedule, SCHEDULES } from './schedule-row.js';

export type Grant = ProvisionGrant<InquiryItem>;

interface GrantRow extends Row {
  readonly grant_id: string;
  readonly institution: string;
  readonly organisation: string;
  readonly affair: string;
  readonly legal_basis: string;
  readonly schedule: Schedule | null;
  readonly schedule_row: string | null;
  readonly rows: unknown;
  readonly daily_quota: number | null;
  readonly told_today: number;
  readonly items: string[];
  readonly modes: string[];
  readonly key_kinds: string[];
  readonly protective_exempt: boolean;
  readonly tells_deceased: boolean;
  readonly tells_protection: boolean;
  readonly tells_former_address: boolean;
  readonly fee_class: FeeClass;
  readonly valid_from: string;
  readonly valid_until: string;
  readonly state: Grant['state'];
  readonly drafted_by: string;
  readonly approved_by: string | null;
}

const lists = z.object({ items: z.array(inquiryItem), modes: z.array(z.enum(MODES)), keyKinds: z.array(z.enum(KEY_KINDS)) });
const versions = z.array(z.object({
  schedule: z.number(), usesNumbers: z.boolean(), validFrom: z.string().transform(toLocalDate), validUntil: z.string().transform(toLocalDate).nullable().transform((day) => day ?? undefined),
})).nullable();
/** Of the grant `g`. */
const ROWS = `(SELECT json_agg(json_build_object('schedule', r.schedule, 'usesNumbers', r.uses_numbers, 'validFrom', r.valid_from, 'validUntil', r.valid_until)) FROM schedule_row r
  WHERE r.state = 'APPROVED' AND r.affair = g.affair AND (g.schedule IS NULL OR r.schedule = g.schedule) AND (g.schedule_row IS NULL OR r.row_no = g.schedule_row)) AS rows`;
const COLUMNS = `grant_id, institution, organisation, affair, legal_basis, items, modes, key_kinds, protective_exempt, fee_class, valid_from, valid_until, state, drafted_by, approved_by,
  schedule, tells_deceased, tells_protection, schedule_row, daily_quota, tells_former_address`;
const GRANT = `SELECT ${COLUMNS}, ${ROWS}, coalesce((SELECT d.told FROM grant_day d WHERE d.grant_id = g.grant_id AND d.day = $2), 0) AS told_today
  FROM provision_grant g WHERE grant_id = $1`;
/** A suspension takes hold everywhere within this time. */
const CACHED_MS = 5_000;

export class GrantStore {
  private readonly cache = new Map<string, { readonly grant: Promise<Grant | undefined>; readonly until: number }>();

  async add(db: Db, grant: Grant, at: Date): Promise<void> {
    await db.run(
      `INSERT INTO provision_grant (${COLUMNS}, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`,
      grant.grantId, grant.institution, grant.organisation, grant.affair, grant.legalBasis, grant.items, grant.modes, grant.keyKinds, grant.protectiveExempt, grant.feeClass,
      grant.validFrom, grant.validUntil, grant.state, grant.draftedBy, grant.approvedBy ?? null, grant.schedule ?? null, grant.tellsDeceased, grant.tellsProtection, grant.scheduleRow ?? null,
      grant.dailyQuota ?? null, grant.tellsFormerAddress, at.toISOString(),
    );
  }

  async lock(db: Db, grantId: string): Promise<Grant | undefined> {
    const row = await db.maybe<GrantRow>(`${GRANT} FOR UPDATE OF g`, grantId, null);
    return row === undefined ? undefined : toGrant(row);
  }

  /** With what was counted on the day, if one is named. */
  async find(db: Db, grantId: string, day: LocalDate | null = null): Promise<Grant | undefined> {
    const row = await db.maybe<GrantRow>(GRANT, grantId, day);
    return row === undefined ? undefined : toGrant(row);
  }

  async setState(db: Db, grant: Pick<Grant, 'grantId' | 'state' | 'approvedBy'>, at: Date): Promise<void> {
    await db.run('UPDATE provision_grant SET state = $2, approved_by = $3, changed_at = $4 WHERE grant_id = $1', grant.grantId, grant.state, grant.approvedBy ?? null, at.toISOString());
    this.cache.delete(grant.grantId);
  }

  /** For the hot path: at most five seconds old, and asked for once by all who want it at one moment. */
  async recent(db: Db, grantId: string, now: Date): Promise<Grant | undefined> {
    const cached = this.cache.get(grantId);
    if (cached !== undefined && cached.until > now.getTime()) return cached.grant;
    const grant = this.find(db, grantId, localDateInJapan(now));
    if (this.cache.size >= 10_000) this.cache.clear();
    this.cache.set(grantId, { grant, until: now.getTime() + CACHED_MS });
    grant.catch(() => this.cache.delete(grantId));
    return grant;
  }

  /** The approved versions of the rows that a draft may rest on. */
  async rows(db: Db, { affair, schedule, scheduleRow, institution }: Pick<Grant, 'affair' | 'schedule' | 'scheduleRow' | 'institution'>): Promise<RowTerm[]> {
    const named = '(SELECT $1::text AS affair, $2::int AS schedule, $3::text AS schedule_row)';
    const { rows } = await db.one<Pick<GrantRow, 'rows'>>(`SELECT ${ROWS} FROM ${named} AS g`, affair, schedule ?? null, scheduleRow ?? null);
    return rowsOf(rows, institution);
  }

  /** Adds the lines of a batch to the day, unless they are more than its quota leaves. */
  async spend(db: Db, { grantId, dailyQuota }: Pick<Grant, 'grantId' | 'dailyQuota'>, day: LocalDate, lines: number): Promise<boolean> {
    if (dailyQuota === undefined) return true;
    const spent = await db.run(
      `INSERT INTO grant_day AS d (grant_id, day, told) SELECT $1::uuid, $2::date, $3::bigint WHERE $3::bigint <= $4::bigint
       ON CONFLICT (grant_id, day) DO UPDATE SET told = d.told + excluded.told WHERE d.told + excluded.told <= $4::bigint`, grantId, day, lines, dailyQuota,
    );
    return spent === 1;
  }

  async isQuotaUsed(db: Db, since: Date): Promise<boolean> {
    const used = 'EXISTS (SELECT FROM use_record u WHERE u.at >= $1 AND u.grant_id = g.grant_id)';
    return (await db.maybe(`SELECT 1 FROM provision_grant g WHERE g.daily_quota IS NOT NULL AND ${used} LIMIT 1`, since.toISOString())) !== undefined;
  }

  /** Use records of immediate answers since the last count, which the cursor names, or since the day began. */
  async countTold(db: Db, cursor: string, until: Date): Promise<void> {
    const day = localDateInJapan(new Date(until.getTime() - 1));
    await db.run(
      `INSERT INTO grant_day AS d (grant_id, day, told)
       SELECT u.grant_id, $1::date, count(*) FROM use_record u JOIN provision_grant g ON g.grant_id = u.grant_id AND g.daily_quota IS NOT NULL
       WHERE u.mode LIKE 'IMMEDIATE%' AND u.at >= greatest($2::timestamptz, (SELECT nullif(value, '')::timestamptz FROM cursor WHERE name = $4)) AND u.at < $3 GROUP BY u.grant_id
       ON CONFLICT (grant_id, day) DO UPDATE SET told = d.told + excluded.told`,
      day, startOfDayInJapan(day).toISOString(), until.toISOString(), cursor,
    );
  }
}

function toGrant(row: GrantRow): Grant {
  return {
    grantId: row.grant_id, institution: row.institution, organisation: row.organisation, affair: row.affair, legalBasis: row.legal_basis,
    ...lists.parse({ items: row.items, modes: row.modes, keyKinds: row.key_kinds }),
    protectiveExempt: row.protective_exempt, tellsDeceased: row.tells_deceased, tellsProtection: row.tells_protection, feeClass: row.fee_class, validFrom: toLocalDate(row.valid_from), validUntil: toLocalDate(row.valid_until), state: row.state,
    draftedBy: row.drafted_by, approvedBy: row.approved_by ?? undefined, schedule: row.schedule ?? undefined, scheduleRow: row.schedule_row ?? undefined, rows: rowsOf(row.rows, row.institution),
    dailyQuota: row.daily_quota ?? undefined, toldToday: row.told_today, tellsFormerAddress: row.tells_former_address,
  };
}

function rowsOf(rows: unknown, institution: string): RowTerm[] {
  return (versions.parse(rows) ?? []).filter(({ schedule }) => Object.entries(SCHEDULES).some(([number, organ]) => number === String(schedule) && organ === institution));
}
