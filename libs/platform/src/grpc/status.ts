import { Metadata, status } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { Refusal } from '#kernel';
import { z } from 'zod';
import { problemOf } from '../problem/problem.js';
import { platformProblems } from '../problem/problems.js';

/** google.rpc.Status with google.rpc.ErrorInfo, as every gRPC client library reads them from `grpc-status-details-bin`. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  package google.rpc;
  message Any { string type_url = 1; bytes value = 2; }
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message ErrorInfo { string reason = 1; string domain = 2; map<string, string> metadata = 3; }
`, { keepCase: true });
const StatusMessage = root.lookupType('google.rpc.Status');
const ErrorInfo = root.lookupType('google.rpc.ErrorInfo');
const ERROR_INFO_URL = 'type.googleapis.com/google.rpc.ErrorInfo';
const DETAILS = 'grpc-status-details-bin';

/** The gRPC status that means the same as an HTTP status of a problem. */
export function grpcCode(httpStatus: number): status {
  switch (httpStatus) {
    case 400:
    case 413:
    case 415:
      return status.INVALID_ARGUMENT;
    case 401:
      return status.UNAUTHENTICATED;
    case 403:
      return status.PERMISSION_DENIED;
    case 404:
      return status.NOT_FOUND;
    case 409:
      return status.ABORTED;
    case 422:
    case 423:
      return status.FAILED_PRECONDITION;
    case 429:
      return status.RESOURCE_EXHAUSTED;
    case 503:
      return status.UNAVAILABLE;
    default:
      return status.INTERNAL;
  }
}

export interface GrpcFault {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;
}

/** A refusal as gRPC status with the problem in its details. */
export function grpcFault(refusal: Refusal, correlationId: string): GrpcFault {
  const code = grpcCode(refusal.definition.status);
  const { ja, en, status: httpStatus } = refusal.definition;
  const info = ErrorInfo.encode({
    reason: refusal.code,
    domain: `urn:kiban:problem:${refusal.context}`,
    metadata: { ja, en, status: String(httpStatus), problem: JSON.stringify(problemOf(refusal, 'en', correlationId)) },
  }).finish();
  const metadata = new Metadata();
  const message = `${refusal.code}: ${en}`;
  metadata.set(DETAILS, Buffer.from(StatusMessage.encode({ code, message, details: [{ type_url: ERROR_INFO_URL, value: info }] }).finish()));
  return { code, details: message, metadata };
}

const detail = z.object({
  reason: z.string(),
  domain: z.string().startsWith('urn:kiban:problem:'),
  metadata: z.object({ ja: z.string(), en: z.string(), status: z.coerce.number() }),
});

/** The refusal that a neighbour sent; a neighbour that cannot be reached or is late is UNAVAILABLE. */
export function refusalOfFault(fault: { readonly code: status; readonly metadata?: Metadata }): Refusal {
  const sealed = fault.metadata?.get(DETAILS)[0];
  if (Buffer.isBuffer(sealed)) {
    const details = z.object({ details: z.array(z.object({ value: z.instanceof(Uint8Array) })).min(1) }).safeParse(StatusMessage.decode(sealed));
    const info = details.success && details.data.details[0] ? detail.safeParse(ErrorInfo.decode(details.data.details[0].value)) : undefined;
    if (info?.success === true) {
      const { ja, en, status: httpStatus } = info.data.metadata;
      return new Refusal(info.data.domain.replace('urn:kiban:problem:', ''), info.data.reason, { status: httpStatus, ja, en });
    }
  }
  return platformProblems.refuse(fault.code === status.UNAVAILABLE || fault.code === status.DEADLINE_EXCEEDED ? 'UNAVAILABLE' : 'INTERNAL');
}
