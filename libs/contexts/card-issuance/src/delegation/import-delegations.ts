import type { Readable } from 'node:stream';
import { z } from 'zod';
import { localDateFault, municipalityCodeFault, toLocalDate } from '#kernel';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import { officerOf, refusals, useCase, uuidv7, type Ctx, type OutputOf, type UseCase } from '#platform';
import { fileReport, takeFile, type FileReader, type Read, type RowError } from '../csv-file.js';
import { grantBasis, tasks, tellDelegation } from './delegation-view.js';
import type { DelegationStore, NewDelegation } from './delegation.store.js';

const COLUMNS = ['municipalityCode', 'startsOn', 'tasks', 'grantBasis'] as const;

const spec = useCase({
  action: 'card-issuance.delegation.import',
  kind: 'process',
  summary: `Takes the delegations of many municipalities in as in force (CSV ${COLUMNS.join(',')}; tasks divided by |): good rows count, each bad one is told. Harmless to repeat`,
  input: z.strictObject({}),
  output: fileReport,
  refusals: refusals(cardIssuanceProblems, 'FILE_MALFORMED'),
});

/** All 1,741 municipalities in one call (CARD-3.1). */
export class ImportDelegations implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly delegations: DelegationStore) {}

  async execute(ctx: Ctx, _input: object, body?: Readable): Promise<OutputOf<typeof spec>> {
    return takeFile<NewDelegation>(body, { columns: COLUMNS, read: readRow, take: (rows) => ctx.transaction((own) => this.take(own, rows)) });
  }

  private async take(ctx: Ctx, rows: readonly Read<NewDelegation>[]): ReturnType<FileReader<NewDelegation>['take']> {
    const open = new Map((await this.delegations.open(ctx.db, rows.map(({ row }) => row.municipalityCode))).map((one) => [one.municipalityCode, one]));
    const isKnown = ({ municipalityCode, startsOn, tasks: same }: NewDelegation): boolean => {
      const present = open.get(municipalityCode);
      return present?.state === 'IN_FORCE' && present.startsOn === startsOn && present.tasks.toSorted().join() === same.toSorted().join();
    };
    const wanted = rows.filter(({ row }) => !isKnown(row));
    const added = await this.delegations.add(ctx.db, wanted.map(({ row }) => row), 'IN_FORCE', { person: officerOf(ctx), now: ctx.now });
    for (const { row } of wanted.filter((one) => added.has(one.row.delegationId))) tellDelegation(ctx, { ...row, state: 'IN_FORCE', version: 1 });
    const errors = wanted.filter(({ row }) => !added.has(row.delegationId)).map(({ line }) => ({ line, column: 'municipalityCode', code: 'OVERLAP' }));
    return { errors, unchanged: rows.length - wanted.length };
  }
}

function readRow([municipalityCode = '', startsOn = '', list = '', basis = '']: readonly string[]): NewDelegation | Omit<RowError, 'line'> {
  const wanted = tasks.safeParse(list.split('|'));
  if (municipalityCodeFault(municipalityCode) !== undefined) return { column: 'municipalityCode', code: 'MUNICIPALITY' };
  if (localDateFault(startsOn) !== undefined) return { column: 'startsOn', code: 'DATE' };
  if (!wanted.success) return { column: 'tasks', code: 'TASK' };
  if (!grantBasis.safeParse(basis).success) return { column: 'grantBasis', code: 'TEXT' };
  return { delegationId: uuidv7(), municipalityCode, startsOn: toLocalDate(startsOn), tasks: wanted.data, grantBasis: basis };
}
