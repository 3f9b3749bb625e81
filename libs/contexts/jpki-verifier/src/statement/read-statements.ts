import { z } from 'zod';
import { pageLimit, platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { byId, permittedVerifier } from '../verifier/verifier-view.js';
import type { VerifierStore } from '../verifier/verifier.store.js';
import { statementCsv } from './statement.js';
import type { StatementStore } from './statement.store.js';

const found = refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION');

const listSpec = useCase({
  action: 'jpki-verifier.verifier.list-statements',
  kind: 'question',
  summary: 'Monthly statements of a verifier, the newest first',
  input: byId.extend({ limit: pageLimit }),
  output: z.object({ items: z.array(z.object({ month: z.string(), definitive: z.number().int(), amountYen: z.number().int(), issuedAt: z.iso.datetime() })) }),
  refusals: found,
});

export class ListStatements implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(
    private readonly verifiers: VerifierStore,
    private readonly statements: StatementStore,
  ) {}

  async execute(ctx: Ctx, { verifierId, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const { organisation } = permittedVerifier(ctx, await this.verifiers.find(ctx.db, verifierId));
    const items = await this.statements.statements(ctx.db, organisation, limit);
    ctx.audit({ object: `verifier:${verifierId}`, facts: { statements: items.length } });
    return { items: items.map(({ month, definitive, amountYen, issuedAt }) => ({ month, definitive, amountYen, issuedAt: issuedAt.toISOString() })) };
  }
}

const getSpec = useCase({
  action: 'jpki-verifier.verifier.read-statement',
  kind: 'question',
  summary: 'The statement of a verifier for a month, CSV',
  input: byId.extend({ month: z.string().regex(/^20\d{2}-(0[1-9]|1[0-2])$/) }),
  output: z.custom<BinaryAnswer>(),
  refusals: found,
});

/** JPKI 5: `verifier,month,purpose,mode,definitive,free,amount_yen`; `free` are the answers that did not count. */
export class GetStatement implements UseCase<typeof getSpec> {
  readonly spec = getSpec;

  constructor(
    private readonly verifiers: VerifierStore,
    private readonly statements: StatementStore,
  ) {}

  async execute(ctx: Ctx, { verifierId, month }: InputOf<typeof getSpec>): Promise<BinaryAnswer> {
    const { organisation } = permittedVerifier(ctx, await this.verifiers.find(ctx.db, verifierId));
    if (!(await this.statements.isIssued(ctx.db, organisation, month))) throw platformProblems.refuse('NOT_FOUND');
    ctx.audit({ object: `statement:${organisation}:${month}` });
    return { contentType: 'text/csv; charset=utf-8', body: Buffer.from(statementCsv(organisation, month, await this.statements.lines(ctx.db, organisation, month))) };
  }
}
