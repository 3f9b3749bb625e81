import type { Db } from '#platform';

/** Does the work, or nothing of it: a fault that `told` has a name for is undone in the database and named, every other one is thrown. */
export async function orUndone<T, Fault extends string>(db: Db, told: (error: unknown) => Fault | undefined, work: () => Promise<T>): Promise<T | Fault> {
  await db.run('SAVEPOINT one');
  try {
    const done = await work();
    await db.run('RELEASE SAVEPOINT one');
    return done;
  } catch (error) {
    const fault = told(error);
    if (fault === undefined) throw error;
    await db.run('ROLLBACK TO SAVEPOINT one');
    return fault;
  }
}
