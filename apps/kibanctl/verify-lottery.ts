import { createHash, createHmac, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { CommandFault, usageFault } from './command-fault.js';
import type { Session } from './session.js';
import { table } from './terminal.js';

const application = z.object({ applicationId: z.string(), body: z.string(), rank: z.number(), size: z.number() });
type Application = z.output<typeof application>;

const published = z.object({
  sessionId: z.string(), kind: z.literal('LOTTERY'), seed: z.string(), commit: z.string(), places: z.number(), bodyQuota: z.number(),
  bodies: z.array(z.object({ body: z.string(), isPriority: z.boolean(), held: z.number() })),
  applications: z.array(application), admitted: z.array(z.string()), waiting: z.array(z.string()),
});
type Published = z.output<typeof published>;

const correction = z.object({ report: z.string(), kid: z.string(), signature: z.string() });
type Correction = z.output<typeof correction>;
const report = z.object({ sessionId: z.string(), number: z.number(), admitted: z.array(z.string()), givenBack: z.array(z.string()), reason: z.string() });

/** The answer of the service, or its result alone. */
const given = z.union([
  published.transform((result) => ({ result, corrections: [] as Correction[] })),
  z.object({ result: published, corrections: z.array(correction).default([]) }),
]);
const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string(), crv: z.string(), x: z.string(), kid: z.string() })) });

interface Check {
  readonly check: string;
  readonly agrees: boolean;
}

/**
 * Makes a draw again from what was published, `-` for standard input, and tells whether it agrees: a fault with code 1 when it does not. It shares no code with
 * the service, so that one does not repeat a mistake of the other. `commit`: what was noted before the window opened. `keys`: file with the answer of
 * `GET /certificate-keys`, by which the signatures of corrections are checked; without it a correction agrees with nothing.
 */
export function verifyLottery({ json, terminal }: Session, path: string, { commit, keys }: { readonly commit?: string; readonly keys?: string }): void {
  const { result: draw, corrections } = read(path, given, 'what is published of a lottery');
  const hash = createHash('sha256').update(draw.seed).digest('hex');
  const again = drawAgain(draw);
  const checks: Check[] = [
    { check: 'the seed is the one that was committed to', agrees: hash === (commit ?? draw.commit).toLowerCase() },
    { check: 'applications stand in the order of the draw', agrees: same(again.order, draw.applications.map(({ applicationId }) => applicationId)) },
    { check: 'those who were admitted', agrees: same(again.admitted, draw.admitted) },
    { check: 'the waiting list', agrees: same(again.waiting, draw.waiting) },
    ...checksOf(corrections, draw.sessionId, keys),
  ];
  if (json) terminal.out(`${JSON.stringify({ agrees: checks.every(({ agrees }) => agrees), checks, ...again })}\n`);
  else terminal.out(table([['CHECK', 'RESULT'], ...checks.map(({ check, agrees }) => [check, agrees ? 'agrees' : 'DIFFERS'])]));
  const differing = checks.filter(({ agrees }) => !agrees).length;
  if (differing > 0) throw new CommandFault(1, `The draw is not what was published: ${differing} checks differ.`);
}

/** Each correction of the result: signed under one of the keys, of this session, in its place. */
function checksOf(corrections: readonly Correction[], sessionId: string, path: string | undefined): Check[] {
  const keys = path === undefined || corrections.length === 0 ? [] : read(path, keySet, 'a set of keys').keys;
  return corrections.map(({ report: text, kid, signature }, index) => {
    const told = report.safeParse(JSON.parse(text));
    const key = keys.find((one) => one.kid === kid);
    const isSigned = key !== undefined && verify(null, Buffer.from(text), createPublicKey({ key: { kty: key.kty, crv: key.crv, x: key.x }, format: 'jwk' }), Buffer.from(signature, 'base64url'));
    const what = told.success ? `${told.data.admitted.length} admitted, ${told.data.givenBack.length} given back: ${told.data.reason}` : 'of no known form';
    const check = `correction ${index + 1} (${what})${path === undefined ? '; --keys checks its signature' : ''}`;
    return { check, agrees: isSigned && told.success && told.data.sessionId === sessionId && told.data.number === index + 1 };
  });
}

function read<T>(path: string, form: z.ZodType<T>, name: string): T {
  try {
    return form.parse(JSON.parse(readFileSync(path === '-' ? 0 : path, 'utf8')));
  } catch {
    throw usageFault(`${path === '-' ? 'Standard input' : path} is not ${name}.`);
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
