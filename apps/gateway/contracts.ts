import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { ConfigFault, PRIORITIES, log, type Priority } from '#platform';

type Json = Record<string, unknown>;

const DEFAULT_FOLDER = new URL('../../libs/contracts/', import.meta.url);
const json = z.record(z.string(), z.unknown());
const openApi = z.looseObject({
  paths: json,
  components: z.looseObject({ schemas: json.optional(), securitySchemes: json.optional() }).optional(),
});

/** A proto file as it is published at `/api/proto/<context>/<name>`. */
export interface ProtoFile {
  readonly context: string;
  readonly name: string;
  readonly url: URL;
}

/** A route that is let in in its own way, in the manner of the router. */
export interface KnownRoute {
  readonly context: string;
  readonly method: string;
  readonly url: string;
  /** Its callers bring a credential of the context's own, or none. */
  readonly isForGuests: boolean;
  readonly priority: Priority;
}

const movedPath = z.strictObject({ from: z.string().regex(/^\/api\/[a-z0-9/-]+$/), to: z.string().regex(/^\/api\/[a-z0-9/-]+$/) });

/** A path of one context, and everything below it, that another context answers now (`moved.json` of its contract): old callers go on for good. */
export interface MovedPath extends z.output<typeof movedPath> {
  /** Who answers now. */
  readonly context: string;
}

/** What the contexts say to others, as committed with the code. */
export interface Contracts {
  readonly contexts: readonly string[];
  readonly protoFiles: readonly ProtoFile[];
  /** One OpenAPI document of all contexts. */
  readonly openApi: string;
  readonly asyncApi: string;
  readonly knownRoutes: readonly KnownRoute[];
  readonly movedPaths: readonly MovedPath[];
}

/** Names of all contexts that have a contract. */
export function contractedContexts(folder: URL = DEFAULT_FOLDER): string[] {
  return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
}

/** Reads the contracts of these contexts. A missing document is a ConfigFault, unless `lenient`. */
export function readContracts(contexts: readonly string[], options: { readonly lenient: boolean; readonly folder?: URL | undefined }): Contracts {
  const folder = options.folder ?? DEFAULT_FOLDER;
  const read = (file: string): Json => readDocument(new URL(file, folder), options.lenient);
  return {
    contexts,
    protoFiles: contexts.flatMap((context) => protoFilesOf(context, folder)),
    openApi: JSON.stringify(mergeOpenApi(contexts.map((context) => read(`${context}/openapi.json`)))),
    knownRoutes: contexts.flatMap((context) => knownRoutesOf(context, read(`${context}/openapi.json`))),
    movedPaths: contexts.flatMap((context) => movedPathsOf(context, new URL(`${context}/moved.json`, folder))),
    asyncApi: JSON.stringify(read('asyncapi.json')),
  };
}

function protoFilesOf(context: string, folder: URL): ProtoFile[] {
  const place = new URL(`${context}/proto/`, folder);
  if (!existsSync(place)) return [];
  const names = readdirSync(place).filter((name) => name.endsWith('.proto')).sort();
  return names.map((name) => ({ context, name, url: new URL(name, place) }));
}

function movedPathsOf(context: string, file: URL): MovedPath[] {
  if (!existsSync(file)) return [];
  return z.array(movedPath).parse(JSON.parse(readFileSync(file, 'utf8'))).map((moved) => ({ ...moved, context }));
}

function readDocument(file: URL, lenient: boolean): Json {
  if (existsSync(file)) return json.parse(JSON.parse(readFileSync(file, 'utf8')));
  const name = file.pathname.split('/').slice(-2).join('/');
  if (!lenient) throw new ConfigFault(`the contract document ${name} is missing from this build`);
  log.warn('contract document is missing', { context: name });
  return {};
}

const operation = z.looseObject({ security: z.array(z.record(z.string(), z.unknown())).optional(), 'x-kiban-priority': z.enum(PRIORITIES).optional() });

/** Operations that name another security than the access token, or a priority; a last parameter `path` takes the rest of the path. */
function knownRoutesOf(context: string, document: Json): KnownRoute[] {
  const paths = z.record(z.string(), z.record(z.string(), operation)).parse(document['paths'] ?? {});
  return Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).flatMap(([method, { security, 'x-kiban-priority': priority }]) => {
    const isForGuests = security !== undefined && !security.some((schemes) => 'accessToken' in schemes);
    if (!isForGuests && priority === undefined) return [];
    const url = path.replace(/\{path\}$/, '*').replaceAll(/\{(\w+)\}/g, ':$1');
    return [{ context, method: method.toUpperCase(), url, isForGuests, priority: priority ?? 'ORDINARY' }];
  }));
}

function mergeOpenApi(documents: readonly Json[]): Json {
  const parts = documents.filter((document) => Object.keys(document).length > 0).map((document) => openApi.parse(document));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Kiban',
      version: '1.0.0',
      description: 'All contexts of the estate. Access tokens: client credentials with private_key_jwt at /oidc/token.',
    },
    servers: [{ url: '/' }],
    paths: union('path', parts.map((part) => part.paths)),
    components: {
      schemas: union('schema', parts.map((part) => part.components?.schemas ?? {})),
      securitySchemes: union('security scheme', parts.map((part) => part.components?.securitySchemes ?? {})),
    },
    security: [{ accessToken: [] }],
  };
}

/** Equal entries are one; different ones of one name would make the document say something false. */
function union(kind: string, parts: readonly Json[]): Json {
  const all: Json = {};
  for (const [name, value] of parts.flatMap((part) => Object.entries(part))) {
    if (name in all && !isDeepStrictEqual(all[name], value)) throw new ConfigFault(`two contexts publish different contracts for ${kind} ${name}`);
    all[name] = value;
  }
  return all;
}
