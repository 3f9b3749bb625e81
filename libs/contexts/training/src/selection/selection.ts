import { createHash, createHmac } from 'node:crypto';

/** An application as the draw sees it: one place, or those of a group that comes whole or not at all. */
export interface Drawn {
  readonly applicationId: string;
  readonly body: string;
  /** The coordinator's own order of the body's applications; equal ranks follow the draw. */
  readonly rank: number;
  readonly size: number;
}

/** A body of the draw: whether it comes before the others, by a list that was published before, and places that it holds already. */
export interface DrawnBody {
  readonly body: string;
  readonly isPriority: boolean;
  readonly held: number;
}

/** All that decides a draw (TRN-4.3). */
export interface Draw {
  readonly seed: string;
  /** Places that are free. */
  readonly places: number;
  readonly bodyQuota: number;
  readonly bodies: readonly DrawnBody[];
  readonly applications: readonly Drawn[];
}

/** Application ids: those admitted in the order of their admission, the others as they wait. */
export interface Outcome {
  readonly admitted: readonly string[];
  readonly waiting: readonly string[];
}

/** What is published before the window opens (TRN-4.3 1): SHA-256 of the seed, hex. */
export function commitOf(seed: string): string {
  return createHash('sha256').update(seed).digest('hex');
}

/** The place of an application in the order of the draw: HMAC-SHA-256 under the seed, hex (TRN-4.3 2). */
export function lotOf(seed: string, applicationId: string): string {
  return createHmac('sha256', seed).update(applicationId).digest('hex');
}

/** TRN-4.3: the order of the draw, then rounds. */
export function drawLottery(draw: Draw): Outcome {
  return admitInRounds(drawnOrder(draw), draw);
}

/**
 * TRN-4.3 2 to 4: priority bodies first, then ascending lots. A lot brings its body's turn; who of the body takes it is the coordinator's
 * order, so within the turns of one body its applications stand by rank.
 */
export function drawnOrder({ seed, bodies, applications }: Pick<Draw, 'seed' | 'bodies' | 'applications'>): Drawn[] {
  const priority = new Set(bodies.filter(({ isPriority }) => isPriority).map(({ body }) => body));
  const lots = applications.map((application) => ({ application, tier: priority.has(application.body) ? 0 : 1, lot: lotOf(seed, application.applicationId) }));
  const drawn = lots.sort((a, b) => a.tier - b.tier || (a.lot < b.lot ? -1 : 1)).map(({ application }) => application);
  const ofBody = new Map<string, Drawn[]>();
  for (const application of drawn) ofBody.set(application.body, [...(ofBody.get(application.body) ?? []), application]);
  const turns = new Map([...ofBody].map(([body, own]) => [body, own.toSorted((a, b) => a.rank - b.rank).values()]));
  return drawn.flatMap(({ body }) => turns.get(body)?.next().value ?? []);
}

/**
 * TRN-4.3 3 and 5: in round r an application is admitted if its body then has at most r places, so that every body gets its first before any
 * gets a second. A group that does not fit into what is left is passed over. The others wait in the same order.
 */
export function admitInRounds(order: readonly Drawn[], { places, bodyQuota, bodies }: Pick<Draw, 'places' | 'bodyQuota' | 'bodies'>): Outcome {
  const held = new Map(bodies.map(({ body, held: count }) => [body, count]));
  const admitted: string[] = [];
  let left = places;
  let waiting = order;
  for (let round = 1; round <= bodyQuota; round += 1) {
    waiting = waiting.filter(({ applicationId, body, size }) => {
      const then = (held.get(body) ?? 0) + size;
      if (then > round || size > left) return true;
      held.set(body, then);
      left -= size;
      admitted.push(applicationId);
      return false;
    });
  }
  return { admitted, waiting: waiting.map(({ applicationId }) => applicationId) };
}

/** What officers decide on by review; nobody of the rejected waits. */
export interface Reviewed extends Outcome {
  readonly rejected: readonly string[];
}

/** Everybody once, and within places and quotas (TRN-4.4 I1, I2). */
export type ReviewFault = 'NOT_EVERYBODY_ONCE' | 'TOO_MANY_PLACES' | 'BODY_QUOTA_FULL';

/** What is wrong with a reviewed outcome, if anything. */
export function reviewFault(outcome: Reviewed, draw: Omit<Draw, 'seed'>): ReviewFault | undefined {
  const named = [...outcome.admitted, ...outcome.waiting, ...outcome.rejected].sort();
  const known = draw.applications.map(({ applicationId }) => applicationId).sort();
  if (named.length !== known.length || named.some((id, index) => id !== known[index])) return 'NOT_EVERYBODY_ONCE';
  const byId = new Map(draw.applications.map((application) => [application.applicationId, application]));
  const chosen = outcome.admitted.flatMap((id) => byId.get(id) ?? []);
  if (sum(chosen) > draw.places) return 'TOO_MANY_PLACES';
  const heldBy = new Map(draw.bodies.map(({ body, held }) => [body, held]));
  const bodies = new Set(chosen.map(({ body }) => body));
  const over = [...bodies].some((body) => (heldBy.get(body) ?? 0) + sum(chosen.filter((one) => one.body === body)) > draw.bodyQuota);
  return over ? 'BODY_QUOTA_FULL' : undefined;
}

/** What a correction changes of a published selection: applications that wait and are admitted, others that give their places back. */
export interface Correction {
  readonly admitted: readonly string[];
  readonly givenBack: readonly string[];
  readonly reason: string;
}

/** What is wrong with a correction as applications stand now, if anything: each is named once, and it changes something (TRN-7). */
export function correctionFault({ admitted, givenBack }: Correction, now: { readonly placed: readonly string[]; readonly waiting: readonly string[] }): 'NOTHING' | 'NAMED_TWICE' | 'NOT_WAITING' | 'NO_PLACE' | undefined {
  const named = [...admitted, ...givenBack];
  if (named.length === 0) return 'NOTHING';
  if (new Set(named).size < named.length) return 'NAMED_TWICE';
  if (admitted.some((id) => !now.waiting.includes(id))) return 'NOT_WAITING';
  return givenBack.some((id) => !now.placed.includes(id)) ? 'NO_PLACE' : undefined;
}

const UNSERVED_MONTHS = 24;

/** Bodies that were served after it are not served first: 24 months before the window opens (TRN-4.3 4). */
export function unservedSince(windowOpensAt: Date): Date {
  const since = new Date(windowOpensAt);
  since.setUTCMonth(since.getUTCMonth() - UNSERVED_MONTHS);
  return since;
}

function sum(applications: readonly Drawn[]): number {
  return applications.reduce((total, { size }) => total + size, 0);
}

/**
 * A draw as everybody may see it: its applications in the order of the draw, bodies without their codes. Application ids are random and known
 * to their own body only.
 */
export function anonymised(draw: Draw): Draw {
  const order = drawnOrder(draw);
  const labels = new Map([...new Set(order.map(({ body }) => body))].map((body, index) => [body, `B${index + 1}`]));
  const labelled = <T extends { readonly body: string }>(one: T): T[] => {
    const body = labels.get(one.body);
    return body === undefined ? [] : [{ ...one, body }];
  };
  const bodies = draw.bodies.flatMap(labelled).sort((a, b) => Number(a.body.slice(1)) - Number(b.body.slice(1)));
  return { ...draw, bodies, applications: order.flatMap(labelled) };
}
