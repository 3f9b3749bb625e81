import type { Readable } from 'node:stream';
import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { found, platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type OutputOf, type UseCase, type UseCaseSpec } from '#platform';
import type { AuSessionStore, SessionRecord } from './au-session.store.js';
import type { DocumentKey, DocumentStore, LearnerDocument, StoredDocument } from './document.store.js';
import { guestBody } from './guest-body.js';
import { LAUNCH_DATA } from './launch-unit.js';
import { requireVersion } from './xapi-version.js';
import { agent, iri } from './xapi-statement.js';

export const DOCUMENT_METHODS = ['GET', 'PUT', 'POST', 'DELETE'] as const;
export type DocumentMethod = (typeof DOCUMENT_METHODS)[number];
export const DOCUMENT_RESOURCES = ['STATE', 'PROFILE'] as const;
export type DocumentResource = (typeof DOCUMENT_RESOURCES)[number];

/** Headers that say under which condition a document is changed, and what it is. */
export const CONDITION_HEADERS = { 'if-match': 'entity tag of the document that is replaced', 'if-none-match': '`*`: only if there is none', 'content-type': 'of the document' } as const;

const who = z.string().max(2_000).transform((text, issue) => {
  try {
    return agent.parse(JSON.parse(text));
  } catch {
    issue.addIssue({ code: 'custom', message: 'no agent with an account' });
    return z.NEVER;
  }
});
const since = z.iso.datetime({ offset: true }).optional();
const name = z.string().min(1).max(200);
const INPUTS = {
  STATE: z.strictObject({ activityId: iri, agent: who, registration: z.uuid().optional(), stateId: name.optional(), since }).transform(({ activityId, stateId, ...rest }) => ({ ...rest, activity: activityId, name: stateId })),
  PROFILE: z.strictObject({ agent: who, profileId: name.optional(), since }).transform(({ profileId, ...rest }) => ({ ...rest, registration: undefined, activity: '', name: profileId })),
} as const;

type DocumentInput = z.ZodType<z.output<(typeof INPUTS)[DocumentResource]>>;
type DocumentSpec = UseCaseSpec<'process', DocumentInput, z.ZodType<BinaryAnswer>>;

const SUMMARIES: Readonly<Record<DocumentMethod, string>> = {
  GET: 'A document of the launched content, or the names of all of them', PUT: 'Keeps a document of the launched content', POST: 'Merges an object of JSON into a document', DELETE: 'Deletes a document, or all that content made',
};

function specOf(resource: DocumentResource, method: DocumentMethod): DocumentSpec {
  return useCase({
    action: `training.${resource === 'STATE' ? 'activity-state' : 'agent-profile'}.${method.toLowerCase()}`, kind: 'process', summary: SUMMARIES[method], input: INPUTS[resource] as DocumentInput, output: z.custom<BinaryAnswer>(),
    refusals: [
      ...refusals(trainingProblems, 'DOCUMENT_CHANGED', 'DOCUMENT_CONDITION_MISSING', 'DOCUMENT_READ_ONLY', 'STATEMENT_REFUSED', 'XAPI_VERSION'), ...refusals(platformProblems, 'BODY_TOO_LARGE', 'NOT_FOUND'),
    ],
  });
}

export interface DocumentParts {
  readonly sessions: AuSessionStore;
  readonly documents: DocumentStore;
}

/** State and Agent Profile resources (xAPI 1.0.3 part 3, 2.3 and 2.6), of the learner and registration that were launched and no other. */
export class DocumentCall implements UseCase<DocumentSpec> {
  readonly spec: DocumentSpec;

  constructor(
    private readonly parts: DocumentParts,
    private readonly resource: DocumentResource,
    private readonly method: DocumentMethod,
  ) {
    this.spec = specOf(resource, method);
  }

  async execute(ctx: Ctx, input: InputOf<DocumentSpec>, body?: Readable): Promise<OutputOf<DocumentSpec>> {
    requireVersion(ctx);
    const sent = await guestBody(body);
    return ctx.transaction(async (tx) => {
      const session = found(await this.parts.sessions.find(tx.db, tx.actor.clientId));
      if (input.agent.account.name !== session.account) throw trainingProblems.refuse('STATEMENT_REFUSED', { facts: { reason: 'ACTOR' } });
      if (input.registration !== undefined && input.registration.toLowerCase() !== session.registrationId) throw trainingProblems.refuse('STATEMENT_REFUSED', { facts: { reason: 'REGISTRATION' } });
      tx.audit({ object: `session:${session.id}` });
      await this.parts.sessions.touch(tx.db, session.id, tx.now);
      return this.answer(tx, session, input, sent);
    });
  }

  private async answer(tx: Ctx, session: SessionRecord, { activity, name: id, since: after }: InputOf<DocumentSpec>, sent: Buffer): Promise<BinaryAnswer> {
    const { documents } = this.parts;
    const place = { kind: this.resource, owner: this.resource === 'STATE' ? session.registrationId : session.account, activity };
    if (id === undefined) {
      if (this.method === 'GET') return json(await documents.names(tx.db, place, after === undefined ? undefined : new Date(after)));
      if (this.method !== 'DELETE' || this.resource !== 'STATE') throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: '/stateId', code: 'REQUIRED' }] });
      await documents.deleteAll(tx.db, place, [LAUNCH_DATA]);
      return NOTHING;
    }
    const key = { ...place, name: id };
    if (this.method === 'GET') {
      const { contentType, content, etag, updatedAt } = found(await documents.find(tx.db, key));
      return { contentType, body: content, headers: { etag, 'last-modified': updatedAt.toUTCString() } };
    }
    return this.change(tx, key, sent);
  }

  private async change(tx: Ctx, key: DocumentKey, sent: Buffer): Promise<BinaryAnswer> {
    const { documents } = this.parts;
    if (key.name === LAUNCH_DATA) throw trainingProblems.refuse('DOCUMENT_READ_ONLY');
    const before = await documents.lock(tx.db, key);
    this.requireCondition(tx, before);
    if (this.method === 'DELETE') await documents.delete(tx.db, key);
    else await documents.put(tx.db, key, this.method === 'PUT' ? { contentType: typeOf(tx), content: sent } : merged(before, { contentType: typeOf(tx), content: sent }), tx.now);
    return NOTHING;
  }

  /** xAPI 1.0.3 part 3, 3.1: a profile that exists is replaced under a condition only. */
  private requireCondition({ headers }: Ctx, before: StoredDocument | undefined): void {
    const [match, noneMatch] = [headers['if-match'], headers['if-none-match']];
    if (match !== undefined && (before === undefined || !names(match, before.etag))) throw trainingProblems.refuse('DOCUMENT_CHANGED');
    if (noneMatch !== undefined && before !== undefined && names(noneMatch, before.etag)) throw trainingProblems.refuse('DOCUMENT_CHANGED');
    if (this.resource === 'PROFILE' && this.method === 'PUT' && before !== undefined && match === undefined && noneMatch === undefined) throw trainingProblems.refuse('DOCUMENT_CONDITION_MISSING');
  }
}

const NOTHING: BinaryAnswer = { contentType: 'application/json', body: Buffer.alloc(0) };

/** Early clients send entity tags without their quotation marks. */
function names(list: string, etag: string): boolean {
  return list.split(',').some((one) => [etag, '*'].includes(one.trim().replace(/^W\//, '').replace(/^([^"*].*)$/, '"$1"')));
}

function typeOf(ctx: Ctx): string {
  const type = ctx.headers['content-type'] ?? 'application/octet-stream';
  return /^[\w.+/; ="-]{3,100}$/.test(type) ? type : 'application/octet-stream';
}

/** xAPI 1.0.3 part 3, 2.2: the top-level members of both, those that came last. Refuses INVALID_INPUT where one of them is no object of JSON. */
function merged(before: StoredDocument | undefined, sent: LearnerDocument): LearnerDocument {
  const addition = objectOf(sent);
  if (before === undefined) return sent;
  return { contentType: 'application/json', content: Buffer.from(JSON.stringify({ ...objectOf(before), ...addition })) };
}

const object = z.record(z.string(), z.unknown());

function objectOf({ contentType, content }: LearnerDocument): Record<string, unknown> {
  try {
    if (!/^application\/json\b/.test(contentType)) throw new Error('no JSON');
    return object.parse(JSON.parse(content.toString('utf8')));
  } catch {
    throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: '', code: 'NOT_AN_OBJECT' }] });
  }
}

function json(value: unknown): BinaryAnswer {
  return { contentType: 'application/json', body: Buffer.from(JSON.stringify(value)) };
}

const aboutSpec = useCase({
  action: 'training.xapi.about', kind: 'question', summary: 'Which versions of xAPI are spoken', input: z.strictObject({}), output: z.object({ version: z.array(z.string()), extensions: z.object({}) }), refusals: [],
});

export class About implements UseCase<typeof aboutSpec> {
  readonly spec = aboutSpec;

  execute(): Promise<OutputOf<typeof aboutSpec>> {
    return Promise.resolve({ version: ['1.0.3'], extensions: {} });
  }
}
