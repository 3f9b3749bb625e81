import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as grpc from '@grpc/grpc-js';
import { GrpcReflection } from 'grpc-js-reflection-client';

const execute = promisify(execFile);

/** Runs the `openssl` program; output and errors together, also when it ends with a failure. */
export async function openssl(...args: string[]): Promise<string> {
  const { stdout, stderr } = await execute('openssl', args).catch((error: { stdout?: string; stderr?: string }) => ({ stdout: error.stdout ?? '', stderr: error.stderr ?? '' }));
  return `${stdout}${stderr}`;
}

export async function hasOpenssl(): Promise<boolean> {
  return execute('openssl', ['version']).then(() => true, () => false);
}

/** Calls a method that it has learned of by server reflection alone. */
export async function callByReflection(address: string, method: { service: string; name: string }, message: object, headers: Readonly<Record<string, string>>): Promise<unknown> {
  const reflection = new GrpcReflection(address, grpc.credentials.createInsecure());
  const descriptor = await reflection.getDescriptorBySymbol(method.service);
  let place: unknown = descriptor.getPackageObject({ longs: String, defaults: true });
  for (const part of method.service.split('.')) place = (place as Record<string, unknown>)[part];
  const Service = place as grpc.ServiceClientConstructor;
  const client = new Service(address, grpc.credentials.createInsecure());
  const metadata = new grpc.Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  const call = client[method.name];
  if (call === undefined) throw new Error(`${method.service} has no ${method.name}`);
  try {
    return await new Promise((resolve, reject) => call.call(client, message, metadata, (error: grpc.ServiceError | null, value: unknown) => (error === null ? resolve(value) : reject(error))));
  } finally {
    client.close();
  }
}
