import { z } from 'zod';
import { bridgeCaProblems } from '#contracts/bridge-ca';
import { found, platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { BRIDGE_ID } from '../authority/authority.js';
import { authorityId, paperRef } from '../authority/authority-view.js';
import type { AuthorityRow } from '../authority/authority.store.js';
import { anotherOfficer, namedOfficer, type Generations } from '../authority/generations.js';
import type { CrossTerms } from '../authority/profiles.js';
import { DIRECTIONS, type Direction } from './cross-certification.js';
import type { CrossRecord } from './cross-certification.store.js';
import { requireState, type CrossDesk } from './cross-desk.js';
import { bothTerms } from './cross-terms.js';
import { byCross, crossView, viewOf } from './cross-view.js';
import { domainPolicy, prefecturalTerms, termsFault } from './terms.js';

const terms = bothTerms.optional().describe('needed of an external authority; those of all prefectures are known');
const proposing = [...refusals(bridgeCaProblems, 'AUTHORITY_WITHOUT_KEY', 'EXCHANGE_OPEN', 'OPERATOR_NOT_ASSERTED', 'TERMS_DIFFER'), ...refusals(platformProblems, 'NOT_FOUND', 'UNAVAILABLE')];

type BothTerms = Readonly<Record<Direction, CrossTerms>>;

/** What was proposed, or what is agreed with every prefecture. Refuses TERMS_DIFFER. */
function agreedTerms(generations: Generations, { kind }: AuthorityRow, proposed: BothTerms | undefined): BothTerms {
  const { organisation } = generations.authorities.parts;
  const agreed = proposed ?? (kind === 'PREFECTURAL' ? prefecturalTerms(organisation) : undefined);
  if (agreed === undefined) throw bridgeCaProblems.refuse('TERMS_DIFFER', { facts: { fault: 'NO_POLICY' } });
  const [bridge, other] = [domainPolicy(organisation, 'BRIDGE'), domainPolicy(organisation, kind)];
  for (const direction of DIRECTIONS) {
    const fault = termsFault(agreed[direction], direction === 'TO_BRIDGE' ? { issuer: other, subject: bridge } : { issuer: bridge, subject: other });
    if (fault !== undefined) throw bridgeCaProblems.refuse('TERMS_DIFFER', { facts: { direction, fault } });
  }
  return agreed;
}

interface Proposal {
  readonly counterpart: string;
  readonly renews: string | null;
  readonly terms: BothTerms | undefined;
}

/** Both authorities have a key from here on, and their certificates are public. */
async function propose(ctx: Ctx, generations: Generations, desk: CrossDesk, { counterpart, renews, terms: proposed }: Proposal): Promise<CrossRecord> {
  const officer = namedOfficer(ctx);
  const authority = found(await generations.store.find(ctx.db, counterpart));
  const agreed = agreedTerms(generations, authority, proposed);
  await generations.established(ctx, BRIDGE_ID);
  if (authority.kind === 'PREFECTURAL') await generations.established(ctx, counterpart);
  const id = uuidv7();
  const directions = DIRECTIONS.map((direction) => {
    const [issuer, subject] = direction === 'TO_COUNTERPART' ? [BRIDGE_ID, counterpart] : [counterpart, BRIDGE_ID];
    return { direction, issuer, subject, terms: agreed[direction] };
  });
  if (!(await desk.store.add(ctx.db, { id, counterpart, renews, proposedBy: officer, proposedAt: ctx.now, directions }))) throw bridgeCaProblems.refuse('EXCHANGE_OPEN');
  ctx.audit({ object: `cross-certification:${id}`, facts: { counterpart, to: 'PROPOSED' } });
  return desk.take(ctx, id);
}

const proposeSpec = useCase({
  action: 'bridge-ca.cross-certification.propose', kind: 'command', summary: 'Proposes that the bridge and another authority certify each other, with policies, mappings and limits of both directions',
  input: z.strictObject({ counterpart: authorityId.refine((id) => id !== BRIDGE_ID, { params: { code: 'BRIDGE' } }), terms }), output: crossView,
  refusals: [...proposing, ...refusals(bridgeCaProblems, 'CROSS_CERTIFIED')],
});

/** JPKI 3.10: -> PROPOSED. */
export class ProposeCrossCertification implements UseCase<typeof proposeSpec> {
  readonly spec = proposeSpec;

  constructor(
    private readonly generations: Generations,
    private readonly desk: CrossDesk,
  ) {}

  async execute(ctx: Ctx, input: InputOf<typeof proposeSpec>): Promise<OutputOf<typeof proposeSpec>> {
    const [standing] = await this.desk.store.list(ctx.db, { counterpart: input.counterpart, state: 'PUBLISHED', before: undefined, limit: 1 });
    if (standing !== undefined) throw bridgeCaProblems.refuse('CROSS_CERTIFIED', { facts: { crossId: standing.id } });
    const proposed = await propose(ctx, this.generations, this.desk, { ...input, renews: null, terms: input.terms });
    return viewOf(proposed);
  }
}

const renewSpec = useCase({
  action: 'bridge-ca.cross-certification.renew', kind: 'command', summary: 'Proposes the successor of a published cross-certification, which stays in force meanwhile',
  input: byCross.extend({ terms: bothTerms.optional().describe('those of before when left out') }), output: crossView, refusals: [...proposing, ...refusals(bridgeCaProblems, 'NOT_IN_STATE')],
});

/** JPKI 3.10: PUBLISHED -> RENEWING; answers with the successor, which is PROPOSED. */
export class RenewCrossCertification implements UseCase<typeof renewSpec> {
  readonly spec = renewSpec;

  constructor(
    private readonly generations: Generations,
    private readonly desk: CrossDesk,
  ) {}

  async execute(ctx: Ctx, { crossId, terms: changed }: InputOf<typeof renewSpec>): Promise<OutputOf<typeof renewSpec>> {
    const record = await this.desk.take(ctx, crossId);
    requireState(record, record.state === 'PUBLISHED');
    await this.desk.save(ctx, record, { state: 'RENEWING' });
    const [first, second] = record.directions;
    const former = first === undefined || second === undefined ? undefined : { TO_COUNTERPART: first.terms, TO_BRIDGE: second.terms };
    const successor = await propose(ctx, this.generations, this.desk, { counterpart: record.counterpart, renews: crossId, terms: changed ?? former });
    return viewOf(successor);
  }
}

const reviseSpec = useCase({
  action: 'bridge-ca.cross-certification.revise', kind: 'command', summary: 'Changes what is proposed, before it is agreed or after it came back',
  input: byCross.extend({ terms: bothTerms }), output: crossView, refusals: [...refusals(bridgeCaProblems, 'NOT_IN_STATE', 'OPERATOR_NOT_ASSERTED', 'TERMS_DIFFER'), ...refusals(platformProblems, 'NOT_FOUND')],
});

export class ReviseTerms implements UseCase<typeof reviseSpec> {
  readonly spec = reviseSpec;

  constructor(
    private readonly generations: Generations,
    private readonly desk: CrossDesk,
  ) {}

  async execute(ctx: Ctx, { crossId, terms: proposed }: InputOf<typeof reviseSpec>): Promise<OutputOf<typeof reviseSpec>> {
    const proposedBy = namedOfficer(ctx);
    const record = await this.desk.take(ctx, crossId);
    requireState(record, record.state === 'PROPOSED');
    const agreed = agreedTerms(this.generations, found(await this.generations.store.find(ctx.db, record.counterpart)), proposed);
    // Who changed it is who proposed it: another officer has to agree.
    const revised = await this.desk.save(ctx, record, { proposedBy, directions: record.directions.map((one) => ({ ...one, terms: agreed[one.direction] })) });
    return viewOf(revised);
  }
}

const mapSpec = useCase({
  action: 'bridge-ca.cross-certification.map-policies', kind: 'command', summary: 'Another officer agrees to the policies and their mappings, by the decision of the council that answers for the bridge',
  input: byCross.extend({ decisionRef: paperRef }), output: crossView,
  refusals: [...refusals(bridgeCaProblems, 'NOT_IN_STATE', 'OPERATOR_NOT_ASSERTED', 'SAME_OFFICER'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** JPKI 3.10, 3.13: PROPOSED -> POLICY_MAPPED. */
export class MapPolicies implements UseCase<typeof mapSpec> {
  readonly spec = mapSpec;

  constructor(private readonly desk: CrossDesk) {}

  async execute(ctx: Ctx, { crossId, decisionRef }: InputOf<typeof mapSpec>): Promise<OutputOf<typeof mapSpec>> {
    const record = await this.desk.take(ctx, crossId);
    const mappedBy = anotherOfficer(ctx, record.proposedBy);
    requireState(record, record.state === 'PROPOSED');
    const mapped = await this.desk.save(ctx, record, { state: 'POLICY_MAPPED', mappedBy, decisionRef });
    return viewOf(mapped);
  }
}
