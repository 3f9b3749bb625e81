import type { UseCase } from '../use-case/use-case.js';

/** A route below `/api/<context>/v1`; path parameters, query and JSON body together are the input of the use case. */
export interface HttpRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/change-notices/:noticeId` */
  readonly path: string;
  readonly useCase: UseCase;
  /** Status of a good answer; 200 unless said. */
  readonly status?: number;
  /** Media types of a body that is handed on as a stream, read in chunks by the use case. */
  readonly upload?: readonly string[];
  /** Headers that the use case reads beside those of every call, in lower case, with what they say. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer is bytes (BinaryAnswer), of these media types. */
  readonly binary?: readonly string[];
  /** Its bytes have an `etag`: the caller may ask whether they changed, or for a range of them. */
  readonly tagged?: true;
}

/** The output of a use case behind a `binary` route. With an `etag`, a GET may ask whether it has changed, or for a range of its octets. */
export interface BinaryAnswer {
  readonly contentType: string;
  readonly body: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Ties routes to use cases of any input and output; types are checked where the use case is written. */
export function route(method: HttpRoute['method'], path: string, useCase: UseCase, options: Omit<HttpRoute, 'method' | 'path' | 'useCase'> = {}): HttpRoute {
  return { method, path, useCase, ...options };
}
