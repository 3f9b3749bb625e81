import { ConfigFault } from '../config/config.js';
import type { Db } from '../pg/db.js';
import { deriveKey } from './master-key.js';

/** Throws ConfigFault where a context's values are sealed under another key: none would be found, and all would be made anew. The first start keeps by what the later ones know it. */
export async function requireOwnMasterKey(db: Db, master: Buffer): Promise<void> {
  const own = deriveKey(master, 'check-value').subarray(0, 8);
  await db.run('INSERT INTO master_key_check (value) VALUES ($1) ON CONFLICT DO NOTHING', own);
  const { value } = await db.one<{ value: Buffer }>('SELECT value FROM master_key_check');
  if (!value.equals(own)) throw new ConfigFault('KIBAN_KEYS: master.key is not the one under which the values of this database are sealed');
}
