import { localDateInJapan } from '#kernel';
import { backlogSnapshot, capacityAlarm } from '#contracts/card-issuance';
import { uuidv7, type Ctx, type Schedule } from '#platform';
import { occasionEvery } from '../handover/occasion.js';
import { NATION, STAGE_NAMES, alarmsOf, makerStock, municipalStock, type AlarmLevel, type Figures } from './backlog.js';
import { JOURNALS, type BacklogStore } from './backlog.store.js';
import { dayCapacity } from './counter-plan.js';
import type { PickupStore } from './pickup.store.js';
import { STOP_SECONDS } from '../stop-order/stop-order.js';
import type { StopOrderStore } from '../stop-order/stop-order.store.js';

const COUNT_SECONDS = 10;
const HOUR_SECONDS = 3_600;

export interface BacklogStores {
  readonly backlog: BacklogStore;
  readonly pickups: PickupStore;
  readonly stopOrders: StopOrderStore;
}

/** Counts what moved since the last look. */
export function countingSchedule({ backlog }: BacklogStores): Schedule {
  return { name: 'backlog-counting', due: occasionEvery(COUNT_SECONDS), hasWork: (ctx) => backlog.waits(ctx.db), run: (ctx) => countAll(ctx, backlog) };
}

/** Every hour: what is left to count, the figures of each municipality and of the nation, and what stands still. */
export function snapshotSchedule(stores: BacklogStores): Schedule {
  const { backlog } = stores;
  return {
    name: 'backlog-snapshot',
    due: occasionEvery(HOUR_SECONDS),
    run: async (ctx, occasion) => {
      await countAll(ctx, backlog);
      const figures = await backlog.present(ctx.db, localDateInJapan(ctx.now));
      await backlog.keep(ctx.db, new Date(occasion), figures);
      for (const [municipalityCode, one] of figures) tell(ctx, { municipalityCode, at: occasion }, one);
      await raiseAlarms(ctx, stores, figures);
    },
  };
}

async function countAll(ctx: Ctx, backlog: BacklogStore): Promise<void> {
  for (const journal of JOURNALS) while (await backlog.count(ctx.db, journal));
}

function tell(ctx: Ctx, place: { readonly municipalityCode: string; readonly at: string }, figures: Figures): void {
  const stages = STAGE_NAMES.map((stage) => ({ stage, ...figures.stages[stage] })).filter(({ stock }) => stock > 0).map(({ stage, stock, p95, oldest }) => ({ stage, stock, p95, oldest }));
  ctx.emit(backlogSnapshot, { aggregateId: uuidv7(), sequence: 1, data: { ...place, makerStock: makerStock(figures), municipalStock: municipalStock(figures), stages } });
}

async function raiseAlarms(ctx: Ctx, { backlog, pickups, stopOrders }: BacklogStores, figures: ReadonlyMap<string, Figures>): Promise<void> {
  const capacities = new Map((await pickups.capacityPlans(ctx.db)).map((plan) => [plan.municipalityCode, dayCapacity(plan)]));
  const { p95 } = await stopOrders.pace(ctx.db, new Date(ctx.now.getTime() - HOUR_SECONDS * 1_000), ctx.now);
  const slowStops = p95 !== null && p95 > STOP_SECONDS;
  const known = new Map((await backlog.alarms(ctx.db)).map((alarm) => [`${alarm.municipalityCode} ${alarm.subject}`, alarm]));
  for (const [municipalityCode, one] of figures) {
    const alarms = alarmsOf(one, capacities.get(municipalityCode));
    if (municipalityCode === NATION && slowStops) alarms.set('STOP_ORDERS', 'RED');
    for (const [subject, level] of alarms) {
      const key = `${municipalityCode} ${subject}`;
      if (known.get(key)?.level !== level) await setAlarm(ctx, backlog, { municipalityCode, subject, level });
      known.delete(key);
    }
  }
  for (const { municipalityCode, subject } of known.values()) await setAlarm(ctx, backlog, { municipalityCode, subject, level: 'CLEARED' });
}

/** An alarm changes its level, which is told once. */
async function setAlarm(ctx: Ctx, backlog: BacklogStore, alarm: { readonly municipalityCode: string; readonly subject: string; readonly level: AlarmLevel | 'CLEARED' }): Promise<void> {
  const version = await backlog.setAlarm(ctx.db, alarm, ctx.now);
  ctx.emit(capacityAlarm, { aggregateId: `${alarm.municipalityCode}:${alarm.subject}`, sequence: version, data: alarm });
}
