import { linkByCode, linkByNumber, numberingProblems, statusByNumber } from '#contracts/numbering';
import { refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { wasDesignated } from '../assignment/lifecycle.js';
import type { Realm } from '../realm/realm.js';
import { requireRealm } from '../realm/require-realm.js';
import type { LinkReads } from './link-reads.js';
import type { FoundLink, LinkStore } from './link.store.js';
import { NOBODY } from './officer-alert.js';
import type { OfficerReads } from './officer-reads.js';

export interface LookUpParts {
  readonly links: LinkStore;
  readonly reads: LinkReads;
  readonly officers: OfficerReads;
  readonly realm: Realm;
}

/** Candidates and withdrawn numbers are nobody's and are not told (NUM-7). */
async function lookUp(ctx: Ctx, { reads, officers, realm }: LookUpParts, digits: string, look: () => Promise<FoundLink | undefined>): Promise<FoundLink | undefined> {
  requireRealm(realm, digits);
  await reads.permit(ctx);
  const link = await look();
  const found = link !== undefined && wasDesignated(link.state) ? link : undefined;
  await reads.note(ctx, [found?.personKey ?? NOBODY]);
  await officers.note(ctx, found?.personKey ?? NOBODY);
  ctx.audit({ object: found === undefined ? 'link' : `assignment:${found.assignmentId}`, subjects: found === undefined ? [] : [found.personKey], facts: { found: found !== undefined } });
  return found;
}

function refuseDisputed(link: FoundLink | undefined): void {
  if (link?.state === 'DISPUTED') throw numberingProblems.refuse('NUMBER_DISPUTED');
}

const byCodeSpec = useCase({
  action: 'numbering.link.by-code',
  kind: 'question',
  summary: 'The designated number of a resident code (番号法9条)',
  input: linkByCode.input,
  output: linkByCode.output,
  refusals: refusals(numberingProblems, 'LINK_READS_HALTED', 'NUMBER_DISPUTED', 'TRAINING_REALM'),
});

/** NUM-5.2. */
export class LinkByCode implements UseCase<typeof byCodeSpec> {
  readonly spec = byCodeSpec;

  constructor(private readonly parts: LookUpParts) {}

  async execute(ctx: Ctx, { residentCode }: InputOf<typeof byCodeSpec>): Promise<OutputOf<typeof byCodeSpec>> {
    const link = await lookUp(ctx, this.parts, residentCode, () => this.parts.links.byCode(ctx.db, residentCode));
    refuseDisputed(link);
    if (link?.state !== 'DESIGNATED') return { found: false };
    const { personKey, number, seq, state } = link;
    return { found: true, link: { personKey, number, seq, state } };
  }
}

const byNumberSpec = useCase({
  action: 'numbering.link.by-number',
  kind: 'question',
  summary: 'Person and resident code of a number; of a former one that it was superseded, and when',
  input: linkByNumber.input,
  output: linkByNumber.output,
  refusals: refusals(numberingProblems, 'LINK_READS_HALTED', 'NUMBER_DISPUTED', 'TRAINING_REALM'),
});

/** NUM-4.8, NUM-5.2: files under a former number are joined again by the person. */
export class LinkByNumber implements UseCase<typeof byNumberSpec> {
  readonly spec = byNumberSpec;

  constructor(private readonly parts: LookUpParts) {}

  async execute(ctx: Ctx, { number }: InputOf<typeof byNumberSpec>): Promise<OutputOf<typeof byNumberSpec>> {
    const link = await lookUp(ctx, this.parts, number, () => this.parts.links.byNumber(ctx.db, number));
    refuseDisputed(link);
    if (link === undefined) return { found: false };
    return { ...statusOf(link), personKey: link.personKey, ...(link.state === 'DESIGNATED' ? { residentCode: link.residentCode } : {}) };
  }
}

const statusSpec = useCase({
  action: 'numbering.link.status-by-number',
  kind: 'question',
  summary: 'State of a number and since when, without its person',
  input: statusByNumber.input,
  output: statusByNumber.output,
  refusals: refusals(numberingProblems, 'LINK_READS_HALTED', 'TRAINING_REALM'),
});

/** NUM-5.2. */
export class StatusByNumber implements UseCase<typeof statusSpec> {
  readonly spec = statusSpec;

  constructor(private readonly parts: LookUpParts) {}

  async execute(ctx: Ctx, { number }: InputOf<typeof statusSpec>): Promise<OutputOf<typeof statusSpec>> {
    const link = await lookUp(ctx, this.parts, number, () => this.parts.links.byNumber(ctx.db, number));
    return link === undefined ? { found: false } : statusOf(link);
  }
}

function statusOf({ state, since }: FoundLink): { found: true; state: string; since: string } {
  return { found: true, state, since: since?.toISOString() ?? '' };
}
