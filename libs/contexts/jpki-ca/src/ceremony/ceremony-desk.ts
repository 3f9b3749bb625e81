import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson, found, type Ctx } from '#platform';
import { CA_IDS } from '../ca/ca.js';
import { namedOfficer } from '../ca/named-officer.js';
import { CEREMONY_KINDS, CEREMONY_ROLES, CEREMONY_STATES, nextStep, STEP_CODES } from './ceremony.js';
import type { CeremonyRecord, CeremonyStore } from './ceremony.store.js';

export const byId = z.strictObject({ ceremonyId: z.uuid() });

const findings = z.record(z.string(), z.union([z.string(), z.number()]));

export const ceremonyView = z.object({
  ceremonyId: z.uuid(), ca: z.enum(CA_IDS), generation: z.number().int(), kind: z.enum(CEREMONY_KINDS), state: z.enum(CEREMONY_STATES), heldOn: z.iso.date(),
  reason: z.string().optional(), nextStep: z.number().int().optional(),
  participants: z.array(z.object({ officer: z.string(), role: z.enum(CEREMONY_ROLES), presentAt: z.iso.datetime().nullable(), signedAt: z.iso.datetime().nullable() })),
  steps: z.array(z.object({
    code: z.enum(STEP_CODES), by: z.enum(CEREMONY_ROLES), expected: findings, doneAt: z.iso.datetime().nullable(), doneBy: z.string().nullable(), found: findings.nullable(),
  })),
});

export function viewOf({ id, ca, generation, kind, state, heldOn, reason, participants, steps }: CeremonyRecord): z.input<typeof ceremonyView> {
  const next = nextStep(steps);
  return {
    ceremonyId: id, ca, generation, kind, state, heldOn, reason: reason ?? undefined, ...(next < 0 ? {} : { nextStep: next + 1 }), participants: [...participants],
    steps: steps.map(({ code, by, expected, doneAt, doneBy, found }) => ({ code, by, expected, doneAt, doneBy, found })),
  };
}

/** A ceremony under the eyes of the officer who asks: taken with its lock, saved with its audit line. */
export class CeremonyDesk {
  constructor(readonly store: CeremonyStore) {}

  async take(ctx: Ctx, ceremonyId: string): Promise<{ readonly ceremony: CeremonyRecord; readonly officer: string }> {
    const officer = namedOfficer(ctx);
    return { ceremony: found(await this.store.lock(ctx.db, ceremonyId)), officer };
  }

  async save(ctx: Ctx, from: CeremonyRecord, changes: Partial<CeremonyRecord>, facts: Readonly<Record<string, string | number>> = {}): Promise<z.input<typeof ceremonyView>> {
    const to = { ...from, ...changes };
    await this.store.save(ctx.db, to, ctx.now);
    ctx.audit({ object: `key-ceremony:${to.id}`, facts: { from: from.state, to: to.state, ...facts } });
    return viewOf(to);
  }

  /** The minutes: one canonical text of everything that was done, which everybody signs by its digest (JPKI 3.2). */
  async writeMinutes(ctx: Ctx, { id, ca, generation, kind, heldOn, participants, steps }: CeremonyRecord): Promise<void> {
    const present = participants.filter(({ presentAt }) => presentAt !== null);
    const document = canonicalJson({ type: 'kiban:jpki-ca:key-ceremony', ceremonyId: id, ca, generation, kind, heldOn, participants: present, steps });
    await this.store.keepMinutes(ctx.db, id, { document, sha256: createHash('sha256').update(document).digest('hex') }, ctx.now);
  }
}
