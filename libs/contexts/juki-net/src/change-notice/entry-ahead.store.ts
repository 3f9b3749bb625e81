import type { Db } from '#platform';
import { serverOf } from '../prefecture/server.js';
import { enterPrefecture } from '../prefecture/server.store.js';

const EFFECTIVE = "state IN ('APPLIED', 'QUARANTINED')";
/** One statement a table: the key only, what the rows say stays. The move is told anew of the right person, which begins its case. */
const JOINED = [
  `DELETE FROM change_notice r USING change_notice n WHERE n.person_key = $1 AND n.${EFFECTIVE} AND r.municipality_code = n.municipality_code AND r.person_key = $2
     AND r.person_seq = n.person_seq AND r.state = 'REJECTED'`,
  `UPDATE change_notice SET person_key = $2 WHERE person_key = $1 AND ${EFFECTIVE}`,
  'UPDATE segment SET person_key = $2 WHERE person_key = $1',
  'UPDATE former_address SET person_key = $2 WHERE person_key = $1',
  'UPDATE counted_move SET person_key = $2 WHERE person_key = $1',
  'DELETE FROM transfer_case WHERE person_key = $1 AND $2::uuid IS NOT NULL',
  'DELETE FROM person WHERE person_key = $1 AND $2::uuid IS NOT NULL',
];

/** Whether anything but the register itself knows the person by this key: a number, a measure, what somebody was told. */
export async function isKnownElsewhere(db: Db, personKey: string): Promise<boolean> {
  return (await db.maybe(
    `SELECT 1 FROM person p WHERE p.person_key = $1 AND (p.individual_number IS NOT NULL OR EXISTS (SELECT FROM use_record u WHERE u.person_key = $1)
       OR EXISTS (SELECT FROM support_measure m WHERE m.person_key = $1))`, personKey,
  )) !== undefined;
}

/** All that the register has under the key of an entry ahead of its change of code becomes the person's. */
export async function joinPersons(db: Db, early: string, personKey: string, municipalities: readonly string[]): Promise<void> {
  for (const prefecture of new Set(municipalities.map((code) => serverOf(code)))) {
    await enterPrefecture(db, prefecture);
    await db.run('UPDATE prefecture_record SET person_key = $3 WHERE prefecture = $1 AND person_key = $2', prefecture, early, personKey);
  }
  for (const statement of JOINED) await db.run(statement, early, personKey);
}
