import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ContextModule } from '#platform';
import { root } from '../arch/tree.js';
import { eventBreaks, openApiBreaks, protoBreaks } from './contract-changes.js';
import { documentText, eventSchemas, openApiDocument, type Json } from './documents.js';

const json = z.record(z.string(), z.unknown());

/** Everything that a context promised with a release: documents and proto files by file name. */
export interface ReleasedContract {
  readonly openApi: Json;
  readonly events: Json;
  readonly protos: Readonly<Record<string, string>>;
}

/** What a context says at present. */
export function presentContract(module: ContextModule): ReleasedContract {
  return { openApi: openApiDocument(module), events: eventSchemas(module), protos: protosIn(join(contractFolder(module.name), 'proto')) };
}

/** What a context said in the last release; undefined before the first. */
export function releasedContract(context: string): ReleasedContract | undefined {
  const folder = releasedFolder(context);
  if (!existsSync(folder)) return undefined;
  const read = (name: string): Json => json.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
  return { openApi: read('openapi.json'), events: read('events.json'), protos: protosIn(folder) };
}

/** Keeps what a context says at present as its release. */
export function release(module: ContextModule): void {
  const folder = releasedFolder(module.name);
  const { openApi, events, protos } = presentContract(module);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'openapi.json'), documentText(openApi));
  writeFileSync(join(folder, 'events.json'), documentText(events));
  for (const [name, text] of Object.entries(protos)) writeFileSync(join(folder, name), text);
}

const movedPaths = z.array(z.strictObject({ from: z.string(), to: z.string() }));

/** A path, and everything below it, that another context answers now, with that context's document. */
export interface Moved {
  readonly from: string;
  readonly to: string;
  readonly openApi: Json;
}

/** What a context took over from others (`moved.json`), which the gateway passes on to it. */
export function movedTo(module: ContextModule): Moved[] {
  const file = join(contractFolder(module.name), 'moved.json');
  if (!existsSync(file)) return [];
  const openApi = openApiDocument(module);
  return movedPaths.parse(JSON.parse(readFileSync(file, 'utf8'))).map((moved) => ({ ...moved, openApi }));
}

/** The document as callers of a context find it: what moved away answers at its old paths as it does at its new ones. */
export function withMoved(openApi: Json, moved: readonly Moved[]): Json {
  const paths = moved.flatMap(({ from, to, openApi: there }) => Object.entries(json.parse(there['paths'])).flatMap(([path, operations]) => {
    const isBelow = path === to || path.startsWith(`${to}/`);
    return isBelow ? [[`${from}${path.slice(to.length)}`, operations] as const] : [];
  }));
  return { ...openApi, paths: { ...json.parse(openApi['paths']), ...Object.fromEntries(paths) } };
}

/** What a client of the release would miss at present. */
export function contractBreaks(released: ReleasedContract, present: ReleasedContract, moved: readonly Moved[]): string[] {
  const protos = Object.entries(released.protos).flatMap(([name, text]) => {
    const now = present.protos[name];
    return now === undefined ? [`${name}: proto file removed`] : protoBreaks(text, now);
  });
  return [...openApiBreaks(released.openApi, withMoved(present.openApi, moved)), ...eventBreaks(released.events, present.events), ...protos];
}

function contractFolder(context: string): string {
  return join(root, 'libs/contracts', context);
}

function releasedFolder(context: string): string {
  return join(contractFolder(context), 'released');
}

function protosIn(folder: string): Record<string, string> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.proto')).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}
