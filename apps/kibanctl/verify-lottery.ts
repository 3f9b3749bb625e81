import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { CommandFault, usageFault } from './command-fault.js';
import type { Session } from './session.js';
import { table } from './terminal.js';

const application = z.object({ applicationId: z.string(), body: z.string(), rank: z.number(), size: z.number() });
type Application = z.output<typeof application>;

const published = z.object({
  kind: z.literal('LOTTERY'), seed: z.string(), commit: z.string(), places: z.number(), bodyQuota: z.number(),
  bodies: z.array(z.object({ body: z.string(), isPriority: z.boolean(), held: z.number() })),
  applications: z.array(application), admitted: z.array(z.string()), waiting: z.array(z.string()),
});
type Published = z.output<typeof published>;

/** The answer of the service, or its result alone. */
const given = z.union([published, z.object({ result: published }).transform(({ result }) => result)]);

interface Check {
  readonly check: string;
  readonly agrees: boolean;
}

/**
 * Makes a draw again from what was published, `-` for standard input, and tells whether it agrees: a fault with code 1 when it does not. It shares no code with
 * the service, so that one does not repeat a mistake of the other. `commit`: what was noted before the window opened.
 */
export function verifyLottery({ json, terminal }: Session, path: string, commit: string | undefined): void {
  const draw = read(path);
  const hash = createHash('sha256').update(draw.seed).digest('hex');
  const again = drawAgain(draw);
  const checks: Check[] = [
    { check: 'the seed is the one that was committed to', agrees: hash === (commit ?? draw.commit).toLowerCase() },
    { check: 'applications stand in the order of the draw', agrees: same(again.order, draw.applications.map(({ applicationId }) => applicationId)) },
    { check: 'those who were admitted', agrees: same(again.admitted, draw.admitted) },
    { check: 'the waiting list', agrees: same(again.waiting, draw.waiting) },
  ];
  if (json) terminal.out(`${JSON.stringify({ agrees: checks.every(({ agrees }) => agrees), checks, ...again })}\n`);
  else terminal.out(table([['CHECK', 'RESULT'], ...checks.map(({ check, agrees }) => [check, agrees ? 'agrees' : 'DIFFERS'])]));
  const differing = checks.filter(({ agrees }) => !agrees).length;
  if (differing > 0) throw new CommandFault(1, `The draw is not what was published: ${differing} checks differ.`);
}

function read(path: string): Published {
  try {
    return given.parse(JSON.parse(readFileSync(path === '-' ? 0 : path, 'utf8')));
  } catch {
    throw usageFault(`${path === '-' ? 'Standard input' : path} is not what is published of a lottery.`);
  }
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((id, index) => id === other[index]);
}

/** Order by priority and lot; each body's turns go to its applications by rank; rounds, in which a body has one place more at most. */
function drawAgain({ seed, places, bodyQuota, bodies, applications }: Published): { order: string[]; admitted: string[]; waiting: string[] } {
  const first = new Map(bodies.map(({ body, isPriority }) => [body, isPriority ? '0' : '1']));
  const turnOf = new Map(applications.map((one) => [one.applicationId, `${first.get(one.body) ?? '1'}${createHmac('sha256', seed).update(one.applicationId).digest('hex')}`]));
  const byTurn = (a: Application, b: Application): number => ((turnOf.get(a.applicationId) ?? '') < (turnOf.get(b.applicationId) ?? '') ? -1 : 1);
  const order: (Application & { done: boolean })[] = [];
  const turns = [...applications].sort(byTurn);
  for (const { body } of turns) {
    const left = turns.filter((one) => one.body === body && !order.some(({ applicationId }) => applicationId === one.applicationId));
    const best = Math.min(...left.map(({ rank }) => rank));
    const next = left.find(({ rank }) => rank === best);
    if (next !== undefined) order.push({ ...next, done: false });
  }
  const counts = new Map(bodies.map(({ body, held }) => [body, held]));
  const admitted: string[] = [];
  let free = places;
  for (let round = 1; round <= bodyQuota; round += 1) {
    for (const one of order) {
      const count = counts.get(one.body) ?? 0;
      if (one.done || count + one.size > round || one.size > free) continue;
      one.done = true;
      free -= one.size;
      counts.set(one.body, count + one.size);
      admitted.push(one.applicationId);
    }
  }
  return { order: order.map(({ applicationId }) => applicationId), admitted, waiting: order.filter(({ done }) => !done).map(({ applicationId }) => applicationId) };
}
