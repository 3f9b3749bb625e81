import type { PersonView } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import type { Db, FieldCipher, Row } from '#platform';
import type { PersonStatus } from './person-status.js';
import { type SegmentRow, toSegment } from './resident.store.js';
import type { Segment } from './segment.js';

export interface ResolvedCode extends Row {
  readonly position: number;
  readonly person_key: string;
  readonly municipality_code: string;
  readonly status: PersonStatus;
  readonly superseded: boolean;
  /** Day of entry of the present record; this and the next are null of whoever is settled with the asker. */
  readonly since: string | null;
  readonly move_pending: boolean | null;
}

interface ViewRow extends Row {
  readonly person_key: string;
  readonly fact_version: number;
  readonly status: PersonStatus;
  readonly municipality_code: string;
  readonly name_kanji: string;
  readonly name_kana: string;
  readonly alias_name: string;
  readonly birth_date: string;
  readonly sex: string;
  readonly address: string;
  readonly town_code: string;
  readonly postal_code: string;
  readonly foreign_resident: boolean;
  readonly former_surname: string;
}

/** What holds from a date on is told from that date on (JUKI-3.2). */
export const EFFECTIVE_STATUS = 'CASE WHEN p.next_status_on <= $2::date THEN p.next_status ELSE p.status END AS status';

/** Persons one by one, so that each look-up goes to one partition: a list would be sought in all eight. */
const ASKED = '(SELECT DISTINCT unnest($1::uuid[]) AS person_key) AS asked';

const CURRENT = 's.person_key = p.person_key AND s.municipality_code = p.municipality_code AND s.stay = p.stay';

/** The present record is on its way out, or a move from it is notified, and nobody has entered the person elsewhere (JUKI-3.2, 3.4). */
const MOVE_PENDING = `(s.state IN ('OUT_PLANNED', 'CLOSED_MOVED') OR EXISTS (SELECT FROM transfer_case t WHERE t.person_key = p.person_key AND t.from_code = p.municipality_code
  AND t.state IN ('OUT_NOTIFIED', 'CERTIFICATE_ISSUED', 'CERT_INFO_HELD', 'CERT_INFO_REQUESTED', 'CERT_INFO_SENT', 'EXPIRED')))`;

/** Narrow reads for neighbours, one query each. */
export class PersonViewStore {
  constructor(private readonly cipher: FieldCipher) {}

  /** Persons of codes; `position` counts the codes from 1, codes without a person are missing. `asker` is a municipality. */
  async resolve(db: Db, residentCodes: readonly string[], now: Date, asker = ''): Promise<ResolvedCode[]> {
    return db.many<ResolvedCode>(
      // OFFSET keeps the records of the settled, nearly all of a batch, from being looked for: a page less for each.
      `SELECT asked.position, p.person_key, p.municipality_code, ${EFFECTIVE_STATUS}, c.superseded, record.since, record.move_pending
       FROM unnest($1::bytea[]) WITH ORDINALITY AS asked (code_index, position)
       JOIN resident_code c ON c.code_index = asked.code_index JOIN person p ON p.person_key = c.person_key
       LEFT JOIN LATERAL (SELECT s.entry_date AS since, ${MOVE_PENDING} AS move_pending FROM segment s
         WHERE ${CURRENT} AND (p.municipality_code <> $3 OR p.status <> 'RESIDENT' OR p.next_status IS NOT NULL) OFFSET 0) AS record ON true`,
      residentCodes.map((code) => this.cipher.blindIndex('resident-code', code)),
      localDateInJapan(now),
      asker,
    );
  }

  async ownerOfNumber(db: Db, individualNumber: string): Promise<Pick<ResolvedCode, 'person_key' | 'superseded'> | undefined> {
    return db.maybe<Pick<ResolvedCode, 'person_key' | 'superseded'>>(
      'SELECT person_key, false AS superseded FROM individual_number WHERE number_index = $1', this.cipher.blindIndex('individual-number', individualNumber),
    );
  }

  /** All stays of a person. */
  async segments(db: Db, personKey: string): Promise<Segment[]> {
    return (await db.many<SegmentRow>('SELECT * FROM segment WHERE person_key = $1', personKey)).map(toSegment);
  }

  async codes(db: Db, personKeys: readonly string[]): Promise<{ personKey: string; residentCode: string }[]> {
    const rows = await db.many<{ person_key: string; resident_code: Buffer }>(`SELECT p.person_key, p.resident_code FROM ${ASKED} JOIN person p USING (person_key)`, personKeys);
    return rows.map((row) => ({ personKey: row.person_key, residentCode: this.cipher.decrypt('person.resident_code', row.resident_code) }));
  }

  async views(db: Db, personKeys: readonly string[], now: Date): Promise<PersonView[]> {
    const rows = await db.many<ViewRow>(
      `SELECT p.person_key, p.fact_version, ${EFFECTIVE_STATUS}, p.municipality_code, s.name_kanji, s.name_kana, s.alias_name, s.birth_date, s.sex, s.address, s.town_code,
         s.postal_code, s.foreign_resident, s.former_surname
       FROM ${ASKED} JOIN person p ON p.person_key = asked.person_key JOIN segment s ON ${CURRENT}`,
      personKeys,
      localDateInJapan(now),
    );
    return rows.map(toView);
  }
}

function toView(row: ViewRow): PersonView {
  return {
    personKey: row.person_key,
    factVersion: row.fact_version,
    status: row.status,
    municipalityCode: row.municipality_code,
    nameKanji: row.name_kanji,
    nameKana: row.name_kana,
    birthDate: row.birth_date,
    sex: row.sex,
    address: row.address,
    foreignResident: row.foreign_resident,
    ...(row.alias_name === '' ? {} : { aliasName: row.alias_name }),
    ...(row.former_surname === '' ? {} : { formerSurname: row.former_surname }),
    ...(row.town_code === '' ? {} : { townCode: row.town_code }),
    ...(row.postal_code === '' ? {} : { postalCode: row.postal_code }),
  };
}
