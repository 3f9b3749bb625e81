import { z } from 'zod';
import { found, platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { byId, ceremonyView, viewOf, type CeremonyDesk } from './ceremony-desk.js';

const listSpec = useCase({
  action: 'jpki-ca.key-ceremony.list', kind: 'question', summary: 'All key ceremonies, oldest first',
  input: z.strictObject({}), output: z.object({ ceremonies: z.array(ceremonyView) }), refusals: [],
});

export class ListCeremonies implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly desk: CeremonyDesk) {}

  async execute(ctx: Ctx): Promise<OutputOf<typeof listSpec>> {
    ctx.audit({ object: 'key-ceremonies' });
    return { ceremonies: (await this.desk.store.all(ctx.db)).map(viewOf) };
  }
}

const readSpec = useCase({
  action: 'jpki-ca.key-ceremony.read', kind: 'question', summary: 'A key ceremony: its people, its script and what was found',
  input: byId, output: ceremonyView, refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export class ReadCeremony implements UseCase<typeof readSpec> {
  readonly spec = readSpec;

  constructor(private readonly desk: CeremonyDesk) {}

  async execute(ctx: Ctx, { ceremonyId }: InputOf<typeof readSpec>): Promise<OutputOf<typeof readSpec>> {
    const ceremony = found(await this.desk.store.find(ctx.db, ceremonyId));
    ctx.audit({ object: `key-ceremony:${ceremonyId}` });
    return viewOf(ceremony);
  }
}

const minutesSpec = useCase({
  action: 'jpki-ca.key-ceremony.read-minutes', kind: 'question', summary: 'The minutes as they are signed, octet by octet; the header ETag is their SHA-256',
  input: byId, output: z.custom<BinaryAnswer>(), refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export class ReadMinutes implements UseCase<typeof minutesSpec> {
  readonly spec = minutesSpec;

  constructor(private readonly desk: CeremonyDesk) {}

  async execute(ctx: Ctx, { ceremonyId }: InputOf<typeof minutesSpec>): Promise<BinaryAnswer> {
    const minutes = found(await this.desk.store.minutes(ctx.db, ceremonyId));
    ctx.audit({ object: `key-ceremony:${ceremonyId}` });
    return { contentType: 'application/json; charset=utf-8', body: Buffer.from(minutes.document), headers: { etag: `"${minutes.sha256}"` } };
  }
}
