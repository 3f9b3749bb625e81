import { createRemoteJWKSet, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import type { Config } from '../config/config.js';
import { platformProblems } from '../problem/problems.js';
import { INSTITUTION_KINDS, type Actor } from './actor.js';

const REMEMBERED = 10_000;
/** The key set did not come in time, or came as an error page. */
const KEYS_AWAY: ReadonlySet<string> = new Set(['ERR_JWKS_TIMEOUT', 'ERR_JOSE_GENERIC']);
const ALGORITHMS = ['PS256', 'RS256', 'ES256', 'EdDSA'];

/** The claim `kiban` of our access tokens (a collision-resistant name is not needed inside our own audience). */
const claims = z.object({
  client_id: z.string().min(1),
  exp: z.number(),
  kiban: z.object({ kind: z.enum(INSTITUTION_KINDS), organisation: z.string().min(1), operator: z.string().optional() }),
});

interface Remembered {
  readonly actor: Actor;
  readonly expires: number;
}

/** Verifies access tokens (JWT, RFC 9068) against the issuer's key set; a token once verified is remembered until it expires. */
export class TokenVerifier {
  private readonly remembered = new Map<string, Remembered>();

  constructor(
    private readonly settings: { readonly issuer: string; readonly audience: string },
    private readonly keys: JWTVerifyGetKey,
  ) {}

  static forConfig(config: Pick<Config, 'issuer' | 'audience' | 'jwksUrl'>): TokenVerifier {
    return new TokenVerifier(config, createRemoteJWKSet(new URL(config.jwksUrl), { cooldownDuration: 1_000 }));
  }

  /** The actor of an `Authorization` header; refuses UNAUTHENTICATED. `now` in milliseconds. */
  async verify(authorization: string | undefined, now: number): Promise<Actor> {
    const token = authorization !== undefined && /^bearer /i.test(authorization) ? authorization.slice(7).trim() : undefined;
    if (token === undefined || token === '') throw platformProblems.refuse('UNAUTHENTICATED', { facts: { reason: 'NO_TOKEN' } });
    const known = this.remembered.get(token);
    if (known !== undefined && known.expires > now) return known.actor;
    const payload = await this.payloadOf(token, now);
    const parsed = claims.safeParse(payload);
    if (!parsed.success) throw platformProblems.refuse('UNAUTHENTICATED', { facts: { reason: 'CLAIMS_MISSING' } });
    const { kind, organisation, operator } = parsed.data.kiban;
    const actor: Actor = { clientId: parsed.data.client_id, kind, organisation, ...(operator === undefined ? {} : { operator }) };
    this.remember(token, { actor, expires: parsed.data.exp * 1000 });
    return actor;
  }

  private async payloadOf(token: string, now: number): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, this.keys, { ...this.settings, algorithms: ALGORITHMS, currentDate: new Date(now) });
      return payload;
    } catch (error) {
      // Unreachable keys are our fault, not the caller's.
      if (error instanceof TypeError || (error instanceof Error && 'code' in error && KEYS_AWAY.has(String(error.code)))) throw platformProblems.refuse('UNAVAILABLE');
      throw platformProblems.refuse('UNAUTHENTICATED', { facts: { reason: 'TOKEN_INVALID' } });
    }
  }

  private remember(token: string, entry: Remembered): void {
    if (this.remembered.size >= REMEMBERED) {
      const oldest = this.remembered.keys().next().value;
      if (oldest !== undefined) this.remembered.delete(oldest);
    }
    this.remembered.set(token, entry);
  }
}
