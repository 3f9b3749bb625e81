import { canonicalJson, type Ctx } from '#platform';
import { stepped } from './batch-view.js';
import type { RecordStore } from './migrated-record.store.js';
import type { BatchFault, BatchRow, BatchStore } from './migration-batch.store.js';
import { trailerDifferences, type Counted } from './migration-batch.js';
import { MerkleTree, type TreeState } from './merkle-tree.js';
import { serialText, trailer } from './migration-record.js';

/** What the tree was grown over: the ends as octets in hex, empty without a record. */
export interface Grown {
  readonly first: string;
  readonly last: string;
  readonly tree: TreeState;
}

interface Stores {
  readonly batches: BatchStore;
  readonly records: RecordStore;
}

/**
 * LOADED -> RECONCILED when nothing differs (JPKI-3.12, 4.12): each line was in order, the trailer's counts, totals per status and Merkle root
 * are those of the records, and the last list of the former system names the same revoked certificates. False when something does.
 */
export async function reconcile(ctx: Ctx, { batches, records }: Stores, batch: BatchRow, grown: Grown): Promise<boolean> {
  const counted: Counted = {
    count: grown.tree.leaves, perStatus: await records.perStatus(ctx.db, batch.prefecture), merkleRoot: new MerkleTree(grown.tree).root().toString('hex'),
    firstSerial: serialText(Buffer.from(grown.first, 'hex')), lastSerial: serialText(Buffer.from(grown.last, 'hex')),
  };
  await records.takeReasons(ctx.db, batch.id, batch.prefecture);
  const lists = await records.differences(ctx.db, { batchId: batch.id, prefecture: batch.prefecture, listAt: batch.listAt ?? ctx.now });
  const faults = trailerFaults(batch, counted);
  await batches.addFaults(ctx.db, batch.id, [...faults, ...lists.first.map((fault) => ({ ...fault, column: 'status' }))], faults.length + lists.total);
  if (batch.faults + faults.length + lists.total > 0) return false;
  const reconciled = stepped(batch, 'RECONCILE', { statement: statementOf(ctx, batch, counted) });
  await batches.save(ctx.db, reconciled, ctx.now);
  ctx.audit({ object: `migration-batch:${batch.id}`, facts: { from: batch.state, to: reconciled.state, records: counted.count } });
  return true;
}

function trailerFaults({ trailer: text, lines }: BatchRow, counted: Counted): BatchFault[] {
  const line = (lines ?? 0) + 1;
  const stated = trailer.safeParse(jsonOf(text ?? ''));
  if (!stated.success) return [{ line, column: null, code: 'BAD_TRAILER', serial: null }];
  return trailerDifferences(stated.data, counted).map((column) => ({ line, column, code: 'TRAILER_DIFFERS', serial: null }));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the prefecture signs, octet for octet. */
function statementOf(ctx: Ctx, batch: BatchRow, counted: Counted): string {
  const { id, prefecture, continuity, fileSha256, listNumber, listSha256, listAt, listEntries } = batch;
  return canonicalJson({
    batchId: id, prefecture, continuity, fileSha256: fileSha256?.toString('hex'), ...counted,
    lastList: { number: listNumber, sha256: listSha256?.toString('hex'), at: listAt?.toISOString(), entries: listEntries }, reconciledAt: ctx.now.toISOString(),
  });
}
