import type { Actor } from '../access/actor.js';
import type { OctetSource } from './part.js';
import type { UseCase } from '../use-case/use-case.js';

/** What a caller without an access token shows. */
export interface GuestCall {
  readonly authorization: string | undefined;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * A way in for people who have no access token, by a credential that the context gave them. The gateway lets their calls pass unseen, so
 * `admit` alone decides; it refuses UNAUTHENTICATED, and its actors are of the kind `guest`.
 */
export interface GuestDoor {
  /** OpenAPI security scheme, by its name. */
  readonly scheme: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  admit(call: GuestCall): Promise<Actor>;
  /** Bodies are JSON, and part of the input as on other routes. */
  readonly takesJson?: boolean;
}

/** From the first to the last (ordinary requests come before REPORT). */
export const PRIORITIES = ['STOP', 'HANDOVER', 'PRESET', 'ORDINARY', 'REPORT'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** A route below `/api/<context>/v1`; path parameters, query and JSON body together are the input of the use case. */
export interface HttpRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/change-notices/:noticeId`; a last part `*` takes the rest of the path, which is the input `path`. */
  readonly path: string;
  readonly useCase: UseCase;
  /** Status of a good answer; 200 unless said. */
  readonly status?: number;
  /** Media types of a body that is handed on as a stream, read in chunks by the use case; all others are refused, unless it names all (two stars). */
  readonly upload?: readonly string[];
  /** Headers that the use case reads beside those of every call, in lower case, with what they say. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer is bytes (BinaryAnswer), of these media types. */
  readonly binary?: readonly string[];
  /** Without an access token. A body of whatever type is handed on as a stream, unless the door takes JSON. */
  readonly guest?: GuestDoor;
  /** Set on every answer, refusals included. */
  readonly answerHeaders?: Readonly<Record<string, string>>;
  /** Which requests the gateway lets go first, and which it sheds first, when a context is full; without it they are ordinary ones. */
  readonly priority?: Priority;
  /** Its bytes have an `etag`: the caller may ask whether they changed, or for a range of them. */
  readonly tagged?: true;
}

/** The output of a use case behind a `binary` route. With an `etag`, a GET may ask whether it has changed, or for a range of its octets. */
export interface BinaryAnswer {
  readonly contentType: string;
  readonly body: Buffer | OctetSource;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Ties routes to use cases of any input and output; types are checked where the use case is written. */
export function route(method: HttpRoute['method'], path: string, useCase: UseCase, options: Omit<HttpRoute, 'method' | 'path' | 'useCase'> = {}): HttpRoute {
  return { method, path, useCase, ...options };
}
