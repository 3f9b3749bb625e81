import { z } from 'zod';
import { IndividualNumber } from '#kernel';
import { numberingProblems } from '#contracts/numbering';
import { officerOf, refusals, requireJurisdiction, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { FoundLink, LinkStore } from '../link/link.store.js';
import type { Realm } from '../realm/realm.js';
import { requireRealm } from '../realm/require-realm.js';
import type { ResidentRegister } from '../register/resident-register.js';
import { caseView, viewOf, writtenText } from './case-view.js';
import { CASE_KINDS, firstState, IDENTITY_CHECKS, OCCASIONS } from './change-case.js';
import type { CaseRecord, ChangeCaseStore } from './change-case.store.js';

const spec = useCase({
  action: 'numbering.change-case.file',
  kind: 'process',
  summary: 'Files a request for another number, or opens a case ex officio, at the municipality of residence (番号法7条2項、施行令3条)',
  input: z.strictObject({
    filingId: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/).describe('the municipality\'s own id of the filing; the same id has the same answer'),
    municipalityCode: z.string().regex(/^\d{6}$/),
    individualNumber: z.string().regex(/^\d{12}$/),
    kind: z.enum(CASE_KINDS),
    occasion: z.enum(OCCASIONS),
    statement: writtenText.describe('the reasons on the form'),
    identityCheck: z.enum(IDENTITY_CHECKS).optional().describe('how the person who asks was identified; required on request'),
  }).refine(({ kind, identityCheck }) => (kind === 'ON_REQUEST') === (identityCheck !== undefined), { params: { code: 'IDENTITY_CHECK' }, path: ['identityCheck'] }),
  output: caseView,
  refusals: refusals(numberingProblems, 'ASSIGNMENT_STATE', 'CASE_OPEN', 'NOT_RESIDENCE', 'NUMBER_FAULT', 'REQUEST_ID_REUSED', 'TRAINING_REALM'),
});

type Input = InputOf<typeof spec>;

/** NUM-3.3: FILED or OPENED_EX_OFFICIO. */
export class FileChangeCase implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly cases: ChangeCaseStore,
    private readonly links: LinkStore,
    private readonly parts: { readonly realm: Realm; readonly register: ResidentRegister },
  ) {}

  async execute(ctx: Ctx, input: Input): Promise<OutputOf<typeof spec>> {
    requireJurisdiction(ctx, input.municipalityCode);
    const fault = IndividualNumber.fault(input.individualNumber);
    if (fault !== undefined) throw numberingProblems.refuse('NUMBER_FAULT', { fields: [{ pointer: '/individualNumber', code: fault }] });
    requireRealm(this.parts.realm, input.individualNumber, input.municipalityCode);
    const link = await this.residentsLink(ctx, input);
    return ctx.transaction((tx) => this.file(tx, input, link));
  }

  /** A number that nobody has is answered like that of a stranger: nobody learns which numbers live. */
  private async residentsLink(ctx: Ctx, input: Input): Promise<FoundLink> {
    const link = await this.links.byNumber(ctx.db, input.individualNumber);
    const person = link && (await this.parts.register.person(ctx, link.personKey, 'NUMBER_CHANGE'));
    if (link === undefined || person?.status !== 'RESIDENT' || person.municipalityCode !== input.municipalityCode) throw numberingProblems.refuse('NOT_RESIDENCE');
    return link;
  }

  private async file(ctx: Ctx, input: Input, { personKey, assignmentId, state }: FoundLink): Promise<OutputOf<typeof spec>> {
    const { municipalityCode, filingId, kind, occasion, identityCheck = '' } = input;
    const same = await this.cases.lockFiling(ctx.db, municipalityCode, filingId);
    if (same !== undefined && (same.personKey !== personKey || same.kind !== kind)) throw numberingProblems.refuse('REQUEST_ID_REUSED');
    if (same !== undefined) return viewOf(same);
    if (state !== 'DESIGNATED') throw numberingProblems.refuse('ASSIGNMENT_STATE', { facts: { assignmentId, state } });
    const open = await this.cases.lockOpen(ctx.db, personKey);
    if (open !== undefined) throw numberingProblems.refuse('CASE_OPEN', { facts: { caseId: open.caseId } });
    const added: CaseRecord = {
      caseId: uuidv7(), municipalityCode, filingId, personKey, assignmentId, kind, occasion, state: firstState(kind), leaked: null, misuseRisk: null,
      filedBy: officerOf(ctx), decidedBy: null, newAssignmentId: null, filedAt: ctx.now, formerCard: null,
    };
    await this.cases.add(ctx.db, added, input.statement);
    ctx.audit({ object: `change-case:${added.caseId}`, subjects: [personKey], facts: { state: added.state, occasion, identityCheck } });
    return viewOf(added);
  }
}
