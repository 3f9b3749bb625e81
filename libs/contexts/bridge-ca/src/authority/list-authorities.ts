import { z } from 'zod';
import { found, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { authorityView, byAuthority, viewOfAuthority } from './authority-view.js';
import type { AuthorityStore } from './authority.store.js';

const listSpec = useCase({
  action: 'bridge-ca.authority.list', kind: 'question', summary: 'The bridge, the prefectures\' authorities and the external ones, each with the generations whose certificates are public',
  input: z.strictObject({}), output: z.object({ authorities: z.array(authorityView) }), refusals: [],
});

export class ListAuthorities implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly store: AuthorityStore) {}

  async execute(ctx: Ctx): Promise<OutputOf<typeof listSpec>> {
    const published = await this.store.published(ctx.db);
    ctx.audit({ object: 'authorities' });
    return { authorities: (await this.store.all(ctx.db)).map((one) => viewOfAuthority(one, published.filter(({ authorityId }) => authorityId === one.id))) };
  }
}

const readSpec = useCase({
  action: 'bridge-ca.authority.read', kind: 'question', summary: 'An authority with all its key generations, also those that are not public yet',
  input: byAuthority, output: authorityView, refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export class ReadAuthority implements UseCase<typeof readSpec> {
  readonly spec = readSpec;

  constructor(private readonly store: AuthorityStore) {}

  async execute(ctx: Ctx, { authorityId }: InputOf<typeof readSpec>): Promise<OutputOf<typeof readSpec>> {
    const authority = found(await this.store.find(ctx.db, authorityId));
    ctx.audit({ object: `authority:${authorityId}` });
    return viewOfAuthority(authority, await this.store.generations(ctx.db, authorityId));
  }
}
