import { bridgeCaProblems, crossCertExpired, crossCertIssued, crossCertPublished, crossCertRenewing, crossCertReturned, crossCertRevoked } from '#contracts/bridge-ca';
import { found, type Ctx } from '#platform';
import { isForeignId } from '../authority/authority.js';
import { serialHex } from '../authority/authority-view.js';
import type { RevocationListStore } from '../revocation-list/revocation-list.store.js';
import { queueLists } from '../revocation-list/issue-lists.params.js';
import { CAUSES, type Cause, type CrossState, type Direction } from './cross-certification.js';
import type { CrossRecord, CrossRow, CrossStore, DirectionRow } from './cross-certification.store.js';

const EVENTS: Partial<Readonly<Record<CrossState, typeof crossCertIssued>>> = {
  PROPOSED: crossCertReturned, ISSUED: crossCertIssued, PUBLISHED: crossCertPublished, RENEWING: crossCertRenewing, REVOKED: crossCertRevoked, EXPIRED: crossCertExpired,
};

/** A cross-certification under the hands of an officer: taken with its lock, changed with its event and its audit line. */
export class CrossDesk {
  constructor(
    readonly store: CrossStore,
    private readonly lists: RevocationListStore,
  ) {}

  /** Locked until the transaction ends. Refuses NOT_FOUND. */
  async take(ctx: Ctx, crossId: string): Promise<CrossRecord> {
    return found(await this.store.lock(ctx.db, crossId));
  }

  /** A change of state is told; what happens inside of a state is in the audit trail alone. */
  async save(ctx: Ctx, from: CrossRecord, changes: Partial<CrossRecord>, facts: Readonly<Record<string, string>> = {}): Promise<CrossRecord> {
    const event = changes.state === undefined || changes.state === from.state ? undefined : EVENTS[changes.state];
    const to = { ...from, ...changes, told: from.told + (event === undefined ? 0 : 1) };
    await this.store.save(ctx.db, to);
    for (const direction of changes.directions ?? []) await this.store.saveDirection(ctx.db, direction);
    ctx.audit({ object: `cross-certification:${to.id}`, facts: { counterpart: to.counterpart, from: from.state, to: to.state, ...facts } });
    if (event !== undefined) ctx.emit(event, { aggregateId: to.id, sequence: to.told, data: factOf(to, ctx.now) });
    return to;
  }

  /** Section 7: back to PROPOSED, with the reason kept; what was exchanged and agreed is to be done again. */
  async giveBack(ctx: Ctx, from: CrossRecord, direction: Direction, faults: readonly string[]): Promise<CrossRecord> {
    const directions = from.directions.map((one): DirectionRow => ({ ...one, request: null, receivedBy: null, confirmedBy: null }));
    return this.save(ctx, from, { state: 'PROPOSED', faults: faults.map((fault) => `${direction} ${fault}`), mappedBy: null, decisionRef: null, directions }, { faults: faults.join(' ') });
  }

  /** Both certificates end; those of own authorities stand on their lists, which are issued at once (JPKI 4.8). */
  async revoke(ctx: Ctx, from: CrossRecord, cause: Cause): Promise<CrossRecord> {
    const own = from.directions.filter(isIssued).filter(({ issuer }) => !isForeignId(issuer));
    await this.lists.revoke(ctx.db, own.map(({ issuer, serial, notAfter }) => ({ authorityId: issuer, serial, notAfter, list: 'ARL', revokedAt: ctx.now, reason: CAUSES[cause], invalidityDate: null })));
    await queueLists(ctx, { list: 'ARL', authorityIds: own.map(({ issuer }) => issuer), scheduled: false });
    return this.save(ctx, from, { state: 'REVOKED', cause, endedAt: ctx.now });
  }
}

function isIssued(row: DirectionRow): row is DirectionRow & { readonly serial: string; readonly notAfter: Date } {
  return row.serial !== null && row.notAfter !== null;
}

/** The other direction's row stays as it is. */
export function withDirection(record: CrossRecord, changed: DirectionRow): readonly DirectionRow[] {
  return record.directions.map((one) => (one.direction === changed.direction ? changed : one));
}

export function directionOf(record: CrossRecord, direction: Direction): DirectionRow {
  return found(record.directions.find((one) => one.direction === direction));
}

export function requireState({ state }: CrossRow, holds: boolean): void {
  if (!holds) throw bridgeCaProblems.refuse('NOT_IN_STATE', { facts: { state } });
}

function factOf({ id: crossId, counterpart, directions, cause, faults, state }: CrossRecord, now: Date) {
  const certificates = directions.flatMap(({ direction, serial, notAfter }) => (serial === null || notAfter === null ? [] : [{ direction, serial: serialHex(serial), notAfter: notAfter.toISOString() }]));
  return { crossId, counterpart, certificates, at: now.toISOString(), ...(cause === null ? {} : { cause }), ...(state === 'PROPOSED' ? { faults: [...faults] } : {}) };
}
