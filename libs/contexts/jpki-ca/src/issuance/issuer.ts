import { issuanceRejected, jpkiCaProblems } from '#contracts/jpki-ca';
import type { PersonView } from '#contracts/juki-net';
import { signCertificate } from '#pki';
import { platformProblems, type Ctx, type Db } from '#platform';
import type { Authorities } from '../ca/authorities.js';
import { keyAnswer } from '../ca/key-answer.js';
import type { CertificateStore, NewCertificate } from '../certificate/certificate.store.js';
import type { StatusChanges } from '../certificate/status-changes.js';
import type { ResidentChanges } from '../resident-change/resident-changes.js';
import { rejected, requestHash, type Draft, type Drafter } from './drafter.js';
import { inIssuingOrder, type CertificateOrder } from './issuance.js';
import type { IssuanceRow, IssuanceStore } from './issuance.store.js';

export interface IssuerParts {
  readonly authorities: Authorities;
  readonly drafter: Drafter;
  readonly issuances: IssuanceStore;
  readonly certificates: CertificateStore;
  readonly changes: StatusChanges;
  readonly residentChanges: ResidentChanges;
}

/** A request with the certificate that its record leads to; signing the same record again gives the same octets. */
export interface SignedRequest {
  readonly row: IssuanceRow;
  readonly der: Buffer;
}

/**
 * Issues certificates (JPKI 3.3): what is to be signed is recorded, then signed, then the result is recorded. A kill between the
 * two records leaves a request that the next attempt completes with the same octets, and nothing that anybody would call valid.
 */
export class Issuer {
  constructor(private readonly parts: IssuerParts) {}

  /**
   * Records the orders that pass; answers all of them by request key, once they are committed. A production order that fails is recorded REJECTED and told;
   * at a window the refusal is thrown and nothing is recorded.
   */
  async reserve(ctx: Ctx, orders: readonly CertificateOrder[], persons: ReadonlyMap<string, PersonView>): Promise<Map<string, IssuanceRow>> {
    const { drafter, issuances } = this.parts;
    const keys = orders.map(({ requestKey }) => requestKey);
    const known = await issuances.byKeys(ctx.db, keys);
    for (const order of orders) assertSameRequest(order, known.get(order.requestKey));
    const outdated = await this.outdated(ctx.db, [...known.values()]);
    const fresh = inIssuingOrder(orders.filter(({ requestKey }) => !known.has(requestKey) || outdated.has(requestKey)));
    if (fresh.length === 0) return known;
    const drafts = await drafter.draft(ctx, fresh, persons);
    const stored = await ctx.transaction(async (tx) => {
      if (outdated.size > 0) await issuances.withdraw(tx.db, [...outdated.values()], drafts.flatMap((draft) => (draft.fault === undefined ? [draft.keyHash] : [])));
      return this.store(tx, drafts);
    });
    return new Map([...known, ...stored]);
  }

  /**
   * Signs outside of any transaction, all at once on the thread pool: they are announced in one statement (JPKI 4.16). A caller with many
   * gives them in portions.
   */
  async sign(db: Db, rows: readonly IssuanceRow[]): Promise<SignedRequest[]> {
    return Promise.all(rows.map((row) => this.signOne(db, row)));
  }

  /**
   * Records signed certificates as ISSUED_INACTIVE; those recorded before are left alone. Refuses UNAVAILABLE when their generation has
   * ended to issue in between: the next attempt has them signed by its successor (JPKI 4.11).
   */
  async record(ctx: Ctx, signed: readonly SignedRequest[]): Promise<void> {
    const { authorities, certificates, issuances, changes, residentChanges } = this.parts;
    if (!(await authorities.stillIssue(ctx.db, signed.map(({ row }) => row)))) throw platformProblems.refuse('UNAVAILABLE');
    await certificates.lockPersons(ctx.db, signed.map(({ row }) => row.person_key));
    const first = await issuances.markSigned(ctx.db, signed.map(({ row }) => row.id), ctx.now);
    const rows = signed.filter(({ row }) => first.has(row.id)).map((one) => certificateOf(one, ctx.now));
    if (rows.length === 0) return;
    await certificates.insertMany(ctx.db, rows);
    const issued = rows.map((row) => ({ ...row, state: 'ISSUED_INACTIVE', version: 1, reason: null, revoked_at: null }) as const);
    for (const row of issued) changes.issued(ctx, row);
    await residentChanges.afterIssue(ctx, issued);
  }

  /** By request key, those to be signed by a generation that issues no more. */
  private async outdated(db: Db, known: readonly IssuanceRow[]): Promise<Map<string, string>> {
    const waiting = known.filter(({ state }) => state === 'LINTED');
    if (waiting.length === 0) return new Map();
    const issuing = await this.parts.authorities.issuingNow(db);
    return new Map(waiting.filter(({ ca, generation }) => !issuing.has(`${ca}:${generation}`)).map(({ request_key: key, id }) => [key, id]));
  }

  private async signOne(db: Db, row: IssuanceRow): Promise<SignedRequest> {
    if (row.tbs === null || row.generation === null) throw new Error('request has nothing to sign');
    const { ca, generation, tbs } = row;
    return keyAnswer(async () => {
      const { key } = await this.parts.authorities.generation(db, ca, generation);
      return { row, der: await signCertificate(tbs, key) };
    });
  }

  /** By request key, these drafts as they are on record now, or what was recorded of their requests in the meantime. */
  private async store(ctx: Ctx, drafts: readonly Draft[]): Promise<Map<string, IssuanceRow>> {
    const { certificates, issuances } = this.parts;
    await certificates.lockPersons(ctx.db, drafts.map(({ order }) => order.personKey));
    const present = await issuances.byKeys(ctx.db, drafts.map(({ order }) => order.requestKey));
    const fresh = drafts.filter(({ order }) => !present.has(order.requestKey));
    const keys = fresh.flatMap((draft) => (draft.fault === undefined ? [{ hash: draft.keyHash, requestId: draft.row.id }] : []));
    const unused = await issuances.takeKeys(ctx.db, keys);
    const judged = fresh.map((draft) => (draft.fault === undefined && !unused.has(draft.row.id) ? rejected(draft.order, 'KEY_REUSED') : draft));
    for (const { order, fault, row } of judged) {
      if (fault === undefined) continue;
      if (order.channel === 'WINDOW') throw jpkiCaProblems.refuse(fault);
      ctx.emit(issuanceRejected, { aggregateId: row.id, sequence: 1, data: { productionBatchId: order.productionBatchId ?? '', cardSerial: order.cardSerial, type: order.type, code: fault } });
      ctx.audit({ object: `issuance-request:${row.id}`, subjects: [order.personKey], facts: { code: fault } });
    }
    await issuances.insertMany(ctx.db, judged.map(({ row }) => row), ctx.now);
    return new Map([...present, ...judged.map(({ row }) => [row.request_key, row] as const)]);
  }
}

function assertSameRequest(order: CertificateOrder, known: IssuanceRow | undefined): void {
  if (known !== undefined && !known.request_hash.equals(requestHash(order))) throw platformProblems.refuse('IDEMPOTENCY_CONFLICT');
}

function certificateOf({ row, der }: SignedRequest, now: Date): NewCertificate {
  if (row.serial === null || row.generation === null || row.partition_id === null || row.not_before === null || row.not_after === null || row.record === null || row.fact_version === null) {
    throw new Error('request is not complete');
  }
  return {
    ca: row.ca, serial: row.serial, generation: row.generation, type: row.type, person_key: row.person_key, card_serial: row.card_serial, municipality_code: row.municipality_code,
    partition_id: row.partition_id, channel: row.channel, window_id: row.window_id, production_batch_id: row.production_batch_id, issuance_request_id: row.id,
    fact_version: row.fact_version, not_before: row.not_before, not_after: row.not_after, issued_at: now, der, record: row.record,
  };
}
