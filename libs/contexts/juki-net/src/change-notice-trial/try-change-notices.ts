import { residentFact } from '#contracts/juki-net';
import { localDateInJapan, type Refusal, ResidentCode } from '#kernel';
import { asRefusal, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { NOTICE_STATES } from '../change-notice/change-notice.store.js';
import type { SubmitChangeNotice } from '../change-notice/submit-change-notice.js';
import type { PersonViewStore } from '../resident/person-view.store.js';
import type { ResidentStore } from '../resident/resident.store.js';
import { CA_CLASSES, caClassOf, changedItems, strongest, type News } from './trial.js';
import type { TriedRecord, TrialStore } from './trial.store.js';

const MOST_NOTICES = 100;

const effects = z.object({
  segment: z.object({ state: z.string(), stay: z.number().int() }).describe('record in the municipality after the notice'),
  personStatus: z.string(),
  nextStatus: z.object({ status: z.string(), on: z.string() }).optional().describe('what holds from a day on without any further notice'),
  fieldsChanged: z.array(z.string()),
  events: z.array(z.object({ type: z.string(), fields: z.array(z.string()) })).describe('of the notice and of those that waited for it'),
  caFeed: z.enum(CA_CLASSES).describe('certificates that end'),
  statistics: z.enum(['NONE', 'DOMESTIC', 'ABROAD', 'REVERSED']).describe('row of the migration report'),
});

const tried = z.object({
  status: z.number().int().describe('HTTP status of the answer'),
  answer: z.object({ state: z.enum(NOTICE_STATES), repeated: z.boolean() }).optional(),
  problem: z.object({
    type: z.string(), code: z.string(), title: z.object({ ja: z.string(), en: z.string() }), errors: z.array(z.object({ pointer: z.string(), code: z.string() })),
  }).optional(),
  effects: effects.optional().describe('of a notice that takes effect'),
});
type Tried = z.input<typeof tried>;

const spec = useCase({
  action: 'juki-net.change-notice.try',
  kind: 'process',
  summary: 'Tells what the register would answer to notices of change, one after the other, and what they would do; nothing is kept',
  input: z.looseObject({
    notices: z.array(z.looseObject({})).min(1).max(MOST_NOTICES).optional().describe('bodies of POST /change-notices; without it the body itself is the one'),
  }).refine((body) => body.notices === undefined || Object.keys(body).length === 1, { params: { code: 'MALFORMED' }, path: ['notices'] }),
  output: z.object({ items: z.array(tried) }),
  refusals: [],
});

/** Ends the transaction of a trial. */
class Undone extends Error {
  constructor(readonly items: Tried[]) {
    super('a trial is rolled back');
  }
}

type Told = News & { readonly type: string };

/** The command of a notice itself runs, in a transaction that is rolled back: its answer cannot differ from the real one (JUKI-8). */
export class TryChangeNotices implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(
    private readonly submit: SubmitChangeNotice,
    private readonly residents: ResidentStore,
    private readonly persons: PersonViewStore,
    private readonly trials: TrialStore,
  ) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const bodies = input.notices ?? [input];
    const codes = bodies.flatMap(({ residentCode: code }) => (typeof code === 'string' && ResidentCode.fault(code) === undefined ? [code] : []));
    const persons = await this.persons.resolve(ctx.db, codes, ctx.now);
    const items = await this.undone(ctx, bodies);
    const refusedOnes = items.filter(({ problem }) => problem !== undefined);
    const subjects = [...new Set(persons.map((person) => person.person_key))];
    ctx.audit({ object: 'change-notice-trial', subjects, facts: { notices: items.length, refused: refusedOnes.length } });
    return { items };
  }

  private async undone(ctx: Ctx, bodies: readonly unknown[]): Promise<Tried[]> {
    try {
      return await ctx.transaction(async (tx) => {
        const items: Tried[] = [];
        for (const body of bodies) items.push(await this.inSavepoint(tx, body));
        throw new Undone(items);
      });
    } catch (error) {
      if (error instanceof Undone) return error.items;
      throw error;
    }
  }

  /** A refused notice leaves nothing for those behind it, as if each had its own transaction. */
  private async inSavepoint(tx: Ctx, body: unknown): Promise<Tried> {
    await tx.db.run('SAVEPOINT notice');
    try {
      return await this.tryOne(tx, body);
    } catch (error) {
      const refusal = asRefusal(error);
      if (refusal.definition.status >= 500) throw error;
      await tx.db.run('ROLLBACK TO SAVEPOINT notice');
      return refused(refusal);
    }
  }

  private async tryOne(tx: Ctx, body: unknown): Promise<Tried> {
    const input = this.submit.spec.input.parse(body);
    const code = ResidentCode.fault(input.residentCode ?? '') === undefined ? input.residentCode : undefined;
    const record = async (): Promise<TriedRecord | undefined> =>
      code === undefined ? undefined : this.trials.recordOf(tx.db, this.residents.codeIndex(code), localDateInJapan(tx.now), tx.actor.organisation);
    const before = await record();
    const news: Told[] = [];
    const { noticeId, state, repeated } = await this.submit.execute(watched(tx, news), input);
    const answer = { status: 202, answer: { state, repeated } };
    const after = await record();
    if (repeated || state === 'HELD' || after === undefined || after.state === null) return answer;
    const statistics = await this.trials.statisticsOf(tx.db, { noticeId, changeReason: input.changeReason ?? '' }, tx.now);
    const told = before?.stay === after.stay ? before?.content : undefined;
    return { ...answer, effects: { ...effectsOf(after, news), fieldsChanged: changedItems(told, after.content), statistics } };
  }
}

/** The same transaction, with what the command would leave behind kept apart. */
function watched(tx: Ctx, news: Told[]): Ctx {
  return {
    ...tx,
    audit: () => undefined,
    emit: (event, { data }) => {
      const fact = residentFact.extend({ abroad: z.boolean().optional(), returnsTo: z.string().optional() }).safeParse(data).data;
      news.push({ type: event.type, kind: event.name.replace('resident.', ''), fields: fact?.fields ?? [], abroad: fact?.abroad, returnsTo: fact?.returnsTo });
    },
  };
}

function effectsOf(after: TriedRecord, news: readonly Told[]): Omit<z.input<typeof effects>, 'fieldsChanged' | 'statistics'> {
  const { status, nextStatus, nextStatusOn, state, stay } = after;
  return {
    segment: { state: state ?? '', stay: stay ?? 0 },
    personStatus: status,
    ...(nextStatus === null || nextStatusOn === null ? {} : { nextStatus: { status: nextStatus, on: nextStatusOn } }),
    events: news.map(({ type, fields }) => ({ type, fields: [...fields] })),
    caFeed: strongest(news.map(caClassOf)),
  };
}

function refused({ context, code, definition, fields }: Refusal): Tried {
  const { status, ja, en } = definition;
  return { status, problem: { type: `urn:kiban:problem:${context}:${code}`, code, title: { ja, en }, errors: [...fields] } };
}
