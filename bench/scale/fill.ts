import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { placeKey } from '#contexts/juki-net';
import { kanaKeyStrict, kanjiKey } from '#kernel';
import { Db, FieldCipher, masterKey, uuidv7, type CopyValue } from '#platform';
import { perSecond, timed } from '../report.js';
import { BASE_DATE, PORTION, portionsOf, residentsOf, thousands, type Portion, type Scene } from './scene.js';

/** One is written while another is made. */
const LANES = 2;
const CODES = 'juki_net.resident_code(code_index, person_key)';
const PERSONS = 'juki_net.person(person_key, fact_version, status, municipality_code, stay, resident_code, changed_on, change_reason)';
const SEGMENTS = `juki_net.segment(person_key, municipality_code, stay, state, quarantined, entry_reason, entry_date, name_kanji, name_kana, alias_name, birth_date, sex, address,
  town_code, postal_code, foreign_resident, name_kana_folded, name_kanji_key, place_key)`;
const NOTICES = `juki_net.change_notice(municipality_code, person_key, person_seq, notice_id, municipal_seq, content_index, change_reason, change_date, state, received_at)`;
/** The copies of the municipalities' prefectures, as the register makes them. */
const COPIES = `INSERT INTO juki_net.prefecture_record (prefecture, person_key, municipality_code, stay, state, entry_reason, entry_date, name_kanji, name_kana, alias_name, birth_date, sex, address,
    town_code, postal_code, foreign_resident, name_kana_folded, name_kanji_key, former_surname, resident_code, record_version, change_reason, change_date)
  SELECT left(municipality_code, 2), person_key, municipality_code, stay, state, entry_reason, entry_date, name_kanji, name_kana, alias_name, birth_date, sex, address,
    town_code, postal_code, foreign_resident, name_kana_folded, name_kanji_key, former_surname, p.resident_code, 1, entry_reason, entry_date
  FROM juki_net.segment JOIN juki_net.person p USING (person_key, municipality_code, stay) WHERE fact_version = 1 ON CONFLICT DO NOTHING`;
const SEQUENCE = `INSERT INTO juki_net.municipal_sequence (municipality_code, highest, gaps) VALUES ($1, $2, '{}')
  ON CONFLICT (municipality_code) DO UPDATE SET highest = greatest(municipal_sequence.highest, excluded.highest)`;

/**
 * Fills the register up with what a resident's first notice leaves there, without events, audit lines and a number: a size that would take
 * hours by the register's own way in. Portions that are there are left alone.
 */
export async function fillRegister({ estate, data, residents, note }: Scene): Promise<void> {
  const cipher = new FieldCipher(masterKey(join(data, 'keys')), 'juki-net');
  const pool = new pg.Pool({ connectionString: estate.adminUrl, max: LANES });
  const portions = portionsOf(residents).values();
  const lane = async (): Promise<void> => {
    const client = await pool.connect();
    for (const portion of portions) {
      if (await isThere(client, cipher, portion)) continue;
      const tookMs = await timed(() => fill(client, cipher, portion));
      note(`${thousands((portion.index + 1) * PORTION)} residents: filled up, ${thousands(perSecond(PORTION, tookMs))} rows/s on one of ${LANES} connections`);
    }
    client.release();
  };
  const indexes = await dropIndexes(pool);
  await Promise.all(Array.from({ length: LANES }, lane));
  await pool.query(COPIES);
  for (const index of indexes) await pool.query(index);
  await pool.query('VACUUM (ANALYZE) juki_net.resident_code, juki_net.person, juki_net.segment, juki_net.change_notice, juki_net.prefecture_record');
  await pool.end();
}

/**
 * Millions of rows that come at random places of wide indexes would write each page many times; what the contexts look at by themselves stays.
 * Answers the statements that make them again.
 */
async function dropIndexes(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string; definition: string }>(
    `SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE i.indrelid IN ('juki_net.segment'::regclass, 'juki_net.prefecture_record'::regclass) AND c.relkind = 'I' AND i.indpred IS NULL AND pg_get_indexdef(i.indexrelid) LIKE '%name_kan%'`,
  );
  for (const { name } of rows) await pool.query(`DROP INDEX ${name}`);
  return rows.map(({ definition }) => definition.replace(' ON ONLY ', ' ON '));
}

async function isThere(client: pg.PoolClient, cipher: FieldCipher, portion: Portion): Promise<boolean> {
  const [household] = residentsOf(portion);
  const code = household?.members[0]?.residentCode.reveal() ?? '';
  const { rowCount } = await client.query('SELECT 1 FROM juki_net.resident_code WHERE code_index = $1', [cipher.blindIndex('resident-code', code)]);
  return rowCount === 1;
}

/** All tables or none: whether the first resident is there tells whether all of a portion are. */
async function fill(client: pg.PoolClient, cipher: FieldCipher, portion: Portion): Promise<void> {
  const { municipality, firstMunicipalSeq } = portion;
  const codes: CopyValue[][] = [];
  const persons: CopyValue[][] = [];
  const segments: CopyValue[][] = [];
  const notices: CopyValue[][] = [];
  const receivedAt = new Date().toISOString();
  for (const { members, address, townCode, postalCode } of residentsOf(portion)) {
    for (const { residentCode, nameKanji, nameKana, aliasName, birthDate, sex } of members) {
      const [personKey, code] = [randomUUID(), residentCode.reveal()];
      codes.push([cipher.blindIndex('resident-code', code), personKey]);
      persons.push([personKey, 1, 'RESIDENT', municipality, 1, cipher.encrypt('person.resident_code', code), BASE_DATE, '14']);
      segments.push([
        personKey, municipality, 1, 'LIVE', false, '14', BASE_DATE, nameKanji, nameKana, aliasName ?? '', birthDate, sex, address, townCode ?? '', postalCode, false, kanaKeyStrict(nameKana), kanjiKey(nameKanji),
        placeKey(birthDate, address),
      ]);
      notices.push([municipality, personKey, 1, uuidv7(), firstMunicipalSeq + notices.length, randomBytes(16), '14', BASE_DATE, 'APPLIED', receivedAt]);
    }
  }
  await client.query('BEGIN');
  const db = new Db(client);
  await db.copyIn(CODES, codes);
  await db.copyIn(PERSONS, persons);
  await db.copyIn(SEGMENTS, segments);
  await db.copyIn(NOTICES, notices);
  await client.query(SEQUENCE, [municipality, firstMunicipalSeq + notices.length - 1]);
  await client.query('COMMIT');
}
