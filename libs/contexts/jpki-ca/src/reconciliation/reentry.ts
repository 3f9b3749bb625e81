import { crlEntriesOf, CRL_REASON, isCrlSignedBy, parseCertificate, parseCrl, PkiError, type ParsedCrl } from '#pki';
import { found, queueJob, type Ctx } from '#platform';
import { CA_IDS } from '../ca/ca.js';
import type { CaGenerationRow, CaStore } from '../ca/ca.store.js';
import { statusOf, type CertificateRow, type CertificateStore } from '../certificate/certificate.store.js';
import { REASON } from '../certificate/revocation-cause.js';
import type { StatusChanges } from '../certificate/status-changes.js';
import type { CrlStore, PartitionRow } from '../crl/crl.store.js';
import { ISSUE_CRLS } from '../crl/issue-crls.params.js';
import type { PublishedEvidence } from './published-evidence.js';
import { causeOf, COUNTERS, numbersToSkip, reentryOf } from './reconciliation.js';
import type { ReconciliationRow, ReconciliationStore } from './reconciliation.store.js';
import type { PublishedStatus } from './status-copy.js';

/** Entries that are compared with one question. */
const PAGE = 1_000;

export interface ReentryParts {
  readonly store: ReconciliationStore;
  readonly evidence: PublishedEvidence;
  readonly cas: CaStore;
  readonly certificates: CertificateStore;
  readonly changes: StatusChanges;
  readonly crls: CrlStore;
}

/** Of one certificate, from a copy or a list; a list does not tell all. */
type Published = Omit<PublishedStatus, 'generation' | 'municipalityCode'> & { readonly generation?: number; readonly municipalityCode?: string };

/** Enters again what was published after the state of the database (JPKI 7): a copy or a list a transaction, the counters with the last one. */
export class Reentry {
  constructor(private readonly parts: ReentryParts) {}

  /** False when all is done. */
  async step(ctx: Ctx, id: string): Promise<boolean> {
    const row = found(await this.parts.store.lock(ctx.db, id));
    if (row.state !== 'RUNNING') return false;
    // Not the last one of the request: the database may have been restored to a state in the middle of a reconciliation.
    const newest = (await this.parts.evidence.newestCopy())?.head.copy ?? 0;
    const next = row.next_copy <= newest ? await this.takeCopy(ctx, row) : await this.takeList(ctx, row);
    await this.parts.store.save(ctx.db, next ?? (await this.finish(ctx, row)));
    return next !== undefined;
  }

  private async takeCopy(ctx: Ctx, row: ReconciliationRow): Promise<ReconciliationRow> {
    const copy = found(await this.parts.evidence.copy(row.next_copy));
    for (const id of new Set(copy.statuses.map(({ partitionId }) => partitionId))) await this.partitionOf(ctx, id);
    // What ended makes room for what came in its place.
    const ordered = [...copy.statuses].sort((a, b) => Number(b.state === 'REVOKED') - Number(a.state === 'REVOKED'));
    return { ...(await this.enter(ctx, row, ordered)), next_copy: row.next_copy + 1 };
  }

  /** The newest list of the next partition; undefined after the last one. */
  private async takeList(ctx: Ctx, row: ReconciliationRow): Promise<ReconciliationRow | undefined> {
    const { evidence, store } = this.parts;
    const id = (await evidence.partitions()).find((partition) => partition > row.lists_after);
    if (id === undefined) return undefined;
    const [number, partition] = [await evidence.lastList(id), await this.partitionOf(ctx, id)];
    const taken = { ...row, lists_after: id };
    if (partition === undefined || number <= partition.last_number) return taken;
    await store.raiseNumber(ctx.db, id, number);
    const crl = listOf(await evidence.list(id, number));
    const signer = crl && (await this.parts.cas.generations(ctx.db, partition.ca)).find(({ certificate }) => certificate !== null && isCrlSignedBy(crl, parseCertificate(certificate).spki));
    if (crl === undefined || signer === undefined) return { ...taken, unverified_lists: row.unverified_lists + 1 };
    return partition.kind === 'ARL' ? taken : this.enter(ctx, taken, [...publishedOf(partition, signer, crl)]);
  }

  /** A further list of a municipality may have been opened after the state of the database: it is opened again, with those between. */
  private async partitionOf(ctx: Ctx, id: string): Promise<PartitionRow | undefined> {
    const { crls } = this.parts;
    const [, first = '', part = 0] = /^(\w+-\d{5})-(\d+)$/.exec(id) ?? [];
    for (let n = 1; n < Number(part); n += 1) await crls.openNext(ctx.db, n === 1 ? first : `${first}-${n}`, ctx.now);
    return crls.findPartition(ctx.db, id);
  }

  /** Of most entries of a list the database knows as much: only the others are looked at one by one. */
  private async enter(ctx: Ctx, row: ReconciliationRow, published: readonly Published[]): Promise<ReconciliationRow> {
    const { certificates } = this.parts;
    let { reentered, unrecorded } = row;
    for (let start = 0; start < published.length; start += PAGE) {
      const page = published.slice(start, start + PAGE);
      const found = await Promise.all(CA_IDS.map((ca) => certificates.findMany(ctx.db, ca, page.filter((one) => one.ca === ca).map(({ serial }) => serial))));
      const known = new Map(found.flat().map((one) => [`${one.ca}:${one.serial}`, one]));
      for (const one of page) {
        const certificate = known.get(`${one.ca}:${one.serial}`);
        if (reentryOf(one, certificate && statusOf(certificate), ctx.now) === 'NONE') continue;
        if (certificate === undefined) unrecorded += (await this.markUnrecorded(ctx, row, one)) ? 1 : 0;
        else reentered += (await this.reenter(ctx, row, one, certificate)) ? 1 : 0;
      }
    }
    return { ...row, reentered, unrecorded };
  }

  /** With the reason and the date that were published. */
  private async reenter(ctx: Ctx, row: ReconciliationRow, one: Published, { ca, serial, person_key: personKey }: CertificateRow): Promise<boolean> {
    const { certificates, changes, store } = this.parts;
    await certificates.lockPersons(ctx.db, [personKey]);
    const known = found(await certificates.find(ctx.db, ca, serial));
    const effect = reentryOf(one, statusOf(known), ctx.now);
    const [sourceRef, recordedAt] = [`reconciliation:${row.id}`, new Date(one.revokedAt ?? ctx.now)];
    if (effect === 'NONE') return false;
    if (effect === 'REVOKE') {
      const invalidityDate = one.invalidityDate === undefined ? undefined : new Date(one.invalidityDate);
      if (one.reason === REASON.caCompromise) await store.freeze(ctx.db, ca, known.generation, row.requested_by);
      await changes.revoke(ctx, known, { cause: causeOf(one.reason), sourceRef, invalidityDate, recordedAt });
      return true;
    }
    if (known.state === 'ISSUED_INACTIVE') await changes.activate(ctx, known, sourceRef);
    return effect === 'ACTIVATE' || changes.hold(ctx, found(await certificates.find(ctx.db, ca, serial)), sourceRef, recordedAt);
  }

  /** Nobody can say what the agency certified: it is never in effect, and its holder gets another one (JPKI 4.7 no. 4). */
  private async markUnrecorded(ctx: Ctx, row: ReconciliationRow, one: Published): Promise<boolean> {
    const reason = one.reason === undefined || one.reason === REASON.certificateHold ? REASON.superseded : one.reason;
    ctx.audit({ object: `certificate:${one.ca}:${one.serial.toString(16)}`, facts: { state: 'UNRECORDED', reason } });
    return this.parts.store.addUnrecorded(ctx.db, row.id, { ...one, reason, revokedAt: one.revokedAt ?? ctx.now.toISOString() });
  }

  private async finish(ctx: Ctx, row: ReconciliationRow): Promise<ReconciliationRow> {
    const { evidence, store } = this.parts;
    const [newest, present] = [await evidence.newestCopy(), await store.counters(ctx.db)];
    for (const counter of COUNTERS) await store.skip(ctx.db, counter, numbersToSkip(newest?.head.counters[counter] ?? 0, present[counter]));
    await store.withdrawRequests(ctx.db);
    for (const kind of ['ARL', 'CRL']) await queueJob(ctx, ISSUE_CRLS, { kind, scheduled: false });
    ctx.audit({ object: `reconciliation:${row.id}`, facts: { from: row.state, to: 'DONE', reentered: row.reentered, unrecorded: row.unrecorded } });
    return { ...row, state: 'DONE', finished_at: ctx.now };
  }
}

function listOf(der: Buffer | undefined): ParsedCrl | undefined {
  try {
    return der && parseCrl(der);
  } catch (error) {
    if (error instanceof PkiError) return undefined;
    throw error;
  }
}

/** The entries of a list; how long its certificates would have lasted only their records say, no longer than the root. */
function* publishedOf({ ca, id }: PartitionRow, { generation, not_after: rootEnd }: CaGenerationRow, crl: ParsedCrl): Generator<Published, void, void> {
  for (const { serial, revokedAt, reason = 'unspecified', invalidityDate } of crlEntriesOf(crl)) {
    const code = Object.values(REASON).find((value) => value === CRL_REASON[reason]) ?? REASON.superseded;
    yield {
      ca, serial: Number(serial), generation, partitionId: id, notAfter: (rootEnd ?? revokedAt).toISOString(), state: code === REASON.certificateHold ? 'HELD' : 'REVOKED',
      reason: code, revokedAt: revokedAt.toISOString(), ...(invalidityDate === undefined ? {} : { invalidityDate: invalidityDate.toISOString() }),
    };
  }
}
