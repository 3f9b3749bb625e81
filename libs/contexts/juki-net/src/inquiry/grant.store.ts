import { inquiryItem, type InquiryItem } from '#contracts/juki-net';
import { toLocalDate } from '#kernel';
import type { Db, Row } from '#platform';
import { z } from 'zod';
import { type FeeClass, KEY_KINDS, MODES, type ProvisionGrant, type Schedule } from './grant.js';

export type Grant = ProvisionGrant<InquiryItem>;

interface GrantRow extends Row {
  readonly grant_id: string;
  readonly institution: string;
  readonly organisation: string;
  readonly affair: string;
  readonly legal_basis: string;
  readonly schedule: Schedule | null;
  readonly items: string[];
  readonly modes: string[];
  readonly key_kinds: string[];
  readonly protective_exempt: boolean;
  readonly tells_deceased: boolean;
  readonly tells_protection: boolean;
  readonly fee_class: FeeClass;
  readonly valid_from: string;
  readonly valid_until: string;
  readonly state: Grant['state'];
  readonly drafted_by: string;
  readonly approved_by: string | null;
}

const lists = z.object({ items: z.array(inquiryItem), modes: z.array(z.enum(MODES)), keyKinds: z.array(z.enum(KEY_KINDS)) });
const COLUMNS = 'grant_id, institution, organisation, affair, legal_basis, items, modes, key_kinds, protective_exempt, fee_class, valid_from, valid_until, state, drafted_by, approved_by, schedule, tells_deceased, tells_protection';
/** A suspension takes hold everywhere within this time. */
const CACHED_MS = 5_000;

export class GrantStore {
  private readonly cache = new Map<string, { readonly grant: Promise<Grant | undefined>; readonly until: number }>();

  async add(db: Db, grant: Grant, at: Date): Promise<void> {
    await db.run(
      `INSERT INTO provision_grant (${COLUMNS}, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
      grant.grantId, grant.institution, grant.organisation, grant.affair, grant.legalBasis, grant.items, grant.modes, grant.keyKinds, grant.protectiveExempt, grant.feeClass,
      grant.validFrom, grant.validUntil, grant.state, grant.draftedBy, grant.approvedBy ?? null, grant.schedule ?? null, grant.tellsDeceased, grant.tellsProtection, at.toISOString(),
    );
  }

  async lock(db: Db, grantId: string): Promise<Grant | undefined> {
    const row = await db.maybe<GrantRow>(`SELECT ${COLUMNS} FROM provision_grant WHERE grant_id = $1 FOR UPDATE`, grantId);
    return row === undefined ? undefined : toGrant(row);
  }

  async find(db: Db, grantId: string): Promise<Grant | undefined> {
    const row = await db.maybe<GrantRow>(`SELECT ${COLUMNS} FROM provision_grant WHERE grant_id = $1`, grantId);
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
    const grant = this.find(db, grantId);
    if (this.cache.size >= 10_000) this.cache.clear();
    this.cache.set(grantId, { grant, until: now.getTime() + CACHED_MS });
    grant.catch(() => this.cache.delete(grantId));
    return grant;
  }
}

function toGrant(row: GrantRow): Grant {
  return {
    grantId: row.grant_id, institution: row.institution, organisation: row.organisation, affair: row.affair, legalBasis: row.legal_basis,
    ...lists.parse({ items: row.items, modes: row.modes, keyKinds: row.key_kinds }),
    protectiveExempt: row.protective_exempt, tellsDeceased: row.tells_deceased, tellsProtection: row.tells_protection, feeClass: row.fee_class, validFrom: toLocalDate(row.valid_from), validUntil: toLocalDate(row.valid_until), state: row.state,
    draftedBy: row.drafted_by, approvedBy: row.approved_by ?? undefined, schedule: row.schedule ?? undefined,
  };
}
