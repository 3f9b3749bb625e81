import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { jukiNetProblems } from '#contracts/juki-net';
import { platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { bytesOf } from '../batch/submit-batch.js';
import type { ExchangeCertificateStore } from '../exchange/exchange-certificate.store.js';
import { droppedKind, DROPPED_KINDS, type DroppedKind, IN_STATES } from './exchange-box.js';
import type { InFileStore } from './in-file.store.js';

const spec = useCase({
  action: 'juki-net.exchange-file.drop',
  kind: 'process',
  summary: 'Drops a sealed file (BREQ, IMIN) in the box; it is picked up within five minutes and acknowledged (ACKN) in the box. The same file again has no effect',
  input: z.strictObject({ name: z.string().max(120).describe('{org}_{kind}_{yyyymmdd}_{seq4}.p7m') }),
  output: z.object({ fileId: z.uuid(), kind: z.enum(DROPPED_KINDS), state: z.enum(IN_STATES), repeated: z.boolean() }),
  refusals: [
    ...refusals(jukiNetProblems, 'EMPTY_FILE', 'EXCHANGE_CERTIFICATE', 'FILE_KIND', 'FILE_NAME', 'FILE_NAME_REUSED', 'FILE_ORGANISATION', 'UPLOAD_BROKEN'),
    ...refusals(platformProblems, 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'),
  ],
});

/** At the door only what can be told from outside is looked at; the file is stored as it came, sealed (JUKI-5.3). */
export class DropFile implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(
    private readonly inFiles: InFileStore,
    private readonly certificates: ExchangeCertificateStore,
  ) {}

  async execute(ctx: Ctx, { name }: InputOf<typeof spec>, body?: Readable): Promise<OutputOf<typeof spec>> {
    if (body === undefined) throw platformProblems.refuse('UNSUPPORTED_MEDIA_TYPE');
    try {
      const { kind: institution, organisation } = ctx.actor;
      const kind = droppedKind(name, ctx.actor);
      if (kind !== 'BREQ' && kind !== 'IMIN') throw jukiNetProblems.refuse(kind);
      if ((await this.certificates.current(ctx.db, { institution, organisation }, ctx.now)) === undefined) throw jukiNetProblems.refuse('EXCHANGE_CERTIFICATE');
      const sealed = await bytesOf(body);
      if (sealed.length === 0) throw jukiNetProblems.refuse('EMPTY_FILE');
      return await ctx.transaction((tx) => this.store(tx, { name, kind, sealed }));
    } finally {
      body.resume();
    }
  }

  private async store(tx: Ctx, { name, kind, sealed }: { readonly name: string; readonly kind: DroppedKind; readonly sealed: Buffer }): Promise<OutputOf<typeof spec>> {
    const { kind: institution, organisation, clientId: client } = tx.actor;
    const sha256 = createHash('sha256').update(sealed).digest();
    const file = { fileId: uuidv7(), client, name, kind, purpose: tx.permission.purpose ?? '', sha256, sealed, receivedAt: tx.now };
    const isNew = await this.inFiles.add(tx.db, { institution, organisation }, file);
    const stored = await this.inFiles.byName(tx.db, { institution, organisation }, name);
    if (!stored.sha256.equals(sha256)) throw jukiNetProblems.refuse('FILE_NAME_REUSED');
    tx.audit({ object: `exchange-file:${stored.fileId}`, facts: { kind, bytes: sealed.length, repeated: !isNew } });
    return { fileId: stored.fileId, kind, state: stored.state, repeated: !isNew };
  }
}
