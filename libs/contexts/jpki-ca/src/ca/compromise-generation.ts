import { z } from 'zod';
import { isSameOfficer } from '#kernel';
import { jpkiCaProblems } from '#contracts/jpki-ca';
import { officerOf, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { reference } from '../certificate/certificate-answer.js';
import { CA_IDS } from './ca.js';
import type { CaGenerationRow } from './ca.store.js';
import { GENERATION_STATES, NEXT_GENERATION_STATES } from './generation.js';
import type { Generations } from './generations.js';
import { namedOfficer } from './named-officer.js';

const byGeneration = z.strictObject({ caId: z.enum(CA_IDS), generation: z.coerce.number().int().min(1).max(1_000) });
const answer = z.object({ ca: z.enum(CA_IDS), generation: z.number().int(), state: z.enum(GENERATION_STATES), isReported: z.boolean() });

const reportSpec = useCase({
  action: 'jpki-ca.generation.report-compromise',
  kind: 'command',
  summary: 'The incident commander reports the key of a generation as leaked: it issues nothing until another officer has decided',
  input: byGeneration.extend({ evidenceRef: reference }),
  output: answer,
  refusals: [...refusals(jpkiCaProblems, 'NOT_IN_STATE', 'OPERATOR_NOT_ASSERTED'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** JPKI 4.11: freeze first. */
export class ReportCompromise implements UseCase<typeof reportSpec> {
  readonly spec = reportSpec;

  constructor(private readonly generations: Generations) {}

  async execute(ctx: Ctx, { caId, generation, evidenceRef }: InputOf<typeof reportSpec>): Promise<OutputOf<typeof reportSpec>> {
    namedOfficer(ctx);
    const { cas } = this.generations;
    await cas.lockSwitch(ctx.db);
    const row = await this.generations.take(ctx, caId, generation);
    if (row.reported_by !== null || !NEXT_GENERATION_STATES[row.state].includes('COMPROMISED')) throw jpkiCaProblems.refuse('NOT_IN_STATE', { facts: { state: row.state } });
    const reported = { ...row, reported_by: officerOf(ctx) };
    await cas.save(ctx.db, reported);
    ctx.audit({ object: `ca:${caId}:${generation}`, facts: { evidenceRef } });
    return viewOf(reported);
  }
}

const decideSpec = (verb: string, summary: string) => useCase({
  action: `jpki-ca.generation.${verb}`, kind: 'command', summary, input: byGeneration, output: answer.extend({ jobId: z.uuid().optional() }),
  refusals: [...refusals(jpkiCaProblems, 'NOT_IN_STATE', 'OPERATOR_NOT_ASSERTED', 'SAME_OFFICER'), ...refusals(platformProblems, 'NOT_FOUND')],
});
const SPECS = {
  CONFIRM: decideSpec('confirm-compromise', 'A second officer confirms: the generation is compromised, all its certificates are revoked by a job'),
  DISMISS: decideSpec('dismiss-compromise', 'A second officer finds the key sound: the generation goes on'),
} as const;
type DecideSpec = (typeof SPECS)['CONFIRM'];

/** JPKI 3.1: CERTIFIED, ACTIVE or RETIRING -> COMPROMISED by two officers. */
export class DecideCompromise implements UseCase<DecideSpec> {
  readonly spec: DecideSpec;

  constructor(
    private readonly generations: Generations,
    private readonly decision: keyof typeof SPECS,
  ) {
    this.spec = SPECS[decision];
  }

  async execute(ctx: Ctx, { caId, generation }: InputOf<DecideSpec>): Promise<OutputOf<DecideSpec>> {
    namedOfficer(ctx);
    const { cas } = this.generations;
    await cas.lockSwitch(ctx.db);
    const row = await this.generations.take(ctx, caId, generation);
    if (row.reported_by === null || !NEXT_GENERATION_STATES[row.state].includes('COMPROMISED')) throw jpkiCaProblems.refuse('NOT_IN_STATE', { facts: { state: row.state } });
    if (isSameOfficer(row.reported_by, officerOf(ctx))) throw jpkiCaProblems.refuse('SAME_OFFICER');
    if (this.decision === 'CONFIRM') return { ...viewOf({ ...row, state: 'COMPROMISED' }), jobId: await this.generations.compromise(ctx, row) };
    const sound = { ...row, reported_by: null };
    await cas.save(ctx.db, sound);
    ctx.audit({ object: `ca:${caId}:${generation}` });
    return viewOf(sound);
  }
}

function viewOf({ ca, generation, state, reported_by: by }: CaGenerationRow): z.input<typeof answer> {
  return { ca, generation, state, isReported: by !== null };
}
