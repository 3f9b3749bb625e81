import { jukiNetProblems, writtenText } from '#contracts/juki-net';
import { toLocalDate } from '#kernel';
import { found, platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { namedOfficer } from '../officer.js';
import { ROW_STATES, type RowStep, type ScheduleRow, stepRow } from './schedule-row.js';
import type { ScheduleRowStore } from './schedule-row.store.js';

export const scheduleNumber = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(5), z.literal(6)]);
/** Of grants and rows: the purpose that inquiries name. */
export const affairName = z.string().regex(/^[A-Z][A-Z_]{1,59}$/);
const view = z.object({
  rowId: z.uuid(), schedule: scheduleNumber, row: z.string(), affair: z.string(), usesNumbers: z.boolean(), validFrom: z.string(), validUntil: z.string().optional(), state: z.enum(ROW_STATES),
  enteredBy: z.string(), decidedBy: z.string().optional(),
});

const enterSpec = useCase({
  action: 'juki-net.schedule-row.enter',
  kind: 'command',
  summary: 'Enters a version of a row of a schedule (別表); once another officer has approved it, it takes the place of former ones from its first day on',
  input: z.strictObject({
    schedule: scheduleNumber, row: writtenText(20).describe('項'), affair: affairName, usesNumbers: z.boolean().describe('番号利用事務'),
    validFrom: z.iso.date(), validUntil: z.iso.date().optional().describe('of a row that is repealed'),
  }),
  output: view,
  refusals: refusals(jukiNetProblems, 'OPERATOR_NOT_ASSERTED', 'TERM'),
});

export class EnterRow implements UseCase<typeof enterSpec> {
  readonly spec = enterSpec;
  constructor(private readonly rows: ScheduleRowStore) {}

  async execute(ctx: Ctx, { validFrom, validUntil, ...input }: InputOf<typeof enterSpec>): Promise<OutputOf<typeof enterSpec>> {
    if (validUntil !== undefined && validUntil < validFrom) throw jukiNetProblems.refuse('TERM', { fields: [{ pointer: '/validUntil', code: 'TERM' }] });
    const term = { validFrom: toLocalDate(validFrom), ...(validUntil === undefined ? {} : { validUntil: toLocalDate(validUntil) }) };
    const row: ScheduleRow = { ...input, ...term, rowId: uuidv7(), state: 'ENTERED', enteredBy: namedOfficer(ctx) };
    await this.rows.add(ctx.db, row, ctx.now);
    ctx.audit({ object: `schedule-row:${row.rowId}`, facts: { schedule: row.schedule, affair: row.affair, to: row.state } });
    return row;
  }
}

const byId = z.strictObject({ rowId: z.uuid() });

function stepSpec(action: string, summary: string) {
  return useCase({
    action, kind: 'command', summary, input: byId, output: view,
    refusals: [...refusals(jukiNetProblems, 'OPERATOR_NOT_ASSERTED', 'SAME_OFFICER', 'SCHEDULE_ROW_STATE'), ...refusals(platformProblems, 'NOT_FOUND')],
  });
}

const STEPS = {
  APPROVE: stepSpec('juki-net.schedule-row.approve', 'Approves a version of a row; the officer must be another than the one who entered it'),
  WITHDRAW: stepSpec('juki-net.schedule-row.withdraw', 'Withdraws a version that was not approved'),
} as const satisfies Record<RowStep, unknown>;

/** Grants of the affair go by what was approved within five seconds (JUKI-4.7). */
export class StepRow implements UseCase<ReturnType<typeof stepSpec>> {
  readonly spec: ReturnType<typeof stepSpec>;
  constructor(
    private readonly rows: ScheduleRowStore,
    private readonly step: RowStep,
  ) {
    this.spec = STEPS[step];
  }

  async execute(ctx: Ctx, { rowId }: z.output<typeof byId>): Promise<z.input<typeof view>> {
    const row = found(await this.rows.lock(ctx.db, rowId));
    const decidedBy = namedOfficer(ctx);
    const outcome = stepRow(row, this.step, decidedBy);
    if ('refusal' in outcome) throw jukiNetProblems.refuse(outcome.refusal, { facts: { state: row.state } });
    const stepped = { ...row, ...outcome, decidedBy };
    if (this.step === 'APPROVE') await this.rows.makeRoom(ctx.db, row, ctx.now);
    await this.rows.decide(ctx.db, stepped, ctx.now);
    ctx.audit({ object: `schedule-row:${rowId}`, facts: { from: row.state, to: outcome.state } });
    return stepped;
  }
}

const listSpec = useCase({
  action: 'juki-net.schedule-row.list', kind: 'question', summary: 'Rows of the schedules with all their versions',
  input: z.strictObject({ schedule: z.coerce.number().pipe(scheduleNumber).optional(), affair: affairName.optional(), limit: z.coerce.number().int().min(1).max(1_000).default(1_000) }),
  output: z.object({ items: z.array(view) }),
  refusals: [],
});

export class ListRows implements UseCase<typeof listSpec> {
  readonly spec = listSpec;
  constructor(private readonly rows: ScheduleRowStore) {}

  async execute(ctx: Ctx, { schedule, affair, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    ctx.audit({ object: 'schedule-rows' });
    return { items: await this.rows.list(ctx.db, { schedule, affair, limit }) };
  }
}
