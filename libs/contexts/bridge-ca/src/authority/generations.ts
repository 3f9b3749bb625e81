import { bridgeCaProblems, caActivated, caCertified, caClosed, caCompromised, caKeyGenerated, caRetiring } from '#contracts/bridge-ca';
import { isSameOfficer } from '#kernel';
import { PkiError, keyIdentifierOf, parseName, type SigningKey } from '#pki';
import { found, officerOf, type Ctx } from '#platform';
import { queueLists } from '../revocation-list/issue-lists.params.js';
import { BRIDGE_ID, endAfterYears, keyIdOf, toSecond } from './authority.js';
import { keyAnswer, type Authorities, type Signatory } from './authorities.js';
import type { AuthorityRow, GenerationRow, LinkRow } from './authority.store.js';
import { drawSerial, signLinted } from './certificate-signer.js';
import { activationFrom, NEXT_GENERATION_STATES, type GenerationState } from './generation.js';
import { linkProfile, ROOT_YEARS, rootProfile } from './profiles.js';

const EVENTS = { KEY_GENERATED: caKeyGenerated, CERTIFIED: caCertified, ACTIVE: caActivated, RETIRING: caRetiring, COMPROMISED: caCompromised, CLOSED: caClosed } as const;

export interface Planned {
  readonly activateAt: Date;
  readonly ceremonyRef: string;
}

/** The changes of state of key generations: row, events and audit line in the caller's transaction. */
export class Generations {
  constructor(readonly authorities: Authorities) {}

  get store() {
    return this.authorities.parts.store;
  }

  /** The authority, locked until the transaction ends. Refuses NOT_FOUND. */
  async lock(ctx: Ctx, authorityId: string): Promise<AuthorityRow> {
    return found(await this.store.lock(ctx.db, authorityId));
  }

  /** An own authority with a key: outside of production one that has none gets its first here, exactly once, since whoever asks has it locked. */
  async established(ctx: Ctx, authorityId: string): Promise<Signatory> {
    const authority = await this.lock(ctx, authorityId);
    const isNew = (await this.store.generations(ctx.db, authorityId)).length === 0;
    // The real ones have no key that was made without a ceremony (JPKI 3.2).
    if (isNew && authority.kind !== 'EXTERNAL' && authority.organisation !== 'JPKI') {
      const planned = await this.plan(ctx, authority, { activateAt: ctx.now, ceremonyRef: 'none: no production' });
      await this.activate(ctx, await this.certify(ctx, authority, planned));
    }
    return this.authorities.issuing(ctx.db, authorityId);
  }

  /** Refuses GENERATION_PLANNED while another one is not in use yet. */
  async plan(ctx: Ctx, { id: authorityId }: AuthorityRow, { activateAt, ceremonyRef }: Planned): Promise<GenerationRow> {
    const generation = (await this.store.generations(ctx.db, authorityId)).length + 1;
    const added = await this.store.plan(ctx.db, { authorityId, generation, keyId: keyIdOf(authorityId, generation), activateAt, ceremonyRef, plannedBy: officerOf(ctx) });
    if (!added) throw bridgeCaProblems.refuse('GENERATION_PLANNED');
    ctx.audit({ object: `authority:${authorityId}:${generation}`, facts: { to: 'PLANNED', ceremonyRef } });
    return this.generation(ctx, authorityId, generation);
  }

  /** Makes the key, its root, and the links with the generation that issues now. Refuses UNAVAILABLE. */
  async certify(ctx: Ctx, authority: AuthorityRow, planned: GenerationRow): Promise<GenerationRow> {
    const { id: authorityId } = authority;
    const key = await keyAnswer(() => this.authorities.made(planned.keyId ?? ''));
    const generated = await this.move(ctx, planned, 'KEY_GENERATED');
    const former = await this.store.active(ctx.db, authorityId);
    const root = await this.signRoot(ctx, authority, key);
    const certified = await this.move(ctx, { ...generated, ...root }, 'CERTIFIED', {
      certifiedBy: officerOf(ctx), activateAt: activationFrom(planned.activateAt ?? ctx.now, ctx.now, former !== undefined),
    });
    if (former !== undefined) {
      const [fresh, old] = [await this.authorities.signatory(certified), await this.authorities.signatory(former)];
      await this.store.addLink(ctx.db, await this.signLink(ctx, authority, { name: 'OLD_WITH_NEW', fresh, old }));
      await this.store.addLink(ctx.db, await this.signLink(ctx, authority, { name: 'NEW_WITH_OLD', fresh, old }));
    }
    return certified;
  }

  /** The former generation ends to issue in the same instant; lists are signed by both from now on (JPKI 4.8, 4.11). */
  async activate(ctx: Ctx, row: GenerationRow): Promise<GenerationRow> {
    const { authorityId, keyId } = row;
    const former = await this.store.active(ctx.db, authorityId);
    if (former !== undefined) await this.move(ctx, former, 'RETIRING');
    const isOurs = keyId !== null;
    if (isOurs) await queueLists(ctx, { list: 'ARL', authorityIds: [authorityId], scheduled: false });
    if (isOurs && authorityId !== BRIDGE_ID) await queueLists(ctx, { list: 'CRL', authorityIds: [authorityId], scheduled: false });
    return this.move(ctx, row, 'ACTIVE', { activatedAt: ctx.now });
  }

  async generation(ctx: Ctx, authorityId: string, generation: number): Promise<GenerationRow> {
    return found(await this.store.generation(ctx.db, authorityId, generation));
  }

  /** Refuses NOT_IN_STATE. */
  async move(ctx: Ctx, row: GenerationRow, to: GenerationState, changes: Partial<GenerationRow> = {}): Promise<GenerationRow> {
    if (!NEXT_GENERATION_STATES[row.state].includes(to)) throw bridgeCaProblems.refuse('NOT_IN_STATE', { facts: { state: row.state } });
    const moved = { ...row, ...changes, state: to, version: row.version + 1 };
    await this.store.save(ctx.db, moved);
    const { authorityId, generation, certificate, notAfter, activateAt } = moved;
    if (to !== 'PLANNED') {
      const known = certificate === null || notAfter === null ? {} : { keyIdentifier: keyIdentifierOf(this.authorities.certificateOf(moved).spki).toString('hex'), notAfter: notAfter.toISOString() };
      const begins = to === 'CERTIFIED' && activateAt !== null ? { activateAt: activateAt.toISOString() } : {};
      ctx.emit(EVENTS[to], { aggregateId: `${authorityId}:${generation}`, sequence: moved.version, data: { authority: authorityId, generation, at: ctx.now.toISOString(), ...known, ...begins } });
    }
    ctx.audit({ object: `authority:${authorityId}:${generation}`, facts: { from: row.state, to } });
    return moved;
  }

  /** What was destroyed before stays so. */
  async destroyKey(row: GenerationRow): Promise<void> {
    try {
      await keyAnswer(() => this.authorities.parts.keys.destroy(row.keyId ?? ''));
    } catch (error) {
      if (!(error instanceof PkiError) || error.code !== 'KEY_NOT_FOUND') throw error;
    }
  }

  private async signRoot(ctx: Ctx, { subjectDer }: AuthorityRow, key: SigningKey): Promise<Pick<GenerationRow, 'certificate' | 'serial' | 'notBefore' | 'notAfter'>> {
    const [notBefore, notAfter, serial] = [toSecond(ctx.now), endAfterYears(ctx.now, ROOT_YEARS), drawSerial()];
    const content = { profile: rootProfile(parseName(subjectDer)), serial, issuer: 'self', notBefore, notAfter, spki: key.publicKeySpki } as const;
    const certificate = await keyAnswer(() => signLinted({ content, key, issuer: undefined }));
    return { certificate, serial: serial.toString(), notBefore, notAfter };
  }

  /** One of the two keys certified by the other, no longer than both roots last: who has taken over one of them reaches the other (JPKI 4.3, RFC 4210 4.4). */
  private async signLink(ctx: Ctx, { id: authorityId, subjectDer }: AuthorityRow, { name, fresh, old }: { name: LinkRow['name']; fresh: Signatory; old: Signatory }): Promise<LinkRow> {
    const [by, subject] = name === 'OLD_WITH_NEW' ? [fresh, old] : [old, fresh];
    const notAfter = new Date(Math.min(by.certificate.notAfter.getTime(), subject.certificate.notAfter.getTime()));
    const serial = drawSerial();
    const content = { profile: linkProfile(parseName(subjectDer)), serial, issuer: by.issuer, notBefore: toSecond(ctx.now), notAfter, spki: subject.key.publicKeySpki };
    const certificate = await keyAnswer(() => signLinted({ content, key: by.key, issuer: by.certificate }));
    return { authorityId, generation: fresh.generation, former: old.generation, name, certificate, serial: serial.toString(), notAfter };
  }
}

/** Officers cannot be told apart without their names. Refuses OPERATOR_NOT_ASSERTED. */
export function namedOfficer(ctx: Ctx): string {
  if (ctx.actor.operator === undefined) throw bridgeCaProblems.refuse('OPERATOR_NOT_ASSERTED');
  return officerOf(ctx);
}

/** The officer, who must be another one than those who acted before. Refuses OPERATOR_NOT_ASSERTED, SAME_OFFICER. */
export function anotherOfficer(ctx: Ctx, ...before: readonly (string | null)[]): string {
  const officer = namedOfficer(ctx);
  if (before.some((one) => one !== null && isSameOfficer(one, officer))) throw bridgeCaProblems.refuse('SAME_OFFICER');
  return officer;
}
