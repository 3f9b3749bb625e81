import { z } from 'zod';
import { Database, FieldCipher, Peers, SoftwareKeyStore, operationRoutes, readConfig, systemClock, type ContextModule, type ContextParts } from '#platform';
import { asyncApiOf } from './asyncapi.js';
import { openApiOf } from './openapi.js';

/** A JSON object of a document. */
export type Json = Record<string, unknown>;

/** A document with its place, relative to the root. */
export interface ContractDocument {
  readonly path: string;
  readonly text: string;
}

const json = z.record(z.string(), z.unknown());

/** The published documents of all contexts: one OpenAPI document each and one AsyncAPI document. */
export function contractDocuments(modules: readonly ContextModule[]): ContractDocument[] {
  return [
    ...modules.map((module) => ({ path: `libs/contracts/${module.name}/openapi.json`, text: documentText(openApiDocument(module)) })),
    { path: 'libs/contracts/asyncapi.json', text: documentText(asyncApiDocument(modules)) },
  ];
}

/** The OpenAPI document of one context; paths are sorted, properties keep the order in which the schemas name them. */
export function openApiDocument(module: ContextModule): Json {
  const document = plain(openApiOf(module.name, module.title, [...builtParts(module).http, ...operationRoutes(module.name, () => [])]));
  return { ...document, paths: sorted(json.parse(document['paths'])) };
}

/** The schemas of a context's events by CloudEvents type: what a release is compared by. */
export function eventSchemas(module: ContextModule): Json {
  const schemas = module.events.map((event) => [event.type, plain(json.parse(z.toJSONSchema(event.data, { unrepresentable: 'any' })))] as const);
  return sorted(Object.fromEntries(schemas));
}

/** What a context is made of, built without connecting to anything: nothing is asked of it but its declarations. */
export function builtParts(module: ContextModule): ContextParts {
  const config = readConfig({
    KIBAN_ENVIRONMENT: 'test',
    KIBAN_DATABASE: '127.0.0.1:1/none',
    KIBAN_DATABASE_SECRET: 'never connects to a database',
    NATS_URL: 'nats://127.0.0.1:1',
    KIBAN_ISSUER: 'http://issuer.invalid',
    KIBAN_KEYS: 'none',
  });
  const masterKey = Buffer.alloc(32);
  const noCalls = (): Promise<never> => Promise.reject(new Error('documents are made without calls'));
  return module.build({
    config,
    database: new Database(config.database, module.name),
    cipher: new FieldCipher(masterKey, module.name),
    masterKey,
    keyStore: new SoftwareKeyStore(masterKey),
    clock: systemClock,
    peers: new Peers(config, { token: noCalls }),
    marks: { prepare: noCalls, read: noCalls, replace: noCalls },
  });
}

/** JSON with two spaces and a last line end. */
export function documentText(document: Json): string {
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function asyncApiDocument(modules: readonly ContextModule[]): Json {
  const events = modules.flatMap((module) => module.events).sort((a, b) => (a.type < b.type ? -1 : 1));
  return plain(asyncApiOf(events));
}

function sorted(object: Json): Json {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** As it will be read back: without what JSON leaves out. */
function plain(document: Json): Json {
  return json.parse(JSON.parse(JSON.stringify(document)));
}
