import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JSONWebKeySet } from 'jose';
import { z } from 'zod';
import { createOnce } from '../create-once.js';

const rsaKey = z.looseObject({
  kty: z.literal('RSA'), kid: z.string(), alg: z.literal('RS256'), use: z.literal('sig'),
  n: z.string(), e: z.string(), d: z.string(), p: z.string(), q: z.string(), dp: z.string(), dq: z.string(), qi: z.string(),
});

/** The keys that sign access tokens, all of which are published: the first that fits signs, so a new one is put in front. */
export type SigningKeys = readonly z.output<typeof rsaKey>[];

/** Reads `<keys>/oidc-jwks.json`; makes it with one RS256 key on first use. All replicas on one key store share it. */
export async function signingKeys(keysFolder: string): Promise<SigningKeys> {
  const file = join(keysFolder, 'oidc-jwks.json');
  if (!existsSync(file)) {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true, modulusLength: 2048 });
    const jwk = { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: 'RS256', use: 'sig' };
    await createOnce(file, `${JSON.stringify({ keys: [jwk] })}\n`);
  }
  return z.object({ keys: z.array(rsaKey).min(1) }).parse(JSON.parse(await readFile(file, 'utf8'))).keys;
}

/** The public half, as `/oidc/jwks` publishes it. */
export function publicKeys(keys: SigningKeys): JSONWebKeySet {
  return { keys: keys.map(({ kty, kid, alg, use, n, e }) => ({ kty, kid, alg, use, n, e })) };
}
