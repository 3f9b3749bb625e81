import { z } from 'zod';
import { compareDates, localDateInJapan, toLocalDate } from '#kernel';
import { jpkiCaProblems } from '#contracts/jpki-ca';
import { platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { CA_IDS, caKeyId, type CaId, type Organisation } from '../ca/ca.js';
import type { CaGenerationRow } from '../ca/ca.store.js';
import type { Generations } from '../ca/generations.js';
import { namedOfficer } from '../ca/named-officer.js';
import { CEREMONIES, CEREMONY_KINDS, CEREMONY_ROLES, participantsFault, scriptOf } from './ceremony.js';
import { ceremonyView, viewOf, type CeremonyDesk } from './ceremony-desk.js';

const spec = useCase({
  action: 'jpki-ca.key-ceremony.schedule',
  kind: 'command',
  summary: 'Schedules a ceremony with its day and its people: GENERATE for the next key of an authority, ACTIVATE, or CLOSE to destroy a key',
  input: z.strictObject({
    ca: z.enum(CA_IDS),
    kind: z.enum(CEREMONY_KINDS),
    generation: z.number().int().min(1).max(1_000).optional().describe('for ACTIVATE and CLOSE; GENERATE makes the next one'),
    heldOn: z.iso.date().regex(/^20/),
    activateAt: z.iso.datetime().optional().describe('for GENERATE: when the new generation is to begin; 30 days are kept for everybody to take its root over'),
    participants: z.array(z.strictObject({ officer: z.string().regex(/^[A-Za-z0-9._@-]{1,64}$/), role: z.enum(CEREMONY_ROLES) })).max(20),
  })
    .refine(({ kind, generation }) => (kind === 'GENERATE') === (generation === undefined), { params: { code: 'GENERATION' }, path: ['generation'] })
    .refine(({ kind, activateAt }) => (kind === 'GENERATE') === (activateAt !== undefined), { params: { code: 'ACTIVATE_AT' }, path: ['activateAt'] })
    .refine(({ kind, participants }) => participantsFault(kind, participants) !== 'ROLES', { params: { code: 'ROLES' }, path: ['participants'] })
    .refine(({ kind, participants }) => participantsFault(kind, participants) !== 'PERSON_TWICE', { params: { code: 'PERSON_TWICE' }, path: ['participants'] }),
  output: ceremonyView,
  refusals: [...refusals(jpkiCaProblems, 'CEREMONY_DAY', 'CEREMONY_OPEN', 'NOT_IN_STATE', 'OPERATOR_NOT_ASSERTED'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** JPKI 3.2. */
export class ScheduleCeremony implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly desk: CeremonyDesk,
    private readonly generations: Generations,
    private readonly organisation: Organisation,
  ) {}

  async execute(ctx: Ctx, { ca, kind, generation, heldOn, activateAt, participants }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const scheduledBy = namedOfficer(ctx);
    if (compareDates(toLocalDate(heldOn), localDateInJapan(ctx.now)) < 0) throw jpkiCaProblems.refuse('CEREMONY_DAY');
    const row = generation === undefined ? await this.planned(ctx, ca, new Date(activateAt ?? ctx.now)) : await this.generations.take(ctx, ca, generation);
    if (!CEREMONIES[kind].from.includes(row.state)) throw jpkiCaProblems.refuse('NOT_IN_STATE', { facts: { state: row.state } });
    const former = kind === 'GENERATE' ? (await this.generations.cas.activeGeneration(ctx.db, ca))?.generation : undefined;
    const steps = scriptOf(kind, { keyId: row.key_id, keyChecksum: row.key_checksum, former });
    const people = participants.map((one) => ({ ...one, presentAt: null, signedAt: null }));
    const ceremony = { id: uuidv7(), ca, generation: row.generation, kind, state: 'SCHEDULED' as const, heldOn, participants: people, steps, reason: null, scheduledBy };
    if (!(await this.desk.store.add(ctx.db, ceremony, ctx.now))) throw jpkiCaProblems.refuse('CEREMONY_OPEN');
    ctx.audit({ object: `key-ceremony:${ceremony.id}`, facts: { kind, ca, generation: row.generation, heldOn } });
    return viewOf(ceremony);
  }

  /** The generation whose key is to be made: the next one, or one of a ceremony that was aborted. */
  private async planned(ctx: Ctx, ca: CaId, activateAt: Date): Promise<CaGenerationRow> {
    const { cas } = this.generations;
    await cas.lockPreparation(ctx.db);
    const rows = await cas.generations(ctx.db, ca);
    const waiting = rows.find(({ state }) => state === 'PLANNED' || state === 'KEY_GENERATED' || state === 'CERTIFIED');
    if (waiting !== undefined && waiting.state !== 'PLANNED') throw jpkiCaProblems.refuse('NOT_IN_STATE', { facts: { state: waiting.state } });
    const generation = waiting?.generation ?? (rows.at(-1)?.generation ?? 0) + 1;
    if (waiting === undefined) await cas.insert(ctx.db, { ca, generation, organisation: this.organisation, key_id: caKeyId(ca, generation), activate_at: activateAt }, ctx.now);
    const row = await this.generations.take(ctx, ca, generation);
    await cas.save(ctx.db, { ...row, activate_at: activateAt });
    return row;
  }
}
