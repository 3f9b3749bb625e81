import type { ContextModule } from '#platform';
import { contextNames } from './tree.js';

/** The module of one context, found by its folder; throws what keeps it from loading. */
export async function contextModule(name: string): Promise<ContextModule> {
  const library: unknown = await import(`#contexts/${name}`);
  const modules = Object.values(library ?? {}).filter(isContextModule);
  const module = modules.find((candidate) => candidate.name === name);
  if (module === undefined) throw new Error(`libs/contexts/${name} exports no ContextModule named ${name}`);
  return module;
}

/** All contexts, by their folders: a context that apps/all forgot is here as well. */
export async function contextModules(): Promise<ContextModule[]> {
  return Promise.all(contextNames().map(contextModule));
}

function isContextModule(value: unknown): value is ContextModule {
  return typeof value === 'object' && value !== null && 'migrations' in value && 'policy' in value && 'build' in value;
}
