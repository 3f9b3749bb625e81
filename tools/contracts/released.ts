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

/** What a client of the release would miss at present. */
export function contractBreaks(released: ReleasedContract, present: ReleasedContract): string[] {
  const protos = Object.entries(released.protos).flatMap(([name, text]) => {
    const now = present.protos[name];
    return now === undefined ? [`${name}: proto file removed`] : protoBreaks(text, now);
  });
  return [...openApiBreaks(released.openApi, present.openApi), ...eventBreaks(released.events, present.events), ...protos];
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
