import type { Db, FieldCipher, Row } from '#platform';

export const LINK_KINDS = ['AUTH_CERT', 'ORDINANCE_AP'] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

/** Which municipality knows the holder of a card, by the serial number of its authentication certificate or by the id of its ordinance application. */
export interface ResidentLink {
  readonly kind: LinkKind;
  readonly linkId: string;
  readonly municipalityCode: string;
  readonly residentKey: string;
  readonly cardSerial: string | null;
  /** SubjectPublicKeyInfo of the key in an ordinance application. */
  readonly publicKey: Buffer | null;
}

export interface RemovedLink extends Row {
  readonly kind: LinkKind;
  readonly linkId: string;
  readonly municipalityCode: string;
}

const RESIDENT_KEY = 'resident_link.resident_key';
const REMOVED = 'RETURNING kind, link_id AS "linkId", municipality_code AS "municipalityCode"';

export class ResidentLinkStore {
  constructor(private readonly cipher: FieldCipher) {}

  /** Takes the place of one that another municipality made: the resident has moved. */
  async save(db: Db, link: ResidentLink, at: Date): Promise<void> {
    await db.run(
      `INSERT INTO resident_link (kind, link_id, municipality_code, resident_key, card_serial, public_key, linked_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (kind, link_id) DO UPDATE SET municipality_code = excluded.municipality_code, resident_key = excluded.resident_key,
         card_serial = excluded.card_serial, public_key = excluded.public_key, linked_at = excluded.linked_at`,
      link.kind, link.linkId, link.municipalityCode, this.cipher.encrypt(RESIDENT_KEY, link.residentKey), link.cardSerial, link.publicKey, at.toISOString(),
    );
  }

  async find(db: Db, kind: LinkKind, linkId: string): Promise<ResidentLink | undefined> {
    const row = await db.maybe<Omit<ResidentLink, 'residentKey'> & { sealed: Buffer } & Row>(
      `SELECT kind, link_id AS "linkId", municipality_code AS "municipalityCode", resident_key AS sealed, card_serial AS "cardSerial", public_key AS "publicKey"
       FROM resident_link WHERE kind = $1 AND link_id = $2`,
      kind, linkId,
    );
    if (row === undefined) return undefined;
    const { sealed, ...link } = row;
    return { ...link, residentKey: this.cipher.decrypt(RESIDENT_KEY, sealed) };
  }

  /** The link of the certificate that this one renewed goes over to it; the predecessor, if there was a link. */
  async renew(db: Db, serial: string, predecessors: readonly string[]): Promise<{ predecessor: string; municipalityCode: string } | undefined> {
    const old = await db.maybe<{ predecessor: string; municipalityCode: string }>(
      `SELECT link_id AS predecessor, municipality_code AS "municipalityCode" FROM resident_link
       WHERE kind = 'AUTH_CERT' AND link_id = ANY($1::text[]) ORDER BY array_position($1::text[], link_id) LIMIT 1 FOR UPDATE`,
      predecessors,
    );
    if (old === undefined) return undefined;
    const moved = await db.run("UPDATE resident_link SET link_id = $2 WHERE kind = 'AUTH_CERT' AND link_id = $1 AND NOT EXISTS (SELECT FROM resident_link WHERE kind = 'AUTH_CERT' AND link_id = $2)", old.predecessor, serial);
    return moved === 1 ? old : undefined;
  }

  async remove(db: Db, kind: LinkKind, linkId: string, municipalityCode: string): Promise<RemovedLink | undefined> {
    return db.maybe<RemovedLink>(`DELETE FROM resident_link WHERE kind = $1 AND link_id = $2 AND municipality_code = $3 ${REMOVED}`, kind, linkId, municipalityCode);
  }

  async removeOfCard(db: Db, cardSerial: string): Promise<RemovedLink[]> {
    return db.many<RemovedLink>(`DELETE FROM resident_link WHERE card_serial = $1 ${REMOVED}`, cardSerial);
  }
}
