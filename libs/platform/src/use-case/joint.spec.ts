import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { Refusal } from '#kernel';
import { platformProblems } from '../problem/problems.js';
import { Db } from '../pg/db.js';
import { Collected } from './collected.js';
import { Joint, type JointCall, type Joining } from './joint.js';

/** Joint work is handed the database on; here it asks nothing of it. */
const noDatabase = new Db(new pg.Pool({ max: 1 }));

/** A transaction that keeps the objects of the audit lines that were committed. */
class Transactions {
  readonly committed: string[][] = [];
  opened = 0;

  joining(): Joining {
    const call = { actor: { clientId: 'client', kind: 'guest', organisation: '' }, correlationId: 'c', traceparent: undefined, purpose: undefined } as const;
    return {
      collect: () => new Collected({ action: 'sample', call, permission: undefined, outer: undefined }, { time: new Date(0), isTraining: false }),
      open: async (work) => {
        this.opened += 1;
        const { answer, collected } = await work(noDatabase);
        this.committed.push(collected.flatMap(({ lines }) => lines.map(({ entry }) => entry.object ?? '')));
        return answer;
      },
    };
  }
}

const doubled = (calls: readonly JointCall<number>[]): Promise<(number | Refusal)[]> => {
  if (calls.some(({ item }) => item === 13)) return Promise.reject(new Error('poison'));
  if (calls.some(({ item }) => item === 503)) return Promise.reject(platformProblems.refuse('UNAVAILABLE'));
  return Promise.resolve(calls.map(({ ctx, item }) => {
    ctx.audit({ object: String(item) });
    return item < 0 ? platformProblems.refuse('NOT_FOUND') : item * 2;
  }));
};

async function joined(items: readonly number[], largest?: number): Promise<{ answers: unknown[]; transactions: Transactions }> {
  const transactions = new Transactions();
  const joint = new Joint(doubled, largest);
  const settled = await Promise.allSettled(items.map((item) => joint.join(transactions.joining(), item)));
  const answers = settled.map((one) => (one.status === 'fulfilled' ? one.value : one.reason instanceof Refusal ? one.reason.code : String(one.reason)));
  return { answers, transactions };
}

describe('joint work', () => {
  it('takes concurrent calls into one transaction; a refusal is its call\'s alone, and what that call noted is not written', async () => {
    const { answers, transactions } = await joined([1, -1, 3]);
    expect(answers).toEqual([2, 'NOT_FOUND', 6]);
    expect(transactions.committed).toEqual([['1', '3']]);
  });

  it('tries each by itself when their transaction failed: none fails by its neighbours', async () => {
    const { answers, transactions } = await joined([1, 13, 3]);
    expect(answers).toEqual([2, 'Error: poison', 6]);
    expect(transactions.committed).toEqual([['1'], ['3']]);
  });

  it('does not try again one by one while the database is away', async () => {
    const { answers, transactions } = await joined([1, 503, 3]);
    expect(answers).toEqual(['UNAVAILABLE', 'UNAVAILABLE', 'UNAVAILABLE']);
    expect(transactions.opened).toBe(1);
  });

  it('groups are not larger than they may be', async () => {
    expect((await joined([1, 2, 3, 4, 5], 2)).transactions.committed).toEqual([['1', '2'], ['3', '4'], ['5']]);
  });
});
