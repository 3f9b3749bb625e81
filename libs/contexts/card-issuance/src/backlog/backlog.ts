import { addBusinessDays, daysBetween, type LocalDate } from '#kernel';
import type { Stage } from '#contracts/card-issuance';

/** The code under which the nation's figures stand. */
export const NATION = '000000';

/** What is in a stage: its places, how it is left, and the days that 95 of 100 may take (CARD-4.11; those of ORDER and NOTICE are our own). */
export interface StageDefinition {
  readonly places: readonly string[];
  readonly leftFor?: string;
  readonly targetDays?: number;
}

/** From application to hand-over, in this order; the last three wait for nobody's next step. */
export const STAGES: Readonly<Record<Stage, StageDefinition>> = {
  REVIEW: { places: ['application:RECEIVED', 'application:UNDER_REVIEW'], leftFor: 'application:APPROVED', targetDays: 3 },
  ORDER: { places: ['application:APPROVED'], leftFor: 'card:ORDERED', targetDays: 3 },
  MAKE: { places: ['card:ORDERED', 'card:MANUFACTURED', 'card:INSPECTED'], leftFor: 'card:SHIPPED', targetDays: 10 },
  SHIP: { places: ['card:SHIPPED'], leftFor: 'card:RECEIVED', targetDays: 3 },
  PRESET: { places: ['card:RECEIVED'], leftFor: 'card:PRESET', targetDays: 5 },
  NOTICE: { places: ['card:PRESET'], leftFor: 'card:NOTIFIED', targetDays: 10 },
  HANDOVER: { places: ['card:NOTIFIED', 'card:HANDING_OVER'], leftFor: 'card:ACTIVE', targetDays: 30 },
  CORRECTION: { places: ['application:DEFICIENT'] },
  UNCOLLECTED: { places: ['card:UNCOLLECTED'] },
  WITHHELD: { places: ['card:WITHHELD'] },
};
export const STAGE_NAMES = Object.keys(STAGES) as Stage[];
const WAY = STAGE_NAMES.filter((stage) => STAGES[stage].leftFor !== undefined);

/** The counters of CARD-4.11 by the places whose entries they count. */
export const COUNTERS = {
  applied: 'application:RECEIVED', approved: 'application:APPROVED', deficient: 'application:DEFICIENT', ordered: 'card:ORDERED', inspected: 'card:INSPECTED', shipped: 'card:SHIPPED',
  received: 'card:RECEIVED', preset: 'card:PRESET', notified: 'card:NOTIFIED', handedOver: 'card:ACTIVE', uncollected: 'card:UNCOLLECTED', destroyed: 'card:DESTROYED',
} as const;

/** How many stand in a stage and for how many days, by nearest rank. */
export interface StageFigure {
  readonly stock: number;
  readonly p50: number;
  readonly p95: number;
  readonly oldest: number;
}

/** An hour's figures of a municipality: entries ever since by counter, and what stands in each stage. */
export interface Figures {
  readonly counters: Readonly<Record<keyof typeof COUNTERS, number>>;
  readonly stages: Readonly<Record<Stage, StageFigure>>;
}

/** `ordered − shipped`, told by what is there: withheld, defective and cancelled cards are in neither (CARD-4.11). */
export function makerStock({ stages }: Pick<Figures, 'stages'>): number {
  return stages.MAKE.stock;
}

/** `received − handedOver − destroyed`, told by what is there. */
export function municipalStock({ stages: { PRESET, NOTICE, HANDOVER, UNCOLLECTED } }: Pick<Figures, 'stages'>): number {
  return PRESET.stock + NOTICE.stock + HANDOVER.stock + UNCOLLECTED.stock;
}

/** Little's law: days on the way = cards under way ÷ cards a day; undefined where nothing moves (CARD-4.11). */
export function leadDays(underWay: number, perDay: number): number | undefined {
  return perDay > 0 ? underWay / perDay : undefined;
}

/** What a municipality's counters have. */
export interface Counter {
  readonly terminals: number;
  readonly hours: number;
  readonly minutesPerHandover: number;
  readonly availability: number;
  readonly connectionLimit: number;
}

/** Hand-overs a day, capped by the connections that the ledger allows at once (CARD-4.11). */
export function counterCapacity({ terminals, hours, minutesPerHandover, availability, connectionLimit }: Counter): number {
  return (Math.min(terminals, connectionLimit) * hours * 60 * availability) / minutesPerHandover;
}

/** Days until nothing stands there, Infinity where as many come as go (CARD-4.11). */
export function daysToClear(stock: number, perDay: { readonly out: number; readonly in: number }): number {
  if (stock <= 0) return 0;
  return perDay.out <= perDay.in ? Infinity : stock / (perDay.out - perDay.in);
}

export type AlarmLevel = 'YELLOW' | 'RED';

/** More than one, more than two times what the counters do in 20 days (CARD-4.11). */
export function stockLevel(stock: number, capacityPerDay: number): AlarmLevel | undefined {
  const ratio = stock / (20 * capacityPerDay);
  if (ratio > 2) return 'RED';
  return ratio > 1 ? 'YELLOW' : undefined;
}

/** 95 of 100 take longer than the stage's target; RED from twice the target on is our own. */
export function stageLevel(stage: Stage, { stock, p95 }: StageFigure): AlarmLevel | undefined {
  const { targetDays } = STAGES[stage];
  if (targetDays === undefined || stock === 0 || p95 <= targetDays) return undefined;
  return p95 > 2 * targetDays ? 'RED' : 'YELLOW';
}

/** The alarms of one municipality by subject: stages, and MUNICIPAL_STOCK where its counters are known. */
export function alarmsOf(figures: Figures, capacityPerDay: number | undefined): Map<string, AlarmLevel> {
  const stages = STAGE_NAMES.map((stage) => [stage, stageLevel(stage, figures.stages[stage])] as const);
  const stock = ['MUNICIPAL_STOCK', capacityPerDay === undefined ? undefined : stockLevel(municipalStock(figures), capacityPerDay)] as const;
  return new Map([...stages, stock].flatMap(([subject, level]) => (level === undefined ? [] : [[subject, level] as const])));
}

/** Entries a day into the places after each stage, between two snapshots. */
export function perDay(earlier: Figures, later: Figures, days: number): Partial<Record<Stage, number>> {
  const names = Object.keys(COUNTERS) as (keyof typeof COUNTERS)[];
  return Object.fromEntries(WAY.map((stage) => {
    const counter = names.find((name) => COUNTERS[name] === STAGES[stage].leftFor);
    return [stage, counter === undefined ? 0 : (later.counters[counter] - earlier.counters[counter]) / days];
  }));
}

/** Where somebody's application or card stands, and how many came there before it. */
export interface Standing {
  readonly stage: Stage;
  readonly ahead: number;
}

/**
 * The days until hand-over by Little's law: those ahead in the own stage, and all in each later one, at the pace of the last days. Undefined
 * where a stage on the way stands still, or where only somebody's own step goes on.
 */
export function forecastDays({ stage, ahead }: Standing, stages: Figures['stages'], pace: Partial<Record<Stage, number>>): number | undefined {
  const from = WAY.indexOf(stage);
  if (from < 0) return undefined;
  let days = 0;
  for (const later of WAY.slice(from)) {
    const waiting = later === stage ? ahead + 1 : stages[later].stock;
    const lead = waiting > 0 ? leadDays(waiting, pace[later] ?? 0) : 0;
    if (lead === undefined) return undefined;
    days += lead;
  }
  return Math.ceil(days);
}

/** A repaired fault is watched for ten business days, the day of repair not counted (CARD-4.12 Q12). */
export function watchEndsAfter(fixedOn: LocalDate): LocalDate {
  return addBusinessDays(fixedOn, 10);
}

/** Age in days of what is there since a day. */
export function ageOn(today: LocalDate, since: LocalDate): number {
  return Math.max(0, daysBetween(since, today));
}
