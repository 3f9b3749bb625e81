import { addDays, isBusinessDay, localDateInJapan, startOfDayInJapan, toLocalDate, type LocalDate } from '#kernel';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { QUEUES, TARGETS, loadOf, seatsFor, serviceLevel } from './call-record.js';
import type { CallRecordStore, HourFigures } from './call-record.store.js';
import { STOP_SECONDS } from '../stop-order/stop-order.js';
import type { StopOrderStore } from '../stop-order/stop-order.store.js';

const days = z.strictObject({ from: z.iso.date(), until: z.iso.date() }).refine(({ from, until }) => from <= until && addDays(toLocalDate(from), 370) >= until, { path: ['until'], params: { code: 'TERM' } });
const seatsOf = z.object({ seats: z.number().int(), serviceLevel: z.number() });

const intervalOf = ({ from, until }: { readonly from: string; readonly until: string }) => ({ from: startOfDayInJapan(toLocalDate(from)), to: startOfDayInJapan(addDays(toLocalDate(until), 1)) });

const reportSpec = useCase({
  action: 'card-issuance.call.service-level', kind: 'question', summary: 'Calls of an interval by queue against their targets, and how long stops took from the end of the call',
  input: days,
  output: z.object({
    queues: z.array(z.object({ queue: z.enum(QUEUES), offered: z.number().int(), answered: z.number().int(), withinTwentySeconds: z.number(), target: z.number(), met: z.boolean() })),
    stops: z.object({ count: z.number().int(), p50Seconds: z.number().nullable(), p95Seconds: z.number().nullable(), targetSeconds: z.number(), met: z.boolean() }),
  }),
  refusals: [],
});

/** The service-level report (CARD-4.9, 4.18). Abandoned calls count as not answered in time. */
export class ReportServiceLevel implements UseCase<typeof reportSpec> {
  readonly spec = reportSpec;

  constructor(
    private readonly calls: CallRecordStore,
    private readonly orders: StopOrderStore,
  ) {}

  async execute(ctx: Ctx, input: InputOf<typeof reportSpec>): Promise<OutputOf<typeof reportSpec>> {
    const { from, to } = intervalOf(input);
    const queues = await this.calls.queues(ctx.db, from, to);
    const { stops, p50, p95 } = await this.orders.pace(ctx.db, from, to);
    return {
      queues: queues.map(({ queue, offered, answered, inTime }) => ({ queue, offered, answered, withinTwentySeconds: inTime / offered, target: TARGETS[queue], met: inTime / offered >= TARGETS[queue] })),
      stops: { count: stops, p50Seconds: p50, p95Seconds: p95, targetSeconds: STOP_SECONDS, met: p95 === null || p95 <= STOP_SECONDS },
    };
  }
}

const staffSpec = useCase({
  action: 'card-issuance.call.staffing', kind: 'question', summary: 'Seats by hour for the calls that came in an interval, and the figures around a load that is asked for (Erlang C)',
  input: days.safeExtend({ queue: z.enum(QUEUES), callsPerHour: z.coerce.number().min(0).max(100_000).optional(), handleSeconds: z.coerce.number().min(1).max(7_200).default(300) }),
  output: z.object({
    hours: z.array(z.object({ workingDay: z.boolean(), hour: z.number().int(), callsPerHour: z.number(), erlang: z.number(), ...seatsOf.shape })),
    asked: z.array(seatsOf),
  }),
  refusals: [],
});

/** The staffing table (CARD-4.18). */
export class ShowStaffing implements UseCase<typeof staffSpec> {
  readonly spec = staffSpec;

  constructor(private readonly calls: CallRecordStore) {}

  async execute(ctx: Ctx, { queue, callsPerHour, handleSeconds, ...input }: InputOf<typeof staffSpec>): Promise<OutputOf<typeof staffSpec>> {
    const { from, to } = intervalOf(input);
    const all = daysOf(localDateInJapan(from), toLocalDate(input.until));
    const workingDays = all.filter(isBusinessDay);
    const measured = await this.calls.hours(ctx.db, queue, { from, to, workingDays });
    const target = TARGETS[queue];
    return {
      hours: measured.map((one) => hourOf(one, one.working ? workingDays.length : all.length - workingDays.length, target)),
      asked: callsPerHour === undefined ? [] : around({ callsPerHour, handleSeconds }, target),
    };
  }
}

function hourOf({ working, hour, calls, handleSeconds }: HourFigures, daysCounted: number, target: number): OutputOf<typeof staffSpec>['hours'][number] {
  const traffic = { callsPerHour: calls / daysCounted, handleSeconds: Math.max(1, handleSeconds) };
  const seats = seatsFor(traffic, target);
  return { workingDay: working, hour, callsPerHour: traffic.callsPerHour, erlang: loadOf(traffic), seats, serviceLevel: serviceLevel(traffic, seats) };
}

/** From the first number of seats that keeps up to five more than the target needs. */
function around(traffic: { readonly callsPerHour: number; readonly handleSeconds: number }, target: number): z.output<typeof seatsOf>[] {
  const [first, last] = [Math.floor(loadOf(traffic)) + 1, seatsFor(traffic, target) + 5];
  return Array.from({ length: Math.max(1, last - first + 1) }, (_, index) => ({ seats: first + index, serviceLevel: serviceLevel(traffic, first + index) }));
}

function daysOf(from: LocalDate, until: LocalDate): LocalDate[] {
  const all: LocalDate[] = [];
  for (let day = from; day <= until; day = addDays(day, 1)) all.push(day);
  return all;
}
