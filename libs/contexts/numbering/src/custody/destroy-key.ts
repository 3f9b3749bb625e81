import { createHash } from 'node:crypto';
import { z } from 'zod';
import { numberingProblems } from '#contracts/numbering';
import { platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { byId, moveCeremony, permitStep, stepOutput } from './hold-ceremony.js';
import type { KeyCustody } from './key-custody.js';
import type { KeyShareStore } from './key-share.store.js';

const stepRefusals = [...refusals(platformProblems, 'NOT_FOUND'), ...refusals(numberingProblems, 'CEREMONY_STATE', 'KEY_IN_USE', 'OPERATOR_NOT_ASSERTED')];

const askSpec = useCase({
  action: 'numbering.key-ceremony.ask-destruction', kind: 'command', summary: 'An officer asks that a rotated key be destroyed; another officer confirms', input: byId, output: stepOutput, refusals: stepRefusals,
});

export class AskDestruction implements UseCase<typeof askSpec> {
  readonly spec = askSpec;
  constructor(private readonly custody: KeyCustody) {}

  async execute(ctx: Ctx, { ceremonyId }: InputOf<typeof askSpec>): Promise<OutputOf<typeof askSpec>> {
    const { ceremonies } = this.custody.parts;
    const { ceremony, officer } = await permitStep(ctx, ceremonies, ceremonyId, 'ASK_DESTRUCTION');
    return moveCeremony(ctx, ceremonies, ceremony, { destructionBy: officer });
  }
}

const destroySpec = useCase({
  action: 'numbering.key-ceremony.destroy', kind: 'command', summary: 'Another officer confirms: the key is destroyed; answers the hash of the certificate',
  input: byId, output: stepOutput.extend({ sha256: z.string() }), refusals: [...stepRefusals, ...refusals(numberingProblems, 'SAME_OFFICER')],
});

/** NUM-4.9: ROTATED -> DESTROYED. What the store destroyed before a kill is found destroyed. */
export class DestroyKey implements UseCase<typeof destroySpec> {
  readonly spec = destroySpec;
  constructor(private readonly custody: KeyCustody, private readonly shares: KeyShareStore) {}

  async execute(ctx: Ctx, { ceremonyId }: InputOf<typeof destroySpec>): Promise<OutputOf<typeof destroySpec>> {
    const { ceremonies } = this.custody.parts;
    const { ceremony, officer } = await permitStep(ctx, ceremonies, ceremonyId, 'DESTROY');
    this.custody.destroyKey(ceremony);
    const { origin, custody, working, keyLabel, keyCheckValue, activatedAt, rotatedAt, destructionBy } = ceremony;
    const certificate = JSON.stringify({
      type: 'kiban:numbering:key-destruction', ceremonyId, origin, custody, working, keyLabel, keyCheckValue, activatedAt, rotatedAt, askedBy: destructionBy, destroyedBy: officer, destroyedAt: ctx.now.toISOString(),
    });
    const sha256 = createHash('sha256').update(certificate).digest('hex');
    await this.shares.drop(ctx.db, ceremonyId);
    await ceremonies.certify(ctx.db, ceremonyId, { certificate, sha256, at: ctx.now });
    return { ...(await moveCeremony(ctx, ceremonies, ceremony, { state: 'DESTROYED', sealedKey: null })), sha256 };
  }
}

const certificateSpec = useCase({
  action: 'numbering.key-ceremony.read-certificate', kind: 'question', summary: 'The certificate of a destroyed key, byte by byte; the header ETag is its SHA-256',
  input: z.object({ ceremonyId: z.uuid() }), output: z.custom<BinaryAnswer>(), refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export class ReadKeyCertificate implements UseCase<typeof certificateSpec> {
  readonly spec = certificateSpec;
  constructor(private readonly custody: KeyCustody) {}

  async execute(ctx: Ctx, { ceremonyId }: InputOf<typeof certificateSpec>): Promise<BinaryAnswer> {
    const certified = await this.custody.parts.ceremonies.certificate(ctx.db, ceremonyId);
    if (certified === undefined) throw platformProblems.refuse('NOT_FOUND');
    return { contentType: 'application/json; charset=utf-8', body: Buffer.from(certified.certificate), headers: { etag: `"${certified.sha256}"` } };
  }
}
