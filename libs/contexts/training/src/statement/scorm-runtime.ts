import type { Readable } from 'node:stream';
import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { found, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { AssignableUnit } from '../package/course-structure.js';
import type { PackageStore } from '../package/package.store.js';
import type { AuSessionStore, SessionRecord } from './au-session.store.js';
import { guestJson } from './guest-body.js';
import { encoded } from './launch-unit.js';
import { runtimeValues, type RuntimeDesk, type RuntimeValues } from './runtime-desk.js';
import { SCORM_EDITIONS, VALUE_LIMITS, type ScormEdition } from './scorm.js';
import type { StatementDesk } from './statement-desk.js';

export interface ScormRuntimeParts {
  readonly sessions: AuSessionStore;
  readonly packages: PackageStore;
  readonly runtime: RuntimeDesk;
  readonly desk: StatementDesk;
}

const readSpec = useCase({
  action: 'training.launched.read-runtime',
  kind: 'question',
  summary: 'What the run-time interface of SCORM content begins with: its values, its address, and how long values may be',
  input: z.strictObject({}),
  output: z.object({
    edition: z.enum(SCORM_EDITIONS), address: z.string(), values: z.record(z.string(), z.string()),
    limits: z.object({ error: z.int(), any: z.int(), elements: z.record(z.string(), z.int()) }),
  }),
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

/** Names of what an attempt begins with, by edition. */
const BEGINNING = {
  SCORM_12: { ended: ['cmi.core.session_time', 'cmi.core.exit'], learner: 'cmi.core.student_id', entry: 'cmi.core.entry', mode: 'cmi.core.lesson_mode', credit: 'cmi.core.credit', mastery: 'cmi.student_data.mastery_score' },
  SCORM_2004: { ended: ['cmi.session_time', 'cmi.exit'], learner: 'cmi.learner_id', entry: 'cmi.entry', mode: 'cmi.mode', credit: 'cmi.credit', mastery: 'cmi.scaled_passing_score' },
} as const;

/** What an attempt begins with: what was kept, and what the content may know of the launch. The person has no name here. */
function beginning(edition: ScormEdition, session: SessionRecord, kept: RuntimeValues, { launchParameters, masteryScore }: AssignableUnit): RuntimeValues {
  const names = BEGINNING[edition];
  return {
    ...without(kept, names.ended),
    [names.learner]: session.account, [names.entry]: Object.keys(kept).length > 0 ? 'resume' : 'ab-initio', [names.mode]: session.mode.toLowerCase(), [names.credit]: session.mode === 'Normal' ? 'credit' : 'no-credit',
    ...(launchParameters === undefined ? {} : { 'cmi.launch_data': launchParameters }),
    ...(masteryScore === undefined ? {} : { [names.mastery]: String(edition === 'SCORM_12' ? masteryScore * 100 : masteryScore) }),
  };
}

function without(values: RuntimeValues, names: readonly string[]): RuntimeValues {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
}

/** TRN-4.6. */
export class ReadRuntime implements UseCase<typeof readSpec> {
  readonly spec = readSpec;

  constructor(private readonly parts: ScormRuntimeParts) {}

  async execute(ctx: Ctx): Promise<OutputOf<typeof readSpec>> {
    const { sessions, packages, runtime, desk } = this.parts;
    const session = found(await sessions.find(ctx.db, ctx.actor.clientId));
    const edition = found(await runtime.editionOf(ctx, session.packageId));
    const unit = found((await packages.structure(ctx.db, session.packageId)).units[session.au]);
    const kept = await runtime.values(ctx, await desk.unitOf(ctx, session));
    ctx.audit({ object: `session:${session.id}` });
    return { edition, address: `${encoded(unit.path)}${unit.suffix}`, values: beginning(edition, session, kept, unit), limits: VALUE_LIMITS[edition] };
  }
}

const commitSpec = useCase({
  action: 'training.launched.commit-runtime',
  kind: 'process',
  summary: 'Keeps what SCORM content has told its run-time interface and states what follows; a value that is too long is refused by the error of the standard, none is cut',
  input: z.strictObject({}),
  output: z.object({ result: z.enum(['true', 'false']), errorCode: z.int() }),
  refusals: [...refusals(trainingProblems, 'STATEMENT_REFUSED'), ...refusals(platformProblems, 'BODY_TOO_LARGE', 'NOT_FOUND')],
});
const commit = z.strictObject({ values: runtimeValues, isOver: z.boolean(), overlong: z.array(z.string().max(250)).max(1_000) });

/** TRN-4.6, 7. */
export class CommitRuntime implements UseCase<typeof commitSpec> {
  readonly spec = commitSpec;

  constructor(private readonly parts: ScormRuntimeParts) {}

  async execute(ctx: Ctx, _input: InputOf<typeof commitSpec>, body?: Readable): Promise<OutputOf<typeof commitSpec>> {
    const { values, isOver, overlong } = commit.parse(await guestJson(body));
    return ctx.transaction(async (tx) => {
      const { sessions, packages, runtime, desk } = this.parts;
      const session = found(await sessions.lock(tx.db, tx.actor.clientId));
      const edition = found(await runtime.editionOf(tx, session.packageId));
      if (session.state === 'TERMINATED' || session.state === 'ABANDONED') throw trainingProblems.refuse('STATEMENT_REFUSED', { facts: { reason: 'SESSION_OVER' } });
      tx.audit({ object: `session:${session.id}`, facts: { overlong: overlong.length, isOver } });
      const tooLong = tooLongOf(edition, values);
      if (overlong.length + tooLong.length > 0) await packages.countOverlong(tx.db, session.packageId, overlong.length + tooLong.length);
      if (tooLong.length > 0) return { result: 'false', errorCode: VALUE_LIMITS[edition].error };
      await runtime.keep(tx, await desk.unitOf(tx, session), values);
      await runtime.translate(tx, session, edition, isOver);
      return { result: 'true', errorCode: 0 };
    });
  }
}

function tooLongOf(edition: ScormEdition, values: RuntimeValues): string[] {
  const { any, elements }: { any: number; elements: Readonly<Record<string, number>> } = VALUE_LIMITS[edition];
  return Object.entries(values).filter(([name, value]) => value.length > (elements[name] ?? any)).map(([name]) => name);
}
