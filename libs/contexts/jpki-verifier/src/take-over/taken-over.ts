import { platformProblems, refusals, type Ctx, type Db, type InputOf, type UseCase, type UseCaseSpec } from '#platform';

/** Whether what jpki-ca kept of verifiers has been taken over; it stays so. */
export class TakenOver {
  private done = false;

  async isDone(db: Db): Promise<boolean> {
    this.done ||= (await db.maybe("SELECT 1 FROM take_over WHERE what = 'verifiers'")) !== undefined;
    return this.done;
  }

  async note(db: Db, at: Date): Promise<void> {
    await db.run("INSERT INTO take_over (what, ended_at) VALUES ('verifiers', $1) ON CONFLICT DO NOTHING", at.toISOString());
  }

  /** The same use case, which refuses UNAVAILABLE before: nobody shall be told that a verifier is not on file, or open one beside it. */
  gate<S extends UseCaseSpec>(target: UseCase<S>): UseCase<S> {
    return {
      spec: { ...target.spec, refusals: [...target.spec.refusals, ...refusals(platformProblems, 'UNAVAILABLE')] },
      execute: async (ctx: Ctx, input: InputOf<S>) => {
        if (!(await this.isDone(ctx.db))) throw platformProblems.refuse('UNAVAILABLE');
        return target.execute(ctx, input);
      },
    };
  }
}
