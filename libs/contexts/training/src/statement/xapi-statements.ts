import type { Readable } from 'node:stream';
import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { Refusal } from '#kernel';
import { found, Joint, platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { AuSessionStore } from './au-session.store.js';
import { guestJson } from './guest-body.js';
import type { StatementDesk } from './statement-desk.js';
import type { StatementStore } from './statement.store.js';
import { requireVersion } from './xapi-version.js';
import { agent, iri, xapiStatement, type XapiStatement } from './xapi-statement.js';

const MOST = 100;
const sendRefusals = [...refusals(trainingProblems, 'STATEMENT_CONFLICT', 'STATEMENT_REFUSED', 'XAPI_VERSION'), ...refusals(platformProblems, 'AGGREGATE_CHANGED', 'BODY_TOO_LARGE', 'NOT_FOUND')];

/** What content of many sessions states at the same time is taken in together: each call with its own line and its own refusal. */
export function statementsOf({ sessions, desk }: Pick<SendParts, 'sessions' | 'desk'>): Joint<readonly XapiStatement[], string[]> {
  return new Joint(async (calls) => {
    const [first] = calls;
    if (first === undefined) return [];
    const held = await sessions.lockAll(first.ctx.db, calls.map(({ ctx }) => ctx.actor.clientId));
    const said = calls.flatMap(({ ctx, item }) => {
      const session = held.get(ctx.actor.clientId);
      return session === undefined ? [] : [{ ctx, session, statements: item }];
    });
    const answers = new Map((await desk.takeAll(said)).map((answer, index) => [said[index]?.ctx, answer]));
    return calls.map(({ ctx }) => {
      const answer = answers.get(ctx) ?? platformProblems.refuse('NOT_FOUND');
      if (!(answer instanceof Refusal)) ctx.audit({ object: `session:${ctx.actor.clientId}`, facts: { statements: answer.length } });
      return answer;
    });
  });
}

/** Takes statements in; a refusal is a security event with its reason in the audit trail (TRN-7). */
async function send(ctx: Ctx, { joint }: SendParts, statements: readonly XapiStatement[]): Promise<string[]> {
  try {
    return await ctx.jointly(joint, statements);
  } catch (error) {
    const object = `session:${ctx.actor.clientId}`;
    if (error instanceof Refusal && error.context === 'training') await ctx.transaction((tx) => Promise.resolve(tx.audit({ object, facts: { refused: error.code, ...error.facts } })));
    throw error;
  }
}

export interface SendParts {
  readonly sessions: AuSessionStore;
  readonly desk: StatementDesk;
  readonly joint: Joint<readonly XapiStatement[], string[]>;
}

const postSpec = useCase({
  action: 'training.statement.send',
  kind: 'process',
  summary: 'Stores statements of the launched content (xAPI 1.0.3, cmi5), all or none; returns their ids',
  input: z.strictObject({}),
  output: z.array(z.string()),
  refusals: sendRefusals,
});

export class PostStatements implements UseCase<typeof postSpec> {
  readonly spec = postSpec;

  constructor(private readonly parts: SendParts) {}

  async execute(ctx: Ctx, _input: InputOf<typeof postSpec>, body?: Readable): Promise<OutputOf<typeof postSpec>> {
    requireVersion(ctx);
    const sent = await guestJson(body);
    return send(ctx, this.parts, Array.isArray(sent) ? z.array(xapiStatement).max(MOST).parse(sent) : [xapiStatement.parse(sent)]);
  }
}

const putSpec = useCase({
  action: 'training.statement.put',
  kind: 'process',
  summary: 'Stores one statement under the id that is named; the same one again is stored already',
  input: z.strictObject({ statementId: z.uuid().transform((id) => id.toLowerCase()) }),
  output: z.object({}),
  refusals: sendRefusals,
});

export class PutStatement implements UseCase<typeof putSpec> {
  readonly spec = putSpec;

  constructor(private readonly parts: SendParts) {}

  async execute(ctx: Ctx, { statementId }: InputOf<typeof putSpec>, body?: Readable): Promise<OutputOf<typeof putSpec>> {
    requireVersion(ctx);
    const { id = statementId, ...statement } = xapiStatement.parse(await guestJson(body));
    if (id !== statementId) throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: '/id', code: 'DIFFERS' }] });
    await send(ctx, this.parts, [{ ...statement, id }]);
    return {};
  }
}

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const jsonOf = <T extends z.ZodType>(schema: T) => z.string().max(10_000).transform((text, issue) => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    issue.addIssue({ code: 'custom', message: 'no JSON' });
    return z.NEVER;
  }
}).pipe(schema);

const getSpec = useCase({
  action: 'training.statement.list',
  kind: 'question',
  summary: 'Statements of the registration that was launched: one by its id, or those that fit, the newest first',
  input: z.strictObject({
    statementId: z.uuid().optional(), agent: jsonOf(agent).optional(), verb: iri.optional(), activity: iri.optional(), registration: z.uuid().optional(), since: instant.optional(), until: instant.optional(),
    limit: z.coerce.number().int().min(0).max(MOST).default(MOST), ascending: z.enum(['true', 'false']).optional(), format: z.enum(['exact', 'ids', 'canonical']).optional(),
    from: z.coerce.number().int().optional().describe('of `more`'),
  }),
  output: z.custom<BinaryAnswer>(),
  refusals: [...refusals(trainingProblems, 'XAPI_VERSION'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** Where the agent or registration is another one, there is nothing: others are not this content's affair. */
export class GetStatements implements UseCase<typeof getSpec> {
  readonly spec = getSpec;

  constructor(private readonly parts: SendParts & { readonly statements: StatementStore; readonly path: string }) {}

  async execute(ctx: Ctx, input: InputOf<typeof getSpec>): Promise<BinaryAnswer> {
    requireVersion(ctx);
    const { sessions, statements } = this.parts;
    const session = found(await sessions.find(ctx.db, ctx.actor.clientId));
    ctx.audit({ object: `registration:${session.registrationId}` });
    if (input.statementId !== undefined) {
      const { body, stored } = found(await statements.find(ctx.db, session.registrationId, input.statementId.toLowerCase()));
      return answer(ctx, body, { 'last-modified': stored.toUTCString() });
    }
    const isOther = (input.agent !== undefined && input.agent.account.name !== session.account) || (input.registration !== undefined && input.registration.toLowerCase() !== session.registrationId);
    if (isOther) return answer(ctx, '{"statements":[],"more":""}');
    return answer(ctx, await this.page(ctx, session.registrationId, input));
  }

  private async page(ctx: Ctx, registrationId: string, { verb, activity, since, until, ascending, limit: wished, from, ...rest }: InputOf<typeof getSpec>): Promise<string> {
    const limit = wished === 0 ? MOST : wished;
    const isAscending = ascending === 'true';
    const rows = await this.parts.statements.list(ctx.db, { registrationId, verb, activity, since, until, from, isAscending, limit });
    const last = rows.at(-1);
    return `{"statements":[${rows.map(({ body }) => body).join()}],"more":${JSON.stringify(rows.length < limit || last === undefined ? '' : this.more({ verb, activity, since, until, ascending, limit, format: rest.format, from: last.seq }))}}`;
  }

  private more(filter: Readonly<Record<string, unknown>>): string {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(filter)) if (value !== undefined) query.set(name, value instanceof Date ? value.toISOString() : String(value));
    return `${this.parts.path}?${query.toString()}`;
  }
}

function answer(ctx: Ctx, body: string, headers: Readonly<Record<string, string>> = {}): BinaryAnswer {
  return { contentType: 'application/json', body: Buffer.from(body), headers: { ...headers, 'x-experience-api-consistent-through': ctx.now.toISOString() } };
}
