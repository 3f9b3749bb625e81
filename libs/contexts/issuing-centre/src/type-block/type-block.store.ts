import type { BindingFault } from '../binding/binding.js';
import { z } from 'zod';
import type { Db, FieldCipher, Row } from '#platform';

export interface TypeBlock {
  readonly municipalityCode: string;
  readonly type: string;
  readonly requestId: string;
  readonly blockedAt: Date;
  readonly releaseAskedBy: string | null;
}

const evidence = z.object({ pdf: z.string(), binding: z.string(), inPdf: z.string().nullable(), pageCount: z.number().nullable() });
/** What was answered; the PDF is base64. */
export type Evidence = z.output<typeof evidence>;

export interface Mismatch {
  readonly requestId: string;
  readonly municipalityCode: string;
  readonly type: string;
  readonly faults: readonly BindingFault[];
}

const COLUMNS = 'municipality_code AS "municipalityCode", type, request_id AS "requestId", blocked_at AS "blockedAt", release_asked_by AS "releaseAskedBy"';
const EVIDENCE = 'binding_mismatch.evidence';

/** Types that are not served since an answer was another's, and the answers (CARD-4.15, 7). */
export class TypeBlockStore {
  constructor(private readonly cipher: FieldCipher) {}

  async isBlocked(db: Db, municipalityCode: string, type: string): Promise<boolean> {
    return (await db.maybe('SELECT 1 FROM type_block WHERE municipality_code = $1 AND type = $2', municipalityCode, type)) !== undefined;
  }

  /** False when it was blocked before. */
  async block(db: Db, { municipalityCode, type, requestId }: Mismatch, at: Date): Promise<boolean> {
    const added = await db.run('INSERT INTO type_block (municipality_code, type, request_id, blocked_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', municipalityCode, type, requestId, at.toISOString());
    if (added === 0) await db.run('UPDATE type_block SET release_asked_by = NULL WHERE municipality_code = $1 AND type = $2', municipalityCode, type);
    return added === 1;
  }

  async list(db: Db): Promise<TypeBlock[]> {
    return db.many<TypeBlock & Row>(`SELECT ${COLUMNS} FROM type_block ORDER BY blocked_at`);
  }

  async lock(db: Db, municipalityCode: string, type: string): Promise<TypeBlock | undefined> {
    return db.maybe<TypeBlock & Row>(`SELECT ${COLUMNS} FROM type_block WHERE municipality_code = $1 AND type = $2 FOR UPDATE`, municipalityCode, type);
  }

  async askRelease(db: Db, { municipalityCode, type }: TypeBlock, officer: string): Promise<void> {
    await db.run('UPDATE type_block SET release_asked_by = $3 WHERE municipality_code = $1 AND type = $2', municipalityCode, type, officer);
  }

  async release(db: Db, { municipalityCode, type }: TypeBlock): Promise<void> {
    await db.run('DELETE FROM type_block WHERE municipality_code = $1 AND type = $2', municipalityCode, type);
  }

  async keepEvidence(db: Db, mismatch: Mismatch, kept: Evidence, at: Date): Promise<void> {
    await db.run(
      'INSERT INTO binding_mismatch (request_id, municipality_code, type, faults, evidence, at) VALUES ($1, $2, $3, $4, $5, $6)',
      mismatch.requestId, mismatch.municipalityCode, mismatch.type, mismatch.faults, this.cipher.encrypt(EVIDENCE, JSON.stringify(kept)), at.toISOString(),
    );
  }

  async evidence(db: Db, requestId: string): Promise<(Mismatch & { readonly kept: Evidence; readonly at: Date }) | undefined> {
    const row = await db.maybe<Mismatch & { sealed: Buffer; at: Date } & Row>(
      'SELECT request_id AS "requestId", municipality_code AS "municipalityCode", type, faults, evidence AS sealed, at FROM binding_mismatch WHERE request_id = $1 AND evidence IS NOT NULL', requestId,
    );
    return row === undefined ? undefined : { ...row, kept: evidence.parse(JSON.parse(this.cipher.decrypt(EVIDENCE, row.sealed))) };
  }

  async purgeEvidence(db: Db, before: Date): Promise<number> {
    return db.run('UPDATE binding_mismatch SET evidence = NULL WHERE evidence IS NOT NULL AND at < $1', before.toISOString());
  }
}
