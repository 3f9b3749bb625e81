import { timingSafeEqual } from 'node:crypto';
import type { Refusal } from '#kernel';
import type { FieldCipher } from '../crypto/field-cipher.js';
import { canonicalJson } from './canonical-json.js';
import type { Db, Row } from '../pg/db.js';
import { platformProblems } from '../problem/problems.js';

/** Printable, and short enough for an entry of the table's key. */
const KEY = /^[\x20-\x7e]{1,255}$/;
const COLUMN = 'idempotency_key.answer';

/** One use of an `Idempotency-Key`: whose, for which action, with which input. */
export interface KeyUse {
  readonly client: string;
  readonly action: string;
  readonly key: string;
  readonly input: unknown;
}

interface KeyRow extends Row {
  readonly request_hash: Buffer;
  readonly answer: Buffer | null;
}

/**
 * Claims the key inside the command's transaction. Returns the stored answer when the command was done before; a second
 * caller waits for the first by the unique index. A command that fails leaves no key. Refuses IDEMPOTENCY_CONFLICT, INVALID_INPUT.
 */
export async function claimKey(db: Db, cipher: FieldCipher, use: KeyUse, now: Date): Promise<{ readonly answer: unknown } | undefined> {
  if (!KEY.test(use.key)) throw malformed('/idempotency-key');
  const hash = cipher.blindIndex('idempotency-request', canonicalInput(use.input));
  const fresh = await db.run(
    'INSERT INTO idempotency_key (client, action, key, request_hash, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING',
    use.client, use.action, use.key, hash, now.toISOString(),
  );
  if (fresh === 1) return undefined;
  const row = await db.one<KeyRow>('SELECT request_hash, answer FROM idempotency_key WHERE client = $1 AND action = $2 AND key = $3', use.client, use.action, use.key);
  if (!timingSafeEqual(row.request_hash, hash)) throw platformProblems.refuse('IDEMPOTENCY_CONFLICT');
  return { answer: row.answer === null ? undefined : JSON.parse(cipher.decrypt(COLUMN, row.answer)) };
}

/** Stores the answer beside the claimed key, in the same transaction. */
export async function keepAnswer(db: Db, cipher: FieldCipher, use: KeyUse, answer: unknown): Promise<void> {
  const sealed = answer === undefined ? null : cipher.encrypt(COLUMN, JSON.stringify(answer));
  await db.run('UPDATE idempotency_key SET answer = $4 WHERE client = $1 AND action = $2 AND key = $3', use.client, use.action, use.key, sealed);
}

/** Numbers beyond what JSON can say, and nesting beyond what the stack holds, have no canonical form. */
function canonicalInput(input: unknown): string {
  try {
    return canonicalJson(input ?? null);
  } catch {
    throw malformed('');
  }
}

function malformed(pointer: string): Refusal {
  return platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer, code: 'MALFORMED' }] });
}
