import { bridgeCaProblems, revocationListPublished } from '#contracts/bridge-ca';
import { issueCrl, parseCertificate, parseName, type SigningKey } from '#pki';
import type { Ctx } from '#platform';
import { prefecturalId, toSecond } from '../authority/authority.js';
import { keyAnswer, type Authorities } from '../authority/authorities.js';
import { holderListName } from '../authority/profiles.js';
import { cutoffOf, LIST_LIFE_MS } from '../revocation-list/revocation-list.js';
import type { ListRow, RevocationListStore } from '../revocation-list/revocation-list.store.js';
import type { SignerStore } from './list-signer.store.js';
import type { RecordStore } from './migrated-record.store.js';
import type { BatchRow, BatchStore } from './migration-batch.store.js';

export interface ListParts {
  readonly batches: BatchStore;
  readonly records: RecordStore;
  readonly signers: SignerStore;
  readonly lists: RevocationListStore;
  readonly authorities: Authorities;
}

/** Who signs lists in the name of a prefecture's authority. */
interface ListSigner {
  readonly nameDer: Buffer;
  readonly key: SigningKey;
  /** The newest one that the key stands for. */
  readonly generation: number;
}

/** The lists of prefectures after the cut-over, made of the records that came from them, and published where their authorities' lists always are (JPKI-4.12). */
export class PrefecturalLists {
  constructor(private readonly parts: ListParts) {}

  /** Who signs them; nobody while the way that was chosen is not open. */
  async signers(ctx: Ctx, { prefecture, continuity }: Pick<BatchRow, 'prefecture' | 'continuity'>): Promise<ListSigner[]> {
    const { authorities, signers } = this.parts;
    if (continuity === 'KEY_MOVED') {
      const moved = await keyAnswer(() => authorities.listing(ctx.db, prefecturalId(prefecture)));
      return moved.map(({ key, certificate, generation }) => ({ key, nameDer: certificate.subjectDer, generation }));
    }
    // One key, however many generations certified it.
    const signer = (await signers.ofPrefecture(ctx.db, prefecture)).at(-1);
    if (signer === undefined) return [];
    return [{ nameDer: parseCertificate(signer.certificate).subjectDer, key: await keyAnswer(() => authorities.open(signer.keyId)), generation: signer.generation }];
  }

  /** A list by each signer. The batch and the lists of the authority are locked, so that numbers rise; they go on where the former system ended (JPKI-4.8). */
  async issue(ctx: Ctx, batch: BatchRow, scheduled: boolean): Promise<void> {
    const { lists, batches, records } = this.parts;
    const signers = await this.signers(ctx, batch);
    if (signers.length === 0) throw bridgeCaProblems.refuse('CONTINUITY_MISSING');
    const row = await lists.lock(ctx.db, prefecturalId(batch.prefecture), 'CRL');
    const runs = await batches.doubleRuns(ctx.db, batch.id);
    const lastScheduledAt = newestOf([row.lastScheduledAt, batch.listAt, ...runs.map(({ listAt }) => listAt)]);
    if (scheduled && !(await records.hasLaterEnd(ctx.db, batch.prefecture, cutoffOf(lastScheduledAt)))) return;
    const last = Math.max(row.lastNumber, batch.listNumber ?? 0, ...runs.map(({ listNumber }) => listNumber));
    for (const [index, signer] of signers.entries()) await this.issueBy(ctx, { row: { ...row, lastScheduledAt, lastNumber: last + index }, signer, scheduled, prefecture: batch.prefecture });
  }

  private async issueBy(ctx: Ctx, { prefecture, signer, scheduled, row: { authorityId, lastNumber, lastScheduledAt } }: ListOrder): Promise<void> {
    const { records, lists } = this.parts;
    const [thisUpdate, cutoff, number] = [toSecond(ctx.now), cutoffOf(lastScheduledAt), lastNumber + 1];
    const nextUpdate = new Date(thisUpdate.getTime() + LIST_LIFE_MS.CRL);
    const expectedEntries = await records.countEntries(ctx.db, prefecture, cutoff);
    const content = {
      issuerDer: signer.nameDer, thisUpdate, nextUpdate, crlNumber: BigInt(number), entries: records.entries(ctx.db, prefecture, cutoff),
      distributionPoint: { fullName: [{ kind: 'directoryName', name: holderListName(parseName(signer.nameDer)) }], only: 'userCerts' } as const,
    };
    const made = await keyAnswer(() => issueCrl({ content, key: signer.key, maxSeconds: LIST_LIFE_MS.CRL / 1000 }));
    // Every revoked record is in it, counted by another question than the one that read them.
    if ('fault' in made || made.entryCount !== expectedEntries) throw new Error(`the list of ${authorityId} was not published: ${'fault' in made ? made.fault : 'ENTRIES_LOST'}`);
    const { der, sha256, entryCount } = made;
    await lists.publish(ctx.db, { authorityId, list: 'CRL', number, generation: signer.generation, thisUpdate, nextUpdate, cutoff, entryCount, sha256, der }, scheduled);
    ctx.audit({ object: `revocation-list:${authorityId}:CRL:${number}`, facts: { state: 'PUBLISHED', count: entryCount } });
    ctx.emit(revocationListPublished, { aggregateId: `${authorityId}:CRL`, sequence: number, data: { authority: authorityId, list: 'CRL', generation: signer.generation, number, count: entryCount, sha256 } });
  }
}

/** The lists of the former system were regular ones too: what ended before its last one is in none that follows (RFC 5280 3.3). */
function newestOf(instants: readonly (Date | null)[]): Date | null {
  const known = instants.flatMap((instant) => instant?.getTime() ?? []);
  return known.length === 0 ? null : new Date(Math.max(...known));
}

interface ListOrder {
  readonly prefecture: string;
  readonly row: ListRow;
  readonly signer: ListSigner;
  readonly scheduled: boolean;
}
