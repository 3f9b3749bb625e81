import type { Db } from '#platform';
import type { ChangedPerson } from '../resident/resident.store.js';
import { serverOf } from './server.js';
import { enterPrefecture } from './server.store.js';

const CONTENT = `state, entry_reason, entry_date, previous_municipality_code, closed_reason, closed_date, name_kanji, name_kana, alias_name, birth_date, sex, address, town_code,
  postal_code, foreign_resident, name_kana_folded, name_kanji_key, former_surname`;
const COPIED = `${CONTENT}, resident_code, individual_number, record_version, change_reason, change_date`;
const FOLLOWS = `ON CONFLICT (prefecture, person_key, municipality_code, stay) DO UPDATE SET (${COPIED}) = ROW (${COPIED.replaceAll(/\w+/g, 'EXCLUDED.$&')})`;

/**
 * Copies the records that notices of a municipality changed to its prefecture's server, in the transaction that wrote them and within
 * PostgreSQL: of the content nothing goes through here again, and what is encrypted stays as it is. The prefecture was entered.
 */
export async function copyToPrefecture(db: Db, municipalityCode: string, changed: readonly ChangedPerson[]): Promise<void> {
  const fresh = changed.filter((person) => person.stored === undefined);
  const known = changed.filter((person) => person.stored !== undefined);
  // Nobody can have a copy of a new person: to look for one would cost a fifth of the statement.
  if (fresh.length > 0) await copyStays(db, municipalityCode, fresh, '');
  if (known.length > 0) await copyStays(db, municipalityCode, known, FOLLOWS);
}

async function copyStays(db: Db, municipalityCode: string, changed: readonly ChangedPerson[], onConflict: string): Promise<void> {
  const personKeys: string[] = [];
  const stays: number[] = [];
  const versions: number[] = [];
  const reasons: string[] = [];
  const days: string[] = [];
  for (const { personKey, notified } of changed) {
    for (const { stay, personSeq, changeReason, changeDate } of notified) {
      personKeys.push(personKey);
      stays.push(stay);
      versions.push(personSeq);
      reasons.push(changeReason);
      days.push(changeDate);
    }
  }
  await db.run(
    `INSERT INTO prefecture_record (prefecture, person_key, municipality_code, stay, ${COPIED})
     SELECT $1, k.person_key, $2, k.stay, ${CONTENT}, p.resident_code, p.individual_number, k.version, k.reason, k.day
     FROM unnest($3::uuid[], $4::smallint[], $5::int[], $6::text[], $7::date[]) AS k (person_key, stay, version, reason, day)
     CROSS JOIN LATERAL (SELECT * FROM segment WHERE segment.person_key = k.person_key AND segment.municipality_code = $2 AND segment.stay = k.stay OFFSET 0) AS s
     CROSS JOIN LATERAL (SELECT resident_code, individual_number FROM person WHERE person.person_key = k.person_key OFFSET 0) AS p
     ${onConflict}`,
    serverOf(municipalityCode), municipalityCode, personKeys, stays, versions, reasons, days,
  );
}

/** An officer settled a notice after its time: the copy follows what stands now, with the last notice that took effect (JUKI-4.5 V3). */
export async function copySettled(db: Db, municipalityCode: string, personKey: string): Promise<void> {
  await enterPrefecture(db, serverOf(municipalityCode));
  await db.run(
    `INSERT INTO prefecture_record (prefecture, person_key, municipality_code, stay, ${COPIED})
     SELECT $1, s.person_key, $2, s.stay, ${CONTENT}, p.resident_code, p.individual_number, coalesce(n.person_seq, 0), coalesce(n.change_reason, s.entry_reason),
       coalesce(n.change_date, s.entry_date)
     FROM segment s CROSS JOIN LATERAL (SELECT resident_code, individual_number FROM person WHERE person.person_key = s.person_key OFFSET 0) AS p
     LEFT JOIN LATERAL (SELECT c.person_seq, c.change_reason, c.change_date FROM change_notice c
       WHERE c.municipality_code = $2 AND c.person_key = $3 AND c.state IN ('APPLIED', 'QUARANTINED') ORDER BY c.person_seq DESC LIMIT 1) AS n ON true
     WHERE s.person_key = $3 AND s.municipality_code = $2
     ${FOLLOWS}`,
    serverOf(municipalityCode), municipalityCode, personKey,
  );
}

/** A number was designated or a code replaced: the copies of all prefectures that have a record of the persons follow. */
export async function copyIdentifiers(db: Db, personKeys: readonly string[]): Promise<void> {
  const groups = await db.many<{ prefecture: string; keys: string[] }>(
    // Person by person, so that each look-up goes to one partition.
    `SELECT left(s.municipality_code, 2) AS prefecture, array_agg(DISTINCT s.person_key) AS keys FROM unnest($1::uuid[]) AS asked (person_key)
     JOIN segment s ON s.person_key = asked.person_key GROUP BY 1 ORDER BY 1`, personKeys,
  );
  for (const { prefecture, keys } of groups) {
    await enterPrefecture(db, prefecture);
    await db.run(
      `UPDATE prefecture_record r SET resident_code = p.resident_code, individual_number = p.individual_number FROM unnest($2::uuid[]) AS k (person_key)
       CROSS JOIN LATERAL (SELECT resident_code, individual_number FROM person WHERE person.person_key = k.person_key OFFSET 0) AS p
       WHERE r.prefecture = $1 AND r.person_key = k.person_key`,
      prefecture, keys,
    );
  }
}

/** Records whose time of retention is over leave the copies with the national rows (JUKI-4.11). */
export async function dropCopies(db: Db, gone: readonly { readonly person_key: string; readonly municipality_code: string; readonly stay: number }[]): Promise<void> {
  for (const prefecture of new Set(gone.map((row) => serverOf(row.municipality_code)))) {
    const own = gone.filter((row) => serverOf(row.municipality_code) === prefecture);
    await enterPrefecture(db, prefecture);
    await db.run(
      `DELETE FROM prefecture_record r USING unnest($2::uuid[], $3::text[], $4::smallint[]) AS gone (person_key, municipality_code, stay)
       WHERE r.prefecture = $1 AND r.person_key = gone.person_key AND r.municipality_code = gone.municipality_code AND r.stay = gone.stay`,
      prefecture, own.map((row) => row.person_key), own.map((row) => row.municipality_code), own.map((row) => row.stay),
    );
  }
}
