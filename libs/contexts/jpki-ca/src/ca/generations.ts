import { caActivated, caCertified, caClosed, caCompromised, caKeyGenerated, caRetiring, jpkiCaProblems } from '#contracts/jpki-ca';
import { keyIdentifierOf, parseCertificate } from '#pki';
import { found, queueJob, type Ctx } from '#platform';
import { CRL_LIFE_MS } from '../crl/crl.js';
import { ISSUE_CRLS } from '../crl/issue-crls.params.js';
import type { Responders } from '../ocsp/responders.js';
import type { CaId } from './ca.js';
import type { CaGenerationRow, CaStore } from './ca.store.js';
import { activationFrom, isClosable, NEXT_GENERATION_STATES, type GenerationState } from './generation.js';
import { REVOKE_GENERATION } from './revoke-generation.params.js';

const EVENTS = { KEY_GENERATED: caKeyGenerated, CERTIFIED: caCertified, ACTIVE: caActivated, RETIRING: caRetiring, COMPROMISED: caCompromised, CLOSED: caClosed } as const;

/** The changes of state of key generations: row, event, audit line and what follows from it, in the caller's transaction. */
export class Generations {
  constructor(
    readonly cas: CaStore,
    private readonly responders: Responders,
  ) {}

  /** The generation, locked until the transaction ends. Refuses NOT_FOUND. */
  async take(ctx: Ctx, ca: CaId, generation: number): Promise<CaGenerationRow> {
    return found(await this.cas.lockGeneration(ctx.db, ca, generation));
  }

  async move(ctx: Ctx, row: CaGenerationRow, to: GenerationState, changes: Partial<CaGenerationRow> = {}): Promise<CaGenerationRow> {
    if (!NEXT_GENERATION_STATES[row.state].includes(to)) throw jpkiCaProblems.refuse('NOT_IN_STATE', { facts: { state: row.state } });
    const event = to === 'PLANNED' ? undefined : EVENTS[to];
    const moved = { ...row, ...changes, state: to, version: row.version + (event === undefined ? 0 : 1) };
    await this.cas.save(ctx.db, moved);
    const { ca, generation, certificate, not_after: notAfter, activate_at: activateAt } = moved;
    if (event !== undefined) {
      const optional = {
        ...(certificate === null || notAfter === null ? {} : { keyIdentifier: keyIdentifierOf(parseCertificate(certificate).spki).toString('hex'), notAfter: notAfter.toISOString() }),
        ...(to === 'CERTIFIED' && activateAt !== null ? { activateAt: activateAt.toISOString() } : {}),
      };
      ctx.emit(event, { aggregateId: `${ca}:${generation}`, sequence: moved.version, data: { ca, generation, at: ctx.now.toISOString(), ...optional } });
    }
    ctx.audit({ object: `ca:${ca}:${generation}`, facts: { from: row.state, to } });
    return moved;
  }

  /** Publishes the certificates of a ceremony; from now on everybody has time to take them over (JPKI 4.11). */
  async certify(ctx: Ctx, row: CaGenerationRow): Promise<CaGenerationRow> {
    const former = await this.cas.activeGeneration(ctx.db, row.ca);
    return this.move(ctx, row, 'CERTIFIED', { activate_at: activationFrom(row.activate_at ?? ctx.now, ctx.now, former !== undefined) });
  }

  /** JPKI 4.11: the former generation ends to issue in the same instant. Lists and answers are signed by both from now on. */
  async activate(ctx: Ctx, ca: CaId, generation: number): Promise<CaGenerationRow> {
    await this.cas.lockSwitch(ctx.db);
    const row = await this.take(ctx, ca, generation);
    if (row.activate_at === null || ctx.now < row.activate_at) throw jpkiCaProblems.refuse('ACTIVATION_TOO_EARLY', { facts: { activateAt: row.activate_at?.toISOString() ?? '' } });
    if (row.reported_by !== null) throw jpkiCaProblems.refuse('NOT_IN_STATE', { facts: { state: row.state } });
    const former = await this.cas.activeGeneration(ctx.db, ca);
    if (former !== undefined) await this.move(ctx, await this.take(ctx, ca, former.generation), 'RETIRING');
    const active = await this.move(ctx, row, 'ACTIVE', { activated_at: ctx.now });
    await this.responders.renew(ctx.db, ctx.now);
    await this.issueLists(ctx);
    return active;
  }

  /** From now on the key signs nothing, since it is about to be destroyed. */
  async endUse(ctx: Ctx, row: CaGenerationRow): Promise<void> {
    const lastEnd = await this.cas.lastEnd(ctx.db, row);
    if (!isClosable({ state: row.state, lastEnd }, CRL_LIFE_MS, ctx.now)) throw jpkiCaProblems.refuse('CERTIFICATES_IN_FORCE', { facts: { lastEnd: lastEnd?.toISOString() ?? '' } });
    await this.cas.save(ctx.db, { ...row, out_of_use_at: ctx.now });
  }

  /** JPKI 4.11: issuing has stopped, links to the key go at once, the holders' certificates by a job, and the lists with its end. */
  async compromise(ctx: Ctx, row: CaGenerationRow): Promise<string> {
    await this.move(ctx, row, 'COMPROMISED');
    await this.cas.revokeLinks(ctx.db, row, ctx.now);
    await queueJob(ctx, ISSUE_CRLS, { kind: 'ARL', scheduled: false });
    return queueJob(ctx, REVOKE_GENERATION, { ca: row.ca, generation: row.generation });
  }

  private async issueLists(ctx: Ctx): Promise<void> {
    for (const kind of ['ARL', 'CRL']) await queueJob(ctx, ISSUE_CRLS, { kind, scheduled: false });
  }
}
