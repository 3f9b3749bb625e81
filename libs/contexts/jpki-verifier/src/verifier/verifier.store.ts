import { z } from 'zod';
import type { LocalDate } from '#kernel';
import type { Db, FieldCipher, Row } from '#platform';
import type { VerifierState } from '#contracts/jpki-verifier';
import type { Agreement, ReturnReason, SuspensionReason, Verifier } from './verifier.js';

const contact = z.object({ desk: z.string(), phone: z.string(), mail: z.string() });
/** A desk of the verifier that answers day and night. */
export type Contact = z.output<typeof contact>;
const contacts = z.array(contact);

export interface VerifierRecord extends Verifier, Agreement {
  readonly id: string;
  readonly organisation: string;
  readonly hearingRef: string | null;
  readonly disclosureRef: string | null;
  readonly testRef: string | null;
  /** SHA-256 of the client certificate by which it connects. */
  readonly clientCertificate: string | null;
  readonly certificationNo: string | null;
  readonly renewalNo: string | null;
  readonly contacts: readonly Contact[];
  /** First access to production. */
  readonly grantedAt: Date | null;
  /** When it was given the access that it has, and by which client. */
  readonly providedAt: Date | null;
  readonly providedBy: string | null;
  /** Why it was returned or suspended. */
  readonly reason: ReturnReason | SuspensionReason | null;
  /** How often partners had to be told of its access. */
  readonly told: number;
  /** Changes told to neighbours; an inquiry is none. */
  readonly version: number;
  readonly openedAt: Date;
}

type SealedRow = Omit<VerifierRecord, 'contacts'> & { readonly contacts: Buffer | null } & Row;

const COLUMNS = `id, organisation, class, state, hearing_ref AS "hearingRef", disclosure_ref AS "disclosureRef", test_ref AS "testRef",
  client_certificate AS "clientCertificate", certification_no AS "certificationNo", certification_expiry AS "certificationExpiry", renewal_no AS "renewalNo",
  renewal_expiry AS "renewalExpiry", purposes, modes, network, contacts, checked_by AS "checkedBy", granted_at AS "grantedAt", provided_at AS "providedAt",
  provided_by AS "providedBy", reason, told, version, opened_at AS "openedAt"`;
export const CONTACTS = 'verifier.contacts';

export class VerifierStore {
  constructor(private readonly cipher: FieldCipher) {}

  /** False when the organisation has one that is not over. */
  async add(db: Db, opened: Pick<VerifierRecord, 'id' | 'organisation' | 'class' | 'state' | 'openedAt'>): Promise<boolean> {
    const added = await db.run(
      `INSERT INTO verifier (id, organisation, class, state, purposes, modes, told, version, opened_at, changed_at) VALUES ($1, $2, $3, $4, '{}', '{}', 0, 0, $5, $5)
       ON CONFLICT (organisation) WHERE state NOT IN ('ENDED', 'LAPSED') DO NOTHING`,
      opened.id, opened.organisation, opened.class, opened.state, opened.openedAt.toISOString(),
    );
    return added === 1;
  }

  async find(db: Db, id: string): Promise<VerifierRecord | undefined> {
    return this.opened(await db.maybe<SealedRow>(`SELECT ${COLUMNS} FROM verifier WHERE id = $1`, id));
  }

  async lock(db: Db, id: string): Promise<VerifierRecord | undefined> {
    return this.opened(await db.maybe<SealedRow>(`SELECT ${COLUMNS} FROM verifier WHERE id = $1 FOR UPDATE`, id));
  }

  /** The newest first; ids rise with time. */
  async list(db: Db, filter: { organisation: string | undefined; state: VerifierState | undefined; before: string | undefined; limit: number }): Promise<VerifierRecord[]> {
    const rows = await db.many<SealedRow>(
      `SELECT ${COLUMNS} FROM verifier WHERE ($1::text IS NULL OR organisation = $1) AND ($2::text IS NULL OR state = $2) AND ($3::uuid IS NULL OR id < $3)
       ORDER BY id DESC LIMIT $4`,
      filter.organisation ?? null, filter.state ?? null, filter.before ?? null, filter.limit,
    );
    return rows.flatMap((row) => this.opened(row) ?? []);
  }

  /** Those of whom neighbours were told, by their ids, with their confirmers. */
  async told(db: Db, after: string | undefined, limit: number): Promise<{ readonly verifier: VerifierRecord; readonly confirmers: string[] }[]> {
    const rows = await db.many<SealedRow & { confirmers: string[] }>(
      `SELECT ${COLUMNS}, ARRAY(SELECT m.organisation FROM signature_confirmer m WHERE m.verifier_id = verifier.id ORDER BY 1) AS confirmers
       FROM verifier WHERE version > 0 AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2`,
      after ?? null, limit,
    );
    return rows.flatMap(({ confirmers, ...row }) => {
      const verifier = this.opened(row);
      return verifier === undefined ? [] : [{ verifier, confirmers }];
    });
  }

  /** Those whose certification has ended in a state that it ends, locked. */
  async lockLapsed(db: Db, today: LocalDate): Promise<VerifierRecord[]> {
    const rows = await db.many<SealedRow>(
      `SELECT ${COLUMNS} FROM verifier WHERE state IN ('CERTIFIED', 'RETURNED', 'PRODUCTION') AND certification_expiry < $1 ORDER BY id FOR UPDATE`, today,
    );
    return rows.flatMap((row) => this.opened(row) ?? []);
  }

  async save(db: Db, verifier: VerifierRecord, at: Date): Promise<void> {
    await db.run(
      `UPDATE verifier SET state = $2, hearing_ref = $3, disclosure_ref = $4, test_ref = $5, client_certificate = $6, certification_no = $7,
         certification_expiry = $8, purposes = $9, modes = $10, network = $11, contacts = $12, checked_by = $13, granted_at = $14, reason = $15, told = $16,
         changed_at = $17, renewal_no = $18, renewal_expiry = $19, provided_at = $20, provided_by = $21, version = $22 WHERE id = $1`,
      verifier.id, verifier.state, verifier.hearingRef, verifier.disclosureRef, verifier.testRef, verifier.clientCertificate,
      verifier.certificationNo, verifier.certificationExpiry,
      verifier.purposes, verifier.modes, verifier.network, verifier.contacts.length === 0 ? null : this.cipher.encrypt(CONTACTS, JSON.stringify(verifier.contacts)),
      verifier.checkedBy, verifier.grantedAt?.toISOString() ?? null, verifier.reason, verifier.told, at.toISOString(), verifier.renewalNo, verifier.renewalExpiry,
      verifier.providedAt?.toISOString() ?? null, verifier.providedBy, verifier.version,
    );
  }

  async confirmers(db: Db, verifierId: string): Promise<string[]> {
    const rows = await db.many<{ organisation: string }>('SELECT organisation FROM signature_confirmer WHERE verifier_id = $1 ORDER BY organisation', verifierId);
    return rows.map(({ organisation }) => organisation);
  }

  /** The group that the organisation belongs to now: this one, or the one that had it before. */
  async addConfirmer(db: Db, confirmer: { organisation: string; verifierId: string; at: Date; by: string }): Promise<string> {
    await db.run(
      'INSERT INTO signature_confirmer (organisation, verifier_id, added_at, added_by) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
      confirmer.organisation, confirmer.verifierId, confirmer.at.toISOString(), confirmer.by,
    );
    const { verifierId } = await db.one<{ verifierId: string }>('SELECT verifier_id AS "verifierId" FROM signature_confirmer WHERE organisation = $1', confirmer.organisation);
    return verifierId;
  }

  /** The one named, or all. */
  async removeConfirmers(db: Db, verifierId: string, organisation?: string): Promise<number> {
    return db.run('DELETE FROM signature_confirmer WHERE verifier_id = $1 AND ($2::text IS NULL OR organisation = $2)', verifierId, organisation ?? null);
  }

  private opened(row: SealedRow | undefined): VerifierRecord | undefined {
    if (row === undefined) return undefined;
    return { ...row, contacts: row.contacts === null ? [] : contacts.parse(JSON.parse(this.cipher.decrypt(CONTACTS, row.contacts))) };
  }
}
