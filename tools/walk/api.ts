import { randomUUID } from 'node:crypto';
import type { z, ZodType } from 'zod';
import { ClientCredentials } from '#platform';

/** Where an estate is reached from outside. */
export interface EstateAddress {
  readonly gateway: string;
  readonly issuer: string;
  readonly keys: string;
}

/** One request to the gateway, as a client of the estate. */
export interface ApiRequest {
  readonly as: string;
  readonly purpose?: string;
  readonly body?: unknown;
  /** Bytes or text instead of JSON. */
  readonly upload?: { readonly type: string; readonly content: Uint8Array<ArrayBuffer> | string };
  readonly idempotencyKey?: string;
}

/** An answer that was not good: its problem document in a sentence. */
export class ApiFault extends Error {
  override readonly name = 'ApiFault';
  readonly status: number;
  readonly code: string;

  constructor(method: string, path: string, status: number, readonly problem: unknown) {
    const code = typeof problem === 'object' && problem !== null && 'code' in problem ? String(problem.code) : 'UNKNOWN';
    super(`${method} ${path} answered ${status} ${code} ${JSON.stringify(problem)}`);
    this.status = status;
    this.code = code;
  }
}

/** A client of the gateway that can speak as any of the fictional institutions; it repeats what could not be delivered. */
export class Api {
  private readonly credentials = new Map<string, ClientCredentials>();

  constructor(readonly estate: EstateAddress) {}

  async token(client: string): Promise<string> {
    let source = this.credentials.get(client);
    if (source === undefined) {
      const settings = { tokenUrl: `${this.estate.issuer}/token`, issuer: this.estate.issuer, audience: 'urn:kiban:api', keys: this.estate.keys };
      source = new ClientCredentials(client, settings, () => Date.now());
      this.credentials.set(client, source);
    }
    return source.token();
  }

  /** The answer, checked by `schema`. Throws ApiFault. */
  async call<T extends ZodType>(method: string, path: string, request: ApiRequest, schema: T): Promise<z.output<T>> {
    const { bytes } = await this.bytes(method, path, request);
    return schema.parse(JSON.parse(bytes.toString('utf8')));
  }

  /** The raw answer. Requests carry an idempotency key, so one that got no answer, half an answer or "not now" is sent again. */
  async bytes(method: string, path: string, request: ApiRequest): Promise<{ bytes: Buffer; headers: Headers }> {
    const idempotencyKey = request.idempotencyKey ?? randomUUID();
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.send(method, path, { ...request, idempotencyKey }).catch((error: unknown) => {
        if (attempt >= RETRIES) throw error;
        return undefined;
      });
      if (answer?.ok === true) return answer;
      if (answer !== undefined && (answer.status !== 503 || attempt >= RETRIES)) throw new ApiFault(method, path, answer.status, parseOr(answer.bytes.toString('utf8')));
      await new Promise((resolve) => setTimeout(resolve, Math.min(200 * attempt, 1_000) * (0.5 + Math.random() / 2)));
    }
  }

  private async send(method: string, path: string, request: ApiRequest): Promise<{ ok: boolean; status: number; headers: Headers; bytes: Buffer }> {
    const { as, purpose, body, upload, idempotencyKey } = request;
    const content = upload?.content ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(`${this.estate.gateway}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await this.token(as)}`,
        'accept-language': 'en',
        ...(purpose === undefined ? {} : { 'kiban-purpose': purpose }),
        ...(method === 'GET' || idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        ...(content === undefined ? {} : { 'content-type': upload?.type ?? 'application/json' }),
      },
      ...(content === undefined ? {} : { body: content }),
      signal: AbortSignal.timeout(60_000),
    });
    return { ok: response.ok, status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
  }
}

const RETRIES = 60;

function parseOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { text: text.slice(0, 200) };
  }
}

/** Repeats `look` until it gives something, more seldom the longer it takes; fails with `what` after `seconds`. */
export async function until<T>(what: string, look: () => Promise<T | undefined>, seconds = 120): Promise<T> {
  const begin = performance.now();
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    const waited = performance.now() - begin;
    if (waited > seconds * 1000) throw new Error(`${what} did not come within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, Math.min(Math.max(60, waited / 50), 500)));
  }
}
