import { Grouped, type Db } from '#platform';
import type { CaId } from '../ca/ca.js';
import type { Authorities, Authority } from '../ca/authorities.js';
import type { CertificateStore, StatusRow } from '../certificate/certificate.store.js';
import type { AccessGrants } from './access-grants.js';

export type Answering = Pick<Authority, 'generation' | 'certificate'>;

export interface StatusQuestion {
  readonly db: Db;
  readonly ca: CaId;
  /** A verifier, who needs a grant; others are judged by the policy table alone. */
  readonly verifier: string | undefined;
  readonly serials: readonly number[];
}

/** What an answer is made of, all of one moment or later ones than the question. */
export interface KnownStatus {
  readonly permitted: boolean;
  /** The generations that answer for their certificates, the oldest first. */
  readonly generations: readonly Answering[];
  /** By serial, of whichever generation. */
  readonly certificates: ReadonlyMap<number, StatusRow>;
}

export interface StatusSources {
  readonly authorities: Authorities;
  readonly certificates: CertificateStore;
  readonly grants: AccessGrants;
}

/** Grants, generations and statuses for all who ask at the same time, by one statement each: answers at a rate near that of signatures leave no room for three each. */
export class StatusLookup {
  private readonly questions = new Grouped<StatusQuestion, KnownStatus>((group) => this.read(group), 200);

  constructor(private readonly sources: StatusSources) {}

  async find(question: StatusQuestion): Promise<KnownStatus> {
    const known = await this.questions.add(question);
    if (known === undefined) throw new Error('a question was left out of its group');
    return known;
  }

  private async read(group: readonly StatusQuestion[]): Promise<KnownStatus[]> {
    const [db, cas] = [group[0]?.db, [...new Set(group.map(({ ca }) => ca))]];
    if (db === undefined) return [];
    const [granted, ...ofCas] = await Promise.all([
      this.sources.grants.ofOcsp(db, [...new Set(group.flatMap(({ verifier }) => verifier ?? []))]),
      ...cas.map((ca) => this.readOfCa(db, ca, group)),
    ]);
    const byCa = new Map(cas.map((ca, index) => [ca, ofCas[index]]));
    return group.map(({ ca, verifier }) => ({
      permitted: verifier === undefined || granted.has(`${verifier}:${ca}`),
      generations: byCa.get(ca)?.generations ?? [],
      certificates: byCa.get(ca)?.certificates ?? new Map<number, StatusRow>(),
    }));
  }

  private async readOfCa(db: Db, ca: CaId, group: readonly StatusQuestion[]): Promise<Omit<KnownStatus, 'permitted'>> {
    const serials = [...new Set(group.flatMap((question) => (question.ca === ca ? question.serials : [])))];
    const { authorities, certificates } = this.sources;
    const [generations, rows] = await Promise.all([authorities.answering(db, ca), certificates.statuses(db, ca, serials)]);
    return { generations, certificates: new Map(rows.map((row) => [row.serial, row])) };
  }
}
