import type { Db, FieldCipher, Row } from '#platform';
import type { KeyKind } from '../inquiry/grant.js';
import type { AcquisitionState, RefusalReason, SymbolAcquisition } from './symbol-acquisition.js';

type AcquisitionRow = Omit<SymbolAcquisition, 'reason'> & Row & { readonly reason: RefusalReason | null };

/** A request as the exchange network gets it. */
export interface ForwardedRequest extends Pick<SymbolAcquisition, 'acquisitionNo' | 'organisation' | 'personKey' | 'requestId' | 'state'> {
  readonly residentCode: string;
}

const REQUEST = `SELECT request_id AS "requestId", institution, organisation, acquisition_no AS "acquisitionNo", person_key AS "personKey", state, reason, received_at AS "receivedAt"
  FROM symbol_acquisition`;

export class SymbolAcquisitionStore {
  constructor(private readonly cipher: FieldCipher) {}

  /** False when the organisation has used the acquisition number before. */
  async add(db: Db, request: SymbolAcquisition, keyKind: KeyKind): Promise<boolean> {
    const { requestId, institution, organisation, acquisitionNo, personKey, state, receivedAt } = request;
    const added = await db.run(
      `INSERT INTO symbol_acquisition (request_id, institution, organisation, acquisition_no, person_key, key_kind, state, received_at, changed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) ON CONFLICT (institution, organisation, acquisition_no) DO NOTHING`,
      requestId, institution, organisation, acquisitionNo, personKey, keyKind, state, receivedAt.toISOString(),
    );
    return added === 1;
  }

  async ofNumber(db: Db, { institution, organisation, acquisitionNo }: Pick<SymbolAcquisition, 'acquisitionNo' | 'institution' | 'organisation'>): Promise<SymbolAcquisition> {
    return toRequest(await db.one<AcquisitionRow>(`${REQUEST} WHERE institution = $1 AND organisation = $2 AND acquisition_no = $3`, institution, organisation, acquisitionNo));
  }

  async find(db: Db, requestId: string): Promise<SymbolAcquisition | undefined> {
    const row = await db.maybe<AcquisitionRow>(`${REQUEST} WHERE request_id = $1`, requestId);
    return row === undefined ? undefined : toRequest(row);
  }

  async lock(db: Db, requestId: string): Promise<SymbolAcquisition | undefined> {
    const row = await db.maybe<AcquisitionRow>(`${REQUEST} WHERE request_id = $1 FOR UPDATE`, requestId);
    return row === undefined ? undefined : toRequest(row);
  }

  /** Requests of an organisation, the newest first. */
  async list(db: Db, owner: { readonly institution: string; readonly organisation: string }, page: { readonly before: string | undefined; readonly limit: number }): Promise<SymbolAcquisition[]> {
    const rows = await db.many<AcquisitionRow>(
      `${REQUEST} WHERE institution = $1 AND organisation = $2 AND ($3::uuid IS NULL OR request_id < $3) ORDER BY request_id DESC LIMIT $4`,
      owner.institution, owner.organisation, page.before ?? null, page.limit,
    );
    return rows.map(toRequest);
  }

  /** The next requests without a result, with the codes that the persons have now; locked. */
  async lockWaiting(db: Db, page: { readonly after: string | undefined; readonly limit: number }): Promise<ForwardedRequest[]> {
    const rows = await db.many<Omit<ForwardedRequest, 'residentCode'> & Row & { readonly sealed: Buffer }>(
      `SELECT a.request_id AS "requestId", a.organisation, a.acquisition_no AS "acquisitionNo", a.person_key AS "personKey", a.state, p.resident_code AS sealed
       FROM symbol_acquisition a JOIN person p ON p.person_key = a.person_key
       WHERE a.state IN ('CODE_RESOLVED', 'FORWARDED') AND ($1::uuid IS NULL OR a.request_id > $1) ORDER BY a.request_id LIMIT $2 FOR UPDATE OF a`,
      page.after ?? null, page.limit,
    );
    return rows.map(({ sealed, ...row }) => ({ ...row, residentCode: this.cipher.decrypt('person.resident_code', sealed) }));
  }

  async setState(db: Db, requestIds: readonly string[], to: { readonly state: AcquisitionState; readonly reason?: RefusalReason | undefined }, at: Date): Promise<void> {
    await db.run('UPDATE symbol_acquisition SET state = $2, reason = $3, changed_at = $4 WHERE request_id = ANY($1::uuid[])', requestIds, to.state, to.reason ?? null, at.toISOString());
  }
}

function toRequest({ reason, ...row }: AcquisitionRow): SymbolAcquisition {
  return { ...row, reason: reason ?? undefined };
}
