import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { z } from 'zod';
import { found, platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { PackageStore } from '../package/package.store.js';
import type { AuSessionStore } from './au-session.store.js';
import { PLAYER_PAGE, PLAYER_SCRIPT, PLAYER_STYLE } from './player-page.js';

const require = createRequire(import.meta.url);
const launch = z.string().regex(/^[A-Za-z0-9_-]{32}$/);

const contentSpec = useCase({
  action: 'training.launched.read-content',
  kind: 'question',
  summary: 'A file of the launched package',
  input: z.looseObject({ launch, path: z.string().min(1).max(400) }).transform(({ path }) => ({ path: path.normalize('NFC') })),
  output: z.custom<BinaryAnswer>(),
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

/** Content may ask its own query parameters of us; they are its affair. */
export class ServeContent implements UseCase<typeof contentSpec> {
  readonly spec = contentSpec;

  constructor(
    private readonly sessions: AuSessionStore,
    private readonly packages: PackageStore,
  ) {}

  async execute(ctx: Ctx, { path }: InputOf<typeof contentSpec>): Promise<BinaryAnswer> {
    const { packageId, id } = found(await this.sessions.find(ctx.db, ctx.actor.clientId));
    const { contentType, sha256, content } = found(await this.packages.file(ctx.db, packageId, path));
    ctx.audit({ object: `session:${id}` });
    return { contentType, body: content, headers: { 'etag': `"${sha256}"`, 'cache-control': 'private, max-age=3600' } };
  }
}

const fetchSpec = useCase({
  action: 'training.launched.fetch-token',
  kind: 'process',
  summary: 'The authorization token of a launch, once (cmi5 8.2); afterwards an error-code, by status 200 too',
  input: z.strictObject({ launch }),
  output: z.union([z.object({ 'auth-token': z.string() }), z.object({ 'error-code': z.string(), 'error-text': z.string() })]),
  refusals: [],
});

export class FetchToken implements UseCase<typeof fetchSpec> {
  readonly spec = fetchSpec;

  constructor(private readonly sessions: AuSessionStore) {}

  async execute(ctx: Ctx): Promise<OutputOf<typeof fetchSpec>> {
    const id = ctx.actor.clientId;
    const token = Buffer.from(`${id}:${randomBytes(24).toString('base64url')}`).toString('base64');
    const isGiven = await ctx.transaction(async (tx) => {
      const given = await this.sessions.giveAuthToken(tx.db, id, token);
      tx.audit({ object: `session:${id}`, facts: { token: given ? 'GIVEN' : 'REFUSED' } });
      return given;
    });
    return isGiven ? { 'auth-token': token } : { 'error-code': '1', 'error-text': 'The authorization token has already been returned, or the session is over.' };
  }
}

const playerSpec = useCase({
  action: 'training.launched.read-player',
  kind: 'question',
  summary: 'The player of SCORM content',
  input: z.strictObject({ launch, file: z.string().max(40) }),
  output: z.custom<BinaryAnswer>(),
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

const TEXTS: Readonly<Record<string, readonly [string, string]>> = {
  'index.html': ['text/html; charset=utf-8', PLAYER_PAGE], 'player.js': ['text/javascript; charset=utf-8', PLAYER_SCRIPT], 'player.css': ['text/css; charset=utf-8', PLAYER_STYLE],
};
const LIBRARIES: Readonly<Record<string, string>> = { 'scorm12.js': 'scorm-again/scorm12/min', 'scorm2004.js': 'scorm-again/scorm2004/min' };

export class ServePlayer implements UseCase<typeof playerSpec> {
  readonly spec = playerSpec;

  async execute(ctx: Ctx, { file }: InputOf<typeof playerSpec>): Promise<BinaryAnswer> {
    ctx.audit({ object: `session:${ctx.actor.clientId}` });
    const headers = { 'cache-control': 'private, max-age=3600' };
    const text = TEXTS[file];
    if (text !== undefined) return { contentType: text[0], body: Buffer.from(text[1]), headers };
    return { contentType: 'text/javascript; charset=utf-8', body: await readFile(require.resolve(found(LIBRARIES[file]))), headers };
  }
}
