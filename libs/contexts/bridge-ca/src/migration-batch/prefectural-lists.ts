import { createHash } from 'node:crypto';
import { bridgeCaProblems, prefecturalListPublished } from '#contracts/bridge-ca';
import { buildCrl, lintCrl, parseCertificate, parseName, verifyCrl, type IssuingDistributionPoint, type SigningKey } from '#pki';
import type { Ctx } from '#platform';
import { prefecturalId, toSecond } from '../authority/authority.js';
import { keyAnswer, type Authorities } from '../authority/authorities.js';
import { holderListName } from '../authority/profiles.js';
import type { RecordStore } from './migrated-record.store.js';
import type { BatchRow, BatchStore } from './migration-batch.store.js';
import { LIST_LIFE_MS } from './prefectural-list.js';
import type { ListStore } from './prefectural-list.store.js';

export interface ListParts {
  readonly batches: BatchStore;
  readonly records: RecordStore;
  readonly lists: ListStore;
  readonly authorities: Authorities;
}

/** Who signs lists in the name of a prefecture's authority. */
interface ListSigner {
  readonly nameDer: Buffer;
  readonly key: SigningKey;
}

/** The lists of prefectures after the cut-over, made of the records that came from them (JPKI-4.12). */
export class PrefecturalLists {
  constructor(private readonly parts: ListParts) {}

  /** Who signs them; nobody while the way that was chosen is not open. */
  async signers(ctx: Ctx, { prefecture, continuity }: Pick<BatchRow, 'prefecture' | 'continuity'>): Promise<ListSigner[]> {
    const { authorities, lists } = this.parts;
    if (continuity === 'KEY_MOVED') {
      const moved = await keyAnswer(() => authorities.listing(ctx.db, prefecturalId(prefecture)));
      return moved.map(({ key, certificate }) => ({ key, nameDer: certificate.subjectDer }));
    }
    // One key, however many generations certified it.
    const [signer] = await lists.signers(ctx.db, prefecture);
    if (signer === undefined) return [];
    return [{ nameDer: parseCertificate(signer.certificate).subjectDer, key: await keyAnswer(() => authorities.parts.keys.open(signer.keyId)) }];
  }

  /** A list by each signer, read back from its octets before it is published. The batch is locked, so that numbers rise. */
  async issue(ctx: Ctx, batch: BatchRow, scheduled: boolean): Promise<void> {
    const { prefecture } = batch;
    const { lists, batches, records } = this.parts;
    const signers = await this.signers(ctx, batch);
    if (signers.length === 0) throw bridgeCaProblems.refuse('CONTINUITY_MISSING');
    const runs = await batches.doubleRuns(ctx.db, batch.id);
    const cutoff = (await lists.lastScheduledAt(ctx.db, prefecture)) ?? runs.at(-1)?.listAt ?? batch.listAt ?? new Date(0);
    if (scheduled && !(await records.hasLaterEnd(ctx.db, prefecture, cutoff))) return;
    // Numbers go on where the former system ended (JPKI-4.8).
    const last = Math.max((await lists.last(ctx.db, prefecture))?.number ?? 0, batch.listNumber ?? 0, ...runs.map(({ listNumber }) => listNumber));
    for (const [index, signer] of signers.entries()) await this.issueBy(ctx, { prefecture, signer, scheduled, cutoff, number: last + 1 + index });
  }

  private async issueBy(ctx: Ctx, { prefecture, signer, scheduled, cutoff, number }: ListOrder): Promise<void> {
    const { records, lists } = this.parts;
    const thisUpdate = toSecond(ctx.now);
    const nextUpdate = new Date(thisUpdate.getTime() + LIST_LIFE_MS);
    const entryCount = await records.countEntries(ctx.db, prefecture, cutoff);
    const distributionPoint: IssuingDistributionPoint = { fullName: [{ kind: 'directoryName', name: holderListName(parseName(signer.nameDer)) }], only: 'userCerts' };
    const content = { issuerDer: signer.nameDer, thisUpdate, nextUpdate, crlNumber: BigInt(number), distributionPoint, expectedEntries: entryCount, entries: records.entries(ctx.db, prefecture, cutoff) };
    const { der } = await keyAnswer(() => buildCrl(content, signer.key));
    const crl = verifyCrl(der, { issuerDer: signer.nameDer, issuerSpki: signer.key.publicKeySpki, number: BigInt(number), entryCount });
    const [finding] = lintCrl(crl, { distributionPoint, maxSeconds: LIST_LIFE_MS / 1000 });
    if (finding !== undefined) throw new Error(`list of prefecture ${prefecture} breaks ${finding.id}`);
    const sha256 = createHash('sha256').update(der).digest('hex');
    const keyIdentifier = signer.key.keyIdentifier.toString('hex');
    await lists.publish(ctx.db, { prefecture, number, keyIdentifier, scheduled, thisUpdate, nextUpdate, entries: entryCount, sha256 }, der);
    ctx.audit({ object: `prefectural-list:${prefecture}:${number}`, facts: { entries: entryCount } });
    ctx.emit(prefecturalListPublished, { aggregateId: prefecture, sequence: number, data: { prefecture, number, keyIdentifier, count: entryCount, sha256 } });
  }
}

interface ListOrder {
  readonly prefecture: string;
  readonly signer: ListSigner;
  readonly scheduled: boolean;
  /** Certificates that ended at or before it are left out: each entry stays through one regular list after the end (RFC 5280 3.3). */
  readonly cutoff: Date;
  readonly number: number;
}
