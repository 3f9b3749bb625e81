import { z } from 'zod';
import { useCase, type Ctx, type OutputOf, type UseCase } from '#platform';
import type { FrontKeys } from './front-keys.js';

const key = z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), alg: z.literal('EdDSA'), use: z.literal('sig'), kid: z.string(), x: z.string() });

const listSpec = useCase({
  action: 'issuing-centre.front-key.list', kind: 'question', summary: 'Public keys of the signatures on backs (JWK set, RFC 8037), the newest first: with them the small symbol is checked without asking', input: z.strictObject({}),
  output: z.object({ keys: z.array(key) }), refusals: [],
});

export class ListFrontKeys implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly keys: FrontKeys) {}

  async execute(ctx: Ctx): Promise<OutputOf<typeof listSpec>> {
    const keys = await this.keys.all(ctx.db);
    return { keys: keys.map(({ kid, publicKey }) => ({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid, x: publicKey.toString('base64url') })) };
  }
}

const rotateSpec = useCase({
  action: 'issuing-centre.front-key.rotate', kind: 'command', summary: 'A new key protects fronts from now on; those before it stay for verification', input: z.strictObject({}), output: z.object({ kid: z.string(), generation: z.number() }), refusals: [],
});

export class RotateFrontKey implements UseCase<typeof rotateSpec> {
  readonly spec = rotateSpec;

  constructor(private readonly keys: FrontKeys) {}

  async execute(ctx: Ctx): Promise<OutputOf<typeof rotateSpec>> {
    const { kid, generation } = await this.keys.rotate(ctx);
    ctx.audit({ object: `front-key:${kid}`, facts: { generation } });
    return { kid, generation };
  }
}
