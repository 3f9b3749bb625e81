import type { Db, Row } from '#platform';
import { placeKey } from './place-key.js';

interface PlaceRow extends Row {
  readonly person_key: string;
  readonly municipality_code: string;
  readonly stay: number;
  /** Of a former address. */
  readonly person_seq: number | null;
  readonly birth_date: string;
  readonly address: string;
}

const SAME_STAY = 't.person_key = k.person_key AND t.municipality_code = k.municipality_code AND t.stay = k.stay';
const KEYED = 'FROM unnest($1::uuid[], $2::text[], $3::smallint[], $4::int[], $5::bigint[]) AS k (person_key, municipality_code, stay, person_seq, place_key)';

/** Records and former addresses whose place key was not computed yet. */
export async function unkeyedPlaces(db: Db, limit: number): Promise<PlaceRow[]> {
  return db.manyPlanned<PlaceRow>(
    `(SELECT s.person_key, s.municipality_code, s.stay, NULL::int AS person_seq, s.birth_date, s.address FROM segment s WHERE s.place_key = 0 LIMIT $1)
     UNION ALL
     (SELECT f.person_key, f.municipality_code, f.stay, f.person_seq, t.birth_date, f.address FROM former_address f
      JOIN segment t ON t.person_key = f.person_key AND t.municipality_code = f.municipality_code AND t.stay = f.stay WHERE f.place_key = 0 LIMIT $1)`,
    limit,
  );
}

/** A row that has another address by now has its key by whoever wrote that. */
export async function keyPlaces(db: Db, rows: readonly PlaceRow[]): Promise<void> {
  const keys = rows.map(({ birth_date: birthDate, address }) => placeKey(birthDate, address));
  const columns = [rows.map((row) => row.person_key), rows.map((row) => row.municipality_code), rows.map((row) => row.stay), rows.map((row) => row.person_seq), keys];
  await db.run(`UPDATE segment t SET place_key = k.place_key ${KEYED} WHERE ${SAME_STAY} AND k.person_seq IS NULL AND t.place_key = 0`, ...columns);
  await db.run(`UPDATE former_address t SET place_key = k.place_key ${KEYED} WHERE ${SAME_STAY} AND t.person_seq = k.person_seq AND t.place_key = 0`, ...columns);
}
