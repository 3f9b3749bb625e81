import { findPersons } from '#contracts/juki-net';
import { addressKey, localDateInJapan } from '#kernel';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { MOST_CANDIDATES } from './inquiry.js';
import type { InquiryStore } from './inquiry.store.js';

const spec = useCase({ action: 'juki-net.person.find', kind: 'question', summary: 'Person keys by name, day of birth and address, for a neighbour whose caller knows no code', input: findPersons.input, output: findPersons.output, refusals: [] });

/** CARD-4.18. Of namesakes born on one day those at the address; more than ten are nobody. */
export class FindPersons implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly register: InquiryStore) {}

  async execute(ctx: Ctx, { nameKana, birthDate, address }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { persons, more } = await this.register.byFourItems(ctx.db, { nameKana, birthDate }, { today: localDateInJapan(ctx.now), within: '' });
    const there = address === undefined ? [] : persons.filter(({ items }) => addressKey(items.address) === addressKey(address));
    const found = there.length > 0 ? there : persons;
    const personKeys = more || found.length > MOST_CANDIDATES ? [] : found.map(({ personKey }) => personKey);
    ctx.audit({ object: 'persons', subjects: personKeys, facts: { found: found.length } });
    return { personKeys };
  }
}
