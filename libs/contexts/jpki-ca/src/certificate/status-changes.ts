import { certificateActivated, certificateExpired, certificateExpiringSoon, certificateHeld, certificateIssued, certificateReleased, certificateRevoked } from '#contracts/jpki-ca';
import { queueJob, type Ctx } from '#platform';
import { serialHex } from '../ca/ca.js';
import { ISSUE_CRLS } from '../crl/issue-crls.params.js';
import { activates, decideRevocation, holds, releases, stateAt, type RevocationDecision } from './certificate.js';
import { statusOf, type CertificateRow, type CertificateStore } from './certificate.store.js';
import { CAUSES, REASON, STOP_EFFECT, type RevocationCause } from './revocation-cause.js';

export interface RevocationNote {
  readonly cause: RevocationCause;
  /** What the record refers to: an application, an event, a batch. */
  readonly sourceRef: string;
  readonly invalidityDate?: Date | undefined;
  /** Where it was recorded, and published, before the database was restored: that date stays (JPKI 7). */
  readonly recordedAt?: Date | undefined;
}

type CertificateEvent = typeof certificateIssued;

/**
 * The changes of state of certificates: row, journal, status table, event and audit line in the caller's transaction. Callers
 * hold the person's lock and give rows read after taking it.
 */
export class StatusChanges {
  constructor(private readonly certificates: CertificateStore) {}

  async revoke(ctx: Ctx, row: CertificateRow, note: RevocationNote): Promise<RevocationDecision> {
    const decision = decideRevocation(statusOf(row), note.cause, ctx.now);
    if (decision === 'FINAL' || decision === 'NOT_APPLICABLE') return decision;
    if (decision === 'EXPIRED') {
      await this.expire(ctx, [row]);
      return decision;
    }
    const { kind, reason, crlAtOnce } = CAUSES[note.cause];
    const entry = { kind, cause: note.cause, reason, recordedAt: note.recordedAt ?? ctx.now, invalidityDate: note.invalidityDate, sourceRef: note.sourceRef };
    await this.certificates.record(ctx.db, row, entry);
    await this.certificates.list(ctx.db, row, entry);
    const version = await this.certificates.setState(ctx.db, row, 'REVOKED');
    this.tell(ctx, certificateRevoked, { ...row, version }, { reasonClass: note.cause });
    if (crlAtOnce && note.recordedAt === undefined) await queueJob(ctx, ISSUE_CRLS, { partitionIds: [row.partition_id], scheduled: false });
    return decision;
  }

  /** Revokes those of the rows that can be, with one statement a table; answers how many. Their lists are the caller's matter. */
  async revokeMany(ctx: Ctx, rows: readonly CertificateRow[], { cause, sourceRef }: RevocationNote): Promise<number> {
    const chosen = rows.filter((row) => ['REVOKE', 'UPGRADE'].includes(decideRevocation(statusOf(row), cause, ctx.now)));
    if (chosen.length === 0) return 0;
    const { kind, reason } = CAUSES[cause];
    await this.certificates.revokeMany(ctx.db, chosen, { kind, cause, reason, recordedAt: ctx.now, sourceRef });
    for (const row of chosen) this.tell(ctx, certificateRevoked, { ...row, version: row.version + 1 }, { reasonClass: cause });
    return chosen.length;
  }

  /** False when it is not in force. */
  async hold(ctx: Ctx, row: CertificateRow, sourceRef: string, recordedAt = ctx.now): Promise<boolean> {
    if (!holds(statusOf(row), ctx.now)) return false;
    const entry = { kind: CAUSES.HOLD.kind, cause: 'HOLD', reason: REASON.certificateHold, recordedAt, sourceRef };
    await this.certificates.record(ctx.db, row, entry);
    await this.certificates.list(ctx.db, row, entry);
    const version = await this.certificates.setState(ctx.db, row, 'HELD');
    this.tell(ctx, certificateHeld, { ...row, version }, { reasonClass: 'HOLD' });
    return true;
  }

  /** False when it is not on hold. */
  async release(ctx: Ctx, row: CertificateRow, sourceRef: string): Promise<boolean> {
    if (!releases(statusOf(row), ctx.now)) return false;
    await this.certificates.record(ctx.db, row, { kind: 'RELEASE', cause: 'RELEASE', reason: REASON.certificateHold, recordedAt: ctx.now, sourceRef });
    await this.certificates.unlist(ctx.db, row);
    const version = await this.certificates.setState(ctx.db, row, 'VALID');
    this.tell(ctx, certificateReleased, { ...row, version }, { reasonClass: 'RELEASED' });
    return true;
  }

  /**
   * Brings it into force; what the person had in force of this type is replaced in the same transaction (JPKI 4.6 no. 4). A stop of
   * the card that was heard before found nothing in force to hold: it takes effect here (JPKI 4.7 no. 9).
   */
  async activate(ctx: Ctx, row: CertificateRow, sourceRef: string): Promise<void> {
    if (!activates(statusOf(row), ctx.now)) return;
    const stopped = await this.certificates.isCardStopped(ctx.db, row.card_serial);
    if (stopped && STOP_EFFECT[row.type] === 'REVOKE') return this.stop(ctx, row);
    const former = (await this.certificates.unfinishedOf(ctx.db, [row.person_key])).find(({ state, type }) => type === row.type && (state === 'VALID' || state === 'HELD'));
    const replaced = former !== undefined && (await this.revoke(ctx, former, { cause: 'SUPERSEDED', sourceRef })) === 'REVOKE' ? { successorOf: serialHex(former.serial) } : {};
    const version = await this.certificates.setState(ctx.db, row, 'VALID', ctx.now);
    this.tell(ctx, certificateActivated, { ...row, version }, replaced);
    if (stopped) await this.stop(ctx, { ...row, state: 'VALID', version });
  }

  /** A stop order: by the policy each type is held or revoked (JPKI 4.7 no. 9). */
  async stop(ctx: Ctx, row: CertificateRow): Promise<void> {
    const sourceRef = `card-stop:${row.card_serial}`;
    if (STOP_EFFECT[row.type] === 'HOLD') await this.hold(ctx, row, sourceRef);
    else await this.revoke(ctx, row, { cause: 'CARD_STOPPED', sourceRef });
  }

  issued(ctx: Ctx, row: CertificateRow): void {
    this.tell(ctx, certificateIssued, row);
  }

  /**
   * Expiry shows by itself; of what was in force or on hold it is recorded and told, once. What was never handed over stays as it is: of
   * that OCSP goes on to say a hold.
   */
  async expire(ctx: Ctx, rows: readonly CertificateRow[]): Promise<void> {
    const ended = rows.filter(({ state }) => state === 'VALID' || state === 'HELD').filter((row) => stateAt(statusOf(row), ctx.now) === 'EXPIRED');
    await this.certificates.moveOn(ctx.db, ended, 'EXPIRED');
    for (const row of ended) this.tell(ctx, certificateExpired, { ...row, version: row.version + 1 });
  }

  async expiring(ctx: Ctx, rows: readonly CertificateRow[]): Promise<void> {
    await this.certificates.moveOn(ctx.db, rows);
    for (const row of rows) this.tell(ctx, certificateExpiringSoon, { ...row, version: row.version + 1 });
  }

  private tell(ctx: Ctx, event: CertificateEvent, row: CertificateRow, more: { readonly reasonClass?: string; readonly successorOf?: string } = {}): void {
    const serial = serialHex(row.serial);
    ctx.emit(event, {
      aggregateId: `${row.ca}:${serial}`,
      sequence: row.version,
      data: {
        ca: row.ca, type: row.type, serial, municipalityCode: row.municipality_code, cardSerial: row.card_serial, windowId: row.window_id,
        notAfter: row.not_after.toISOString(), recordedAt: ctx.now.toISOString(),
        ...(row.production_batch_id === null ? {} : { productionBatchId: row.production_batch_id }),
        ...more,
      },
    });
    ctx.audit({ object: `certificate:${row.ca}:${serial}`, subjects: [row.person_key], facts: { event: event.name, ...more } });
  }
}
