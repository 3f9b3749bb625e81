import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SignJWT, importJWK, type JWK } from 'jose';
import { uuidv7 } from '../crypto/uuid.js';
import { z } from 'zod';
import { platformProblems } from '../problem/problems.js';

const answer = z.object({ access_token: z.string(), expires_in: z.number() });

export interface TokenSettings {
  readonly tokenUrl: string;
  readonly issuer: string;
  readonly audience: string;
  readonly keys: string;
}

/** Where an access token comes from; the tests issue their own. */
export interface TokenSource {
  token(): Promise<string>;
}

/**
 * Access tokens for one client by client credentials with `private_key_jwt` (RFC 7523), kept until shortly before their end.
 * The client's private key is `clients/<client>.jwk.json` in the key store folder.
 */
export class ClientCredentials implements TokenSource {
  private current: { readonly token: string; readonly until: number } | undefined;
  private pending: Promise<string> | undefined;

  constructor(
    private readonly clientId: string,
    private readonly settings: TokenSettings,
    private readonly now: () => number,
  ) {}

  async token(): Promise<string> {
    if (this.current !== undefined && this.current.until > this.now()) return this.current.token;
    this.pending ??= this.request().finally(() => {
      this.pending = undefined;
    });
    return this.pending;
  }

  private async request(): Promise<string> {
    const given: unknown = await fetch(this.settings.tokenUrl, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: this.clientId,
        resource: this.settings.audience,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await this.assertion(),
      }),
      signal: AbortSignal.timeout(10_000),
    }).then((response) => (response.ok ? response.json() : undefined)).catch(() => undefined);
    if (given === undefined) throw platformProblems.refuse('UNAVAILABLE', { facts: { reason: 'NO_SERVICE_TOKEN' } });
    const { access_token: token, expires_in: seconds } = answer.parse(given);
    this.current = { token, until: this.now() + (seconds - 30) * 1000 };
    return token;
  }

  private async assertion(): Promise<string> {
    const file = join(this.settings.keys, 'clients', `${this.clientId}.jwk.json`);
    const jwk: JWK = z.looseObject({ kty: z.string(), alg: z.string() }).parse(JSON.parse(await readFile(file, 'utf8')));
    const seconds = Math.floor(this.now() / 1000);
    return new SignJWT()
      .setProtectedHeader({ alg: jwk.alg ?? 'ES256', ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) })
      .setIssuer(this.clientId)
      .setSubject(this.clientId)
      .setAudience(this.settings.issuer)
      .setJti(uuidv7())
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + 60)
      .sign(await importJWK(jwk));
  }
}
