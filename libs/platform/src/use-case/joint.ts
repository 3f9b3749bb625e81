import { Refusal } from '#kernel';
import type { Ctx } from '../ctx.js';
import type { Db } from '../pg/db.js';
import { Grouped } from '../pg/grouped.js';
import { isOutage } from '../problem/outage.js';
import type { Collected } from './collected.js';

/** What one of the calls wants done, with a context of its own in the transaction that all share. */
export interface JointCall<Item> {
  readonly ctx: Ctx;
  readonly item: Item;
}

/** A call on its way into a shared transaction, as the runner hands it over. */
export interface Joining {
  readonly collect: () => Collected;
  readonly open: <T>(work: (db: Db) => Promise<{ readonly answer: T; readonly collected: readonly Collected[] }>) => Promise<T>;
}

interface Member<Item> extends Joining {
  readonly item: Item;
}

type Outcome<Result> = { readonly result: Result | Refusal } | { readonly error: unknown };

/**
 * Work that concurrent calls do in one transaction, by statements over sets; each call has its own events and audit lines. `work` answers
 * in the order of the calls, and a refusal in its answer is that call's alone. When the transaction fails, each is tried by itself.
 */
export class Joint<Item, Result> {
  private readonly grouped: Grouped<Member<Item>, Outcome<Result>>;

  constructor(
    private readonly work: (calls: readonly JointCall<Item>[]) => Promise<readonly (Result | Refusal)[]>,
    largest = 100,
  ) {
    this.grouped = new Grouped((members) => this.handle(members), largest);
  }

  /** Throws the call's refusal, or what made its transaction fail. */
  async join(joining: Joining, item: Item): Promise<Result> {
    const outcome = await this.grouped.add({ ...joining, item });
    if (outcome === undefined) throw new Error('joint work left a call without an answer');
    if ('error' in outcome) throw outcome.error;
    if (outcome.result instanceof Refusal) throw outcome.result;
    return outcome.result;
  }

  private async handle(members: readonly Member<Item>[]): Promise<Outcome<Result>[]> {
    try {
      return (await this.together(members)).map((result) => ({ result }));
    } catch (error) {
      if (members.length === 1 || isOutage(error)) return members.map(() => ({ error }));
      const outcomes: Outcome<Result>[] = [];
      for (const member of members) outcomes.push(...(await this.handle([member])));
      return outcomes;
    }
  }

  private async together(members: readonly Member<Item>[]): Promise<readonly (Result | Refusal)[]> {
    const [first] = members;
    if (first === undefined) return [];
    return first.open(async (db) => {
      const collected = members.map(({ collect }) => collect());
      const answer = await this.work(members.map(({ item }, index) => ({ ctx: (collected[index] ?? first.collect()).ctx(db), item })));
      return { answer, collected: collected.filter((_, index) => !(answer[index] instanceof Refusal)) };
    });
  }
}
