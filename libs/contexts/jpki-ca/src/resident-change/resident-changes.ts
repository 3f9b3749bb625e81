import type { Ctx } from '#platform';
import type { CertificateRow, CertificateStore } from '../certificate/certificate.store.js';
import type { StatusChanges } from '../certificate/status-changes.js';
import { fourAttributesOf, type HolderIdentity } from '../profile/four-attributes.js';
import { endsRecord, residenceOf, showsSame, type RegisteredState } from './register-comparison.js';
import { arrivalState, dueNotices, effectOf, livesIn, outcomeOf, progressAfter, type Progress } from './resident-change.js';
import type { NewNotice, NoticeRow, ResidentChangeStore } from './resident-change.store.js';

export interface ResidentChangeParts {
  readonly store: ResidentChangeStore;
  readonly certificates: CertificateStore;
  readonly changes: StatusChanges;
}

/** Follows the register for the holders of certificates, in the order of their facts' versions (JPKI 3.6). */
export class ResidentChanges {
  constructor(private readonly parts: ResidentChangeParts) {}

  /**
   * Keeps the notices about people without a certificate, for one that is being issued of older facts; the first version can be
   * none of those. Returns the people who are followed: their notices are taken in one by one.
   */
  async keepUnfollowed(ctx: Ctx, notices: readonly NewNotice[]): Promise<Set<string>> {
    const { store, certificates } = this.parts;
    const people = notices.map(({ personKey }) => personKey);
    await certificates.lockPersons(ctx.db, people);
    const followed = await store.progressOf(ctx.db, people);
    await store.addUnfollowed(ctx.db, notices.filter(({ personKey, factVersion }) => factVersion > 1 && !followed.has(personKey)), ctx.now);
    return followed;
  }

  /** Takes a notice in. Late, early and repeated ones end in the same state. */
  async receive(ctx: Ctx, notice: NewNotice): Promise<void> {
    const { store, certificates } = this.parts;
    const { personKey } = notice;
    await certificates.lockPersons(ctx.db, [personKey]);
    const progress = await store.progress(ctx.db, personKey);
    const state = arrivalState(progress, notice.factVersion);
    const fresh = await store.add(ctx.db, notice, state, ctx.now);
    if (!fresh || progress === undefined || state !== 'ARRIVED') return;
    await this.follow(ctx, personKey, progress);
  }

  /**
   * After a first certificate the person is followed from its facts on. A notice that overtook the issue is caught up with:
   * the new certificate shows older facts than the register has by now.
   */
  async afterIssue(ctx: Ctx, rows: readonly CertificateRow[]): Promise<void> {
    const { store } = this.parts;
    const known = await store.progressOf(ctx.db, rows.map((row) => row.person_key));
    const first = new Map(rows.filter((row) => !known.has(row.person_key)).map((row) => [row.person_key, row]));
    await store.startProgress(ctx.db, [...first.values()].map((row) => ({ personKey: row.person_key, applied: row.fact_version, municipalityCode: row.municipality_code })));
    const overtaken = await store.overtaken(ctx.db, rows.map((row) => ({ personKey: row.person_key, factVersion: row.fact_version })));
    for (const row of rows.filter(({ person_key: personKey }) => overtaken.has(personKey))) {
      const progress = (await store.progress(ctx.db, row.person_key)) ?? { applied: row.fact_version, dead: false };
      const later = await store.after(ctx.db, row.person_key, row.fact_version);
      for (const notice of later.filter(({ factVersion }) => factVersion <= progress.applied)) await this.take(ctx, row.person_key, notice);
      await this.follow(ctx, row.person_key, progress);
    }
  }

  /**
   * Brings a holder of whom news were lost to where the register says that they are: what did arrive has its effect, and the rest is
   * read from the register's present state (JUKI-4.9). False when the news came in the meantime.
   */
  async catchUp(ctx: Ctx, registered: RegisteredState & HolderIdentity): Promise<boolean> {
    const { store, certificates } = this.parts;
    const { personKey, factVersion } = registered;
    await certificates.lockPersons(ctx.db, [personKey]);
    const progress = await store.progress(ctx.db, personKey);
    if (progress === undefined || progress.applied >= factVersion) return false;
    const arrived = (await store.after(ctx.db, personKey, progress.applied)).filter((notice) => notice.factVersion <= factVersion);
    for (const notice of arrived) {
      await this.take(ctx, personKey, notice);
      await store.setState(ctx.db, personKey, notice.factVersion, outcomeOf(progress, notice));
    }
    await this.endOutdated(ctx, registered);
    const reached: Progress = { applied: factVersion, dead: progress.dead || registered.status === 'DECEASED' };
    await store.setProgress(ctx.db, personKey, reached, residenceOf(registered));
    ctx.audit({ object: `resident-change:${factVersion}`, subjects: [personKey], facts: { state: 'FETCHED', from: progress.applied + 1 } });
    await this.follow(ctx, personKey, reached);
    return true;
  }

  /** Certificates of older facts whose record is gone, or that show something else than the register. */
  private async endOutdated(ctx: Ctx, registered: RegisteredState & HolderIdentity): Promise<void> {
    const { certificates, changes } = this.parts;
    const older = (await certificates.unfinishedOf(ctx.db, [registered.personKey])).filter((row) => row.fact_version < registered.factVersion);
    const shown = await certificates.identitiesShown(ctx.db, older.filter(({ type }) => type === 'SIGN_CERT'));
    for (const row of older) {
      const identity = shown.get(row.serial);
      const isOutdated = row.type === 'SIGN_CERT' && (identity === undefined || !showsSame(fourAttributesOf(identity), fourAttributesOf(registered)));
      if (endsRecord(registered) || isOutdated) await changes.revoke(ctx, row, { cause: 'RESIDENT_CHANGE', sourceRef: `register-comparison:${registered.factVersion}` });
    }
  }

  /** Applies what is due after `start`. */
  private async follow(ctx: Ctx, personKey: string, start: Progress): Promise<void> {
    const { store } = this.parts;
    let progress = start;
    for (const notice of dueNotices(start, await store.after(ctx.db, personKey, start.applied))) {
      await this.take(ctx, personKey, notice);
      const outcome = outcomeOf(progress, notice);
      progress = progressAfter(progress, notice);
      await store.setState(ctx.db, personKey, notice.factVersion, outcome);
      await store.setProgress(ctx.db, personKey, progress, livesIn(notice));
      if (outcome === 'QUARANTINED') ctx.audit({ object: `resident-change:${notice.factVersion}`, subjects: [personKey], facts: { state: outcome } });
    }
  }

  /** Ends the certificates that show facts older than the notice. */
  private async take(ctx: Ctx, personKey: string, notice: NoticeRow): Promise<void> {
    const effect = effectOf(notice);
    if (!effect.sign && !effect.auth) return;
    const { certificates, changes } = this.parts;
    for (const row of await certificates.unfinishedOf(ctx.db, [personKey])) {
      const concerned = row.type === 'SIGN_CERT' ? effect.sign : effect.auth;
      if (concerned && row.fact_version < notice.factVersion) await changes.revoke(ctx, row, { cause: 'RESIDENT_CHANGE', sourceRef: `resident-change:${notice.factVersion}` });
    }
  }
}
