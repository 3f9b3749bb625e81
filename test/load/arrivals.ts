import { setTimeout } from 'node:timers/promises';

/** An open loop: a work begins every `1 / perSecond` seconds from now until `endsAt` (of performance.now()), whatever became of those before; resolves when all have ended. */
export async function arrive(perSecond: number, endsAt: number, begin: (intended: number) => Promise<void>): Promise<void> {
  const [from, gap] = [performance.now(), 1_000 / perSecond];
  const under: Promise<void>[] = [];
  for (let turn = 0; ; turn += 1) {
    const intended = from + turn * gap;
    if (!(intended < endsAt)) break;
    const wait = intended - performance.now();
    if (wait > 0) await setTimeout(wait);
    under.push(begin(intended));
  }
  await Promise.all(under);
}

/** Resolves at a moment of performance.now(), at once where it has passed. */
export async function until(moment: number): Promise<void> {
  const wait = moment - performance.now();
  if (wait > 0) await setTimeout(wait);
}
