import { Grouped, type Db } from '#platform';
import type { CaId } from '../ca/ca.js';
import type { Answering, Authorities } from '../ca/authorities.js';
import { findStatuses, type FoundStatus } from './status-lookup.store.js';

export interface StatusQuestion {
  readonly db: Db;
  readonly ca: CaId;
  /** A verifier, who needs a grant; others are judged by the policy table alone. */
  readonly verifier: string | undefined;
  readonly serials: readonly number[];
}

/** What an answer is made of, all of one moment later than the question. */
export interface KnownStatus {
  readonly permitted: boolean;
  /** The generations that answer for their certificates, the oldest first. */
  readonly generations: readonly Answering[];
  /** By serial, of whichever generation. */
  readonly certificates: ReadonlyMap<number, FoundStatus>;
}

/** Grants, generations and statuses for all who ask at the same time, by one statement: answers at a rate near that of signatures leave no room for one each. */
export class StatusLookup {
  private readonly questions = new Grouped<StatusQuestion, KnownStatus>((group) => this.read(group), 200);

  constructor(private readonly authorities: Authorities) {}

  async find(question: StatusQuestion): Promise<KnownStatus> {
    const known = await this.questions.add(question);
    if (known === undefined) throw new Error('a question was left out of its group');
    return known;
  }

  private async read(group: readonly StatusQuestion[]): Promise<KnownStatus[]> {
    const [first] = group;
    if (first === undefined) return [];
    const serialsOf = (wanted: CaId): number[] => [...new Set(group.flatMap(({ ca, serials }) => (ca === wanted ? serials : [])))];
    const organisations = [...new Set(group.flatMap(({ verifier }) => verifier ?? []))];
    const found = await findStatuses(first.db, { organisations, serials: { sign: serialsOf('sign'), auth: serialsOf('auth') } });
    const generations = { sign: this.authorities.answeringOf('sign', found.sign.generations), auth: this.authorities.answeringOf('auth', found.auth.generations) };
    return group.map(({ ca, verifier }) => ({
      permitted: verifier === undefined || found.granted.has(`${verifier}:${ca}`), generations: generations[ca], certificates: found[ca].certificates,
    }));
  }
}
