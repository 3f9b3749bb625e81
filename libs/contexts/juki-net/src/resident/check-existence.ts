import { exists, jukiNetProblems } from '#contracts/juki-net';
import { IndividualNumber, ResidentCode } from '#kernel';
import { refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { PersonViewStore } from './person-view.store.js';

const spec = useCase({
  action: 'juki-net.person.exists',
  kind: 'question',
  summary: 'Whether a resident code or an individual number is somebody’s; whose it is not told',
  input: exists.input,
  output: exists.output,
  refusals: refusals(jukiNetProblems, 'CHECK_DIGIT'),
});

/** Asked about a person all the same: the line names whose it is (JUKI-4.1: a guessed code is somebody’s in one of a hundred cases). */
export class CheckExistence implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly views: PersonViewStore) {}

  async execute(ctx: Ctx, { residentCode, individualNumber = '' }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const fault = residentCode === undefined ? IndividualNumber.fault(individualNumber) : ResidentCode.fault(residentCode);
    if (fault !== undefined) throw jukiNetProblems.refuse('CHECK_DIGIT', { fields: [{ pointer: residentCode === undefined ? '/individualNumber' : '/residentCode', code: 'CHECK_DIGIT' }] });
    const owner = residentCode === undefined ? await this.views.ownerOfNumber(ctx.db, individualNumber) : (await this.views.resolve(ctx.db, [residentCode], ctx.now))[0];
    ctx.audit({ object: residentCode === undefined ? 'individual-numbers' : 'resident-codes', subjects: owner === undefined ? [] : [owner.person_key], facts: { found: owner !== undefined } });
    return { exists: owner !== undefined, superseded: owner?.superseded === true };
  }
}
