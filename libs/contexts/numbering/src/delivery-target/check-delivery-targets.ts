import { notificationListPrepared } from '#contracts/numbering';
import { stillWaiting, whenAnswered, type Ctx, type Job, type JobKind, type StepOutcome } from '#platform';
import { registerFault, type RegisterEntry } from '../assignment/assignment.js';
import type { AssignmentStore } from '../assignment/assignment.store.js';
import type { ResidentRegister } from '../register/resident-register.js';
import type { TargetFault, TargetFaultCode } from './delivery-target.js';
import type { DeliveryTargetStore, SetRow } from './delivery-target.store.js';

export const CHECK_DELIVERY_TARGETS = 'numbering.delivery-targets';

const CHUNK = 5_000;

interface PreparedTarget {
  readonly position: number;
  readonly entry: RegisterEntry;
}

/** Targets with what the register says; undefined while the register is away. */
type Prepared = readonly PreparedTarget[] | undefined;

/**
 * Checks that every target is a numbered resident of the municipality and hands the list to card-issuance (NUM-3.5:
 * CUT_OFF -> CHECKED -> HANDED_TO_CARD), one chunk a step.
 */
export class CheckDeliveryTargets implements JobKind<Prepared> {
  readonly kind = CHECK_DELIVERY_TARGETS;

  constructor(
    private readonly targets: DeliveryTargetStore,
    private readonly assignments: AssignmentStore,
    private readonly register: ResidentRegister,
  ) {}

  async prepare(ctx: Ctx, job: Job): Promise<Prepared> {
    const rows = await this.targets.unchecked(ctx.db, setIdOf(job), { after: cursorOf(job), limit: CHUNK });
    const entries = await whenAnswered(() => this.register.entries(ctx, rows.map(({ residentCode }) => residentCode)));
    return entries && rows.flatMap(({ position }, index) => {
      const entry = entries[index];
      return entry === undefined ? [] : [{ position, entry }];
    });
  }

  async step(ctx: Ctx, job: Job, prepared: Prepared): Promise<StepOutcome> {
    const set = await this.targets.find(ctx.db, setIdOf(job));
    if (set === undefined) throw new Error('the set of a job is gone');
    if (prepared === undefined) return stillWaiting(job);
    const last = prepared.at(-1);
    if (last === undefined) return this.handOver(ctx, set, job);
    const people = prepared.flatMap(({ entry }) => (entry.found ? [entry.personKey] : []));
    const links = await this.assignments.links(ctx.db, people);
    const numbered = new Set(links.filter(({ state }) => state === 'DESIGNATED').map(({ personKey }) => personKey));
    const present = await this.targets.present(ctx.db, set.set_id, people);
    await this.targets.settle(ctx.db, set.set_id, outcomeOf(prepared, { municipalityCode: set.municipality_code, numbered, present }));
    return { cursor: last.position, done: job.done + prepared.length, total: set.rows ?? prepared.length };
  }

  private async handOver(ctx: Ctx, set: SetRow, job: Job): Promise<StepOutcome> {
    const { set_id: setId, municipality_code: municipalityCode } = set;
    await this.targets.countEnvelopes(ctx.db, setId);
    const { households, persons } = await this.targets.check(ctx.db, setId);
    await this.targets.hand(ctx.db, setId, ctx.now);
    ctx.emit(notificationListPrepared, { aggregateId: setId, sequence: 1, data: { setId, municipalityCode, baseDate: set.base_date, households, persons, hash: set.sha256 ?? '' } });
    ctx.audit({ object: `delivery-target-set:${setId}`, facts: { households, persons } });
    return { cursor: cursorOf(job), done: set.rows ?? 0, result: { state: 'HANDED_TO_CARD', households, persons } };
  }
}

interface Known {
  readonly municipalityCode: string;
  readonly numbered: ReadonlySet<string>;
  readonly present: ReadonlySet<string>;
}

function outcomeOf(prepared: readonly PreparedTarget[], known: Known): { people: Map<number, string>; faults: TargetFault[] } {
  const people = new Map<number, string>();
  const faults: TargetFault[] = [];
  const seen = new Set(known.present);
  for (const { position, entry } of prepared) {
    const code = faultOf(entry, known, seen);
    if (code === undefined) people.set(position, entry.personKey);
    else faults.push({ position, field: 'residentCode', code });
    seen.add(entry.personKey);
  }
  return { people, faults };
}

function faultOf(entry: RegisterEntry, { municipalityCode, numbered }: Known, seen: ReadonlySet<string>): TargetFaultCode | undefined {
  const fault = registerFault(entry, municipalityCode);
  if (fault !== undefined) return fault;
  if (!numbered.has(entry.personKey)) return 'NOT_NUMBERED';
  return seen.has(entry.personKey) ? 'DUPLICATE' : undefined;
}

function setIdOf(job: Job): string {
  return String(job.parameters['setId']);
}

/** The last row that is done. */
function cursorOf(job: Job): number {
  return typeof job.cursor === 'number' ? job.cursor : 0;
}
