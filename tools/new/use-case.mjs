import { camel, pascal, plural, sentence, snake } from './names.mjs';

/** A use case that answers and a spec that fails until it is tied in, by path. */
export function useCaseFiles(context, aggregate, name) {
  const place = `libs/contexts/${context}/src/${aggregate}/${name}`;
  return { [`${place}.ts`]: useCase(context, aggregate, name), [`${place}.int.spec.ts`]: spec(context, aggregate, name) };
}

function useCase(context, aggregate, name) {
  const id = `${camel(aggregate)}Id`;
  return `import { z } from 'zod';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';

const spec = useCase({
  action: '${action(context, aggregate, name)}',
  kind: 'command',
  summary: '${sentence(name)}',
  input: z.strictObject({ ${id}: z.uuid() }),
  output: z.object({ ${id}: z.uuid() }),
  refusals: [],
});

/** ${sentence(name)}. */
export class ${pascal(name)} implements UseCase<typeof spec> {
  readonly spec = spec;

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    ctx.audit({ object: \`${aggregate}:\${input.${id}}\` });
    return { ${id}: input.${id} };
  }
}
`;
}

function spec(context, aggregate, name) {
  return `import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEstate, type TestEstate } from '#testing';
import { ${camel(context)}Module } from '../${context}.module.js';

let estate: TestEstate;
beforeAll(async () => {
  estate = await startEstate([${camel(context)}Module]);
});
afterAll(() => estate.stop());

test('${name}: answers, leaves its audit line, and a repetition changes nothing', async () => {
  const body = { ${camel(aggregate)}Id: '01890a5d-ac96-774b-bcce-b302099a8057' };
  const as = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' } as const;
  const request = () => estate.request('POST', '/api/${context}/v1/${plural(aggregate)}', { as, body, idempotencyKey: 'one' });
  expect((await request()).status).toBe(200);
  expect((await request()).json).toEqual(body);
  const lines = await estate.sql<{ entry: string }>('SELECT entry FROM ${snake(context)}.audit_line');
  expect(lines.filter(({ entry }) => entry.includes('${action(context, aggregate, name)}'))).toHaveLength(1);
});
`;
}

function action(context, aggregate, name) {
  return `${context}.${aggregate}.${name.split('-')[0]}`;
}
