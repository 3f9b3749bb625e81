import { setImmediate } from 'node:timers/promises';
import type { LocalDate } from '#kernel';
import type { Db, FieldCipher, Row } from '#platform';
import { bucketOf, leafHash, type RegisterLeaf } from './reconciliation.js';

interface PresentRow extends Row {
  readonly person_key: string;
  readonly resident_code: Buffer;
  readonly name_kanji: string;
  readonly name_kana: string;
  readonly birth_date: string;
  readonly sex: string;
  readonly address: string;
  readonly person_seq: number;
  readonly change_reason: string;
  readonly change_date: string;
}

const SEALED_COLUMN = 'reconciliation_leaf.sealed';
/** Values opened without a pause: about a millisecond. */
const OPENED_AT_ONCE = 500;
// As the index has it; a record whose planned move-out has come is no longer kept by the municipality (JUKI-3.2).
const PRESENT = "s.municipality_code = $1 AND s.state IN ('LIVE', 'OUT_PLANNED') AND (s.state = 'LIVE' OR s.closed_date > $2)";

interface ComparedPlace {
  readonly municipalityCode: string;
  readonly asOf: LocalDate;
}

/** The register's side of a comparison: a municipality's present records, and their leaves while a run needs them. */
export class LeafStore {
  constructor(private readonly cipher: FieldCipher) {}

  async count(db: Db, { municipalityCode, asOf }: ComparedPlace): Promise<number> {
    const { records } = await db.one<{ records: number }>(`SELECT count(*) AS records FROM segment s WHERE ${PRESENT}`, municipalityCode, asOf);
    return records;
  }

  /** Leaves of the next present records, in the order of person keys. */
  async read(db: Db, { municipalityCode, asOf }: ComparedPlace, { after, limit }: { after: string; limit: number }): Promise<RegisterLeaf[]> {
    const rows = await db.many<PresentRow>(
      `SELECT s.person_key, p.resident_code, s.name_kanji, s.name_kana, s.birth_date, s.sex, s.address, coalesce(n.person_seq, 0) AS person_seq,
         coalesce(n.change_reason, s.entry_reason) AS change_reason, coalesce(n.change_date, s.entry_date) AS change_date
       FROM segment s JOIN person p ON p.person_key = s.person_key
       LEFT JOIN LATERAL (SELECT c.person_seq, c.change_reason, c.change_date FROM change_notice c
         WHERE c.municipality_code = s.municipality_code AND c.person_key = s.person_key AND c.state IN ('APPLIED', 'QUARANTINED') ORDER BY c.person_seq DESC LIMIT 1) AS n ON true
       WHERE ${PRESENT} AND s.person_key > $3 ORDER BY s.person_key LIMIT $4`,
      municipalityCode, asOf, after, limit,
    );
    return opened(rows, (row) => this.toLeaf(row, municipalityCode));
  }

  async keep(db: Db, runId: string, leaves: readonly RegisterLeaf[]): Promise<void> {
    await db.copyIn('reconciliation_leaf(run_id, bucket, person_key, sealed)', leaves.map(({ residentCode, recordVersion, hash, personKey }) => [
      runId, bucketOf(residentCode), personKey, this.cipher.encrypt(SEALED_COLUMN, `${residentCode},${recordVersion},${hash}`),
    ]));
  }

  async ofBucket(db: Db, runId: string, bucket: number): Promise<RegisterLeaf[]> {
    const rows = await db.manyPlanned<{ person_key: string; sealed: Buffer }>('SELECT person_key, sealed FROM reconciliation_leaf WHERE run_id = $1 AND bucket = $2', runId, bucket);
    return opened(rows, ({ person_key: personKey, sealed }) => {
      const [residentCode = '', recordVersion, hash = ''] = this.cipher.decrypt(SEALED_COLUMN, sealed).split(',');
      return { residentCode, recordVersion: Number(recordVersion), hash, personKey };
    });
  }

  async drop(db: Db, runId: string, bucket: number): Promise<void> {
    await db.run('DELETE FROM reconciliation_leaf WHERE run_id = $1 AND bucket = $2', runId, bucket);
  }

  async dropAbandoned(db: Db): Promise<void> {
    await db.run("DELETE FROM reconciliation_leaf l USING reconciliation r WHERE r.run_id = l.run_id AND r.state = 'ABANDONED'");
  }

  private toLeaf(row: PresentRow, municipalityCode: string): RegisterLeaf {
    const residentCode = this.cipher.decrypt('person.resident_code', row.resident_code);
    const recordVersion = row.person_seq;
    const { name_kanji: nameKanji, name_kana: nameKana, birth_date: birthDate, sex, address, change_reason: changeReason } = row;
    const changeDate = row.change_date.replaceAll('-', '');
    const hash = leafHash({ residentCode, recordVersion, nameKanji, nameKana, birthDate, sex, municipalityCode, address, changeReason, changeDate });
    return { residentCode, recordVersion, hash, personKey: row.person_key };
  }
}

/** Opens rows one by one without holding up everybody else: a bucket of the largest city has tens of thousands. */
async function opened<From, To>(rows: readonly From[], open: (row: From) => To): Promise<To[]> {
  const all: To[] = [];
  for (const [index, row] of rows.entries()) {
    if (index % OPENED_AT_ONCE === OPENED_AT_ONCE - 1) await setImmediate();
    all.push(open(row));
  }
  return all;
}
