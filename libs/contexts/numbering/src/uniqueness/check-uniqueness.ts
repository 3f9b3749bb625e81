import { z } from 'zod';
import { useCase, type Ctx, type OutputOf, type UseCase } from '#platform';

const count = z.number().int();

const spec = useCase({
  action: 'numbering.uniqueness.check',
  kind: 'question',
  summary: 'Counts ledger and link rows and looks for a code, number or person with two open rows, without trusting any index',
  input: z.object({}),
  output: z.object({
    ledgerRows: count,
    linkRows: count,
    numbers: count.describe('different numbers in the link; the ledger holds at least as many'),
    openPerCode: count.describe('codes with more than one open row'),
    openPerNumber: count.describe('numbers with more than one open row'),
    openPerPerson: count.describe('people with more than one open row'),
    withoutAssignment: count.describe('link rows that no assignment stands for, and the reverse'),
    violations: count,
  }),
  refusals: [],
});

/** NUM-7, 番号法8条2項1号: the check that somebody else than the generator makes. */
export class CheckUniqueness implements UseCase<typeof spec> {
  readonly spec = spec;

  async execute(ctx: Ctx): Promise<OutputOf<typeof spec>> {
    const found = await ctx.db.one<Omit<OutputOf<typeof spec>, 'violations'>>(
      `SELECT (SELECT count(*) FROM number_ledger) AS "ledgerRows",
         (SELECT count(*) FROM code_number_link) AS "linkRows",
         (SELECT count(DISTINCT number_index) FROM code_number_link) AS "numbers",
         (SELECT count(*) FROM (SELECT FROM code_number_link WHERE state = 'OPEN' GROUP BY code_index HAVING count(*) > 1) AS doubled) AS "openPerCode",
         (SELECT count(*) FROM (SELECT FROM code_number_link WHERE state = 'OPEN' GROUP BY number_index HAVING count(*) > 1) AS doubled) AS "openPerNumber",
         (SELECT count(*) FROM (SELECT FROM code_number_link WHERE state = 'OPEN' GROUP BY person_key HAVING count(*) > 1) AS doubled) AS "openPerPerson",
         (SELECT count(*) FROM (SELECT person_key, seq FROM code_number_link WHERE state = 'OPEN') AS l
            FULL JOIN assignment a ON a.person_key = l.person_key AND a.generation = l.seq
            WHERE a.person_key IS NULL OR (l.person_key IS NULL AND a.state NOT IN ('VOID', 'SUPERSEDED'))) AS "withoutAssignment"`,
    );
    const unledgered = Math.max(0, found.numbers - found.ledgerRows);
    const violations = found.openPerCode + found.openPerNumber + found.openPerPerson + found.withoutAssignment + unledgered;
    ctx.audit({ object: 'ledger', facts: { ...found, violations } });
    return { ...found, violations };
  }
}
