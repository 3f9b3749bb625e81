import { decodeJwt } from 'jose';
import { z } from 'zod';
import { Refusal } from '#kernel';
import { log, platformProblems, type Actor, type TokenVerifier } from '#platform';
import { Quota } from './quota.js';
import type { RefusalTrail } from './refusal-trail.js';

/** Callers without a valid token, a second and an address, before they are turned away unheard. */
const REFUSALS_PER_SECOND = 100;
/** Requests for tokens, a second and an address: each costs signatures, and a token lasts ten minutes. */
const TOKENS_PER_SECOND = 100;

const confirmation = z.object({ cnf: z.object({ 'x5t#S256': z.string() }).optional() });

/** One call as it stands before the door. */
export interface Entry {
  readonly authorization: string | undefined;
  /** Network address of the caller. */
  readonly address: string;
  /** SHA-256 thumbprint (base64url) of the certificate of its TLS connection. */
  readonly thumbprint: () => string | undefined;
  readonly context: string;
  readonly correlationId: string;
}

/** Lets a call in or refuses it: access token, its binding to a certificate, quota. The same for both protocols. */
export class Door {
  private readonly quota: Quota;
  private readonly refusals = new Quota(REFUSALS_PER_SECOND, () => performance.now());
  private readonly tokens = new Quota(TOKENS_PER_SECOND, () => performance.now());
  /** The verifier hands out one object a token for as long as it remembers it, so what was read of the token is kept beside it. */
  private readonly bindings = new WeakMap<Actor, { readonly thumbprint: string | undefined }>();

  constructor(private readonly parts: { readonly verifier: TokenVerifier; readonly trail: RefusalTrail; readonly quotaPerSecond: number }) {
    this.quota = new Quota(parts.quotaPerSecond, () => performance.now());
  }

  /** Refuses UNAUTHENTICATED (with an audit line), QUOTA_EXCEEDED with `retryAfterSeconds`, UNAVAILABLE. */
  async admit(entry: Entry): Promise<Actor> {
    const actor = await this.identify(entry).catch((error: unknown) => this.turnAway(entry, error));
    const wait = this.quota.take(actor.clientId);
    if (wait !== undefined) throw quotaExceeded(wait);
    return actor;
  }

  /** A call by a credential that the context behind knows. Refuses QUOTA_EXCEEDED by its address. */
  admitGuest(address: string): void {
    const wait = this.quota.take(`guest:${address}`);
    if (wait !== undefined) throw quotaExceeded(wait);
  }

  /** Refuses QUOTA_EXCEEDED: who asks for a token is known by its address only. */
  admitTokenRequest(address: string): void {
    const wait = this.tokens.take(address);
    if (wait !== undefined) throw quotaExceeded(wait);
  }

  private async identify(entry: Entry): Promise<Actor> {
    const actor = await this.parts.verifier.verify(entry.authorization, Date.now());
    const bound = this.bindingOf(actor, entry.authorization ?? '');
    if (bound !== undefined && bound !== entry.thumbprint()) throw platformProblems.refuse('UNAUTHENTICATED', { facts: { reason: 'CERTIFICATE_MISMATCH' } });
    return actor;
  }

  /** RFC 8705 section 3: a token with `cnf.x5t#S256` is good only over a connection with that certificate. */
  private bindingOf(actor: Actor, authorization: string): string | undefined {
    let known = this.bindings.get(actor);
    if (known === undefined) {
      known = { thumbprint: confirmation.parse(decodeJwt(authorization.slice('Bearer '.length).trim())).cnf?.['x5t#S256'] };
      this.bindings.set(actor, known);
    }
    return known.thumbprint;
  }

  private async turnAway(entry: Entry, error: unknown): Promise<never> {
    if (!(error instanceof Refusal) || error.code !== 'UNAUTHENTICATED') throw error;
    const { address, context, correlationId } = entry;
    const wait = this.refusals.take(address);
    if (wait !== undefined) throw quotaExceeded(wait);
    const reason = String(error.facts['reason']);
    await this.parts.trail.add({ action: 'gateway.token.verify', object: `api:${context}`, code: error.code, reason, address, correlationId }).catch((fault: unknown) => {
      log.error('refusal could not be audited', { correlationId, error: fault });
      throw platformProblems.refuse('UNAVAILABLE');
    });
    throw error;
  }
}

function quotaExceeded(retryAfterSeconds: number): Refusal {
  return platformProblems.refuse('QUOTA_EXCEEDED', { facts: { retryAfterSeconds } });
}
