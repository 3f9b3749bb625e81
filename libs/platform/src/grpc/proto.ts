import type { GrpcObject, ServiceClientConstructor, ServiceDefinition } from '@grpc/grpc-js';
import { loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync, type PackageDefinition } from '@grpc/proto-loader';
import { fileURLToPath } from 'node:url';
import { protoPackage } from '#kernel';

const loaded = new Map<string, PackageDefinition>();

/** The parsed proto file; 64-bit numbers as text, enums by name, absent fields absent. */
export function loadProto(file: URL): PackageDefinition {
  const path = fileURLToPath(file);
  let definition = loaded.get(path);
  if (definition === undefined) {
    definition = loadSync(path, { keepCase: false, longs: String, enums: String, defaults: false, arrays: true, oneofs: true });
    loaded.set(path, definition);
  }
  return definition;
}

/** A service of a context's proto file, by its short name. */
export function serviceOf(file: URL, context: string, service: string): ServiceDefinition {
  let place: GrpcObject | ServiceClientConstructor | undefined = loadPackageDefinition(loadProto(file));
  for (const step of [...protoPackage(context).split('.'), service]) place = (place as GrpcObject | undefined)?.[step] as GrpcObject | undefined;
  if (typeof place !== 'function') throw new Error(`service ${service} is not in the proto file of ${context}`);
  return (place as ServiceClientConstructor).service;
}
