import { isDeepStrictEqual } from 'node:util';
import type { Json } from './documents.js';

/** Who fills a message: `input` comes from clients, who must not be asked for more; `output` goes to them, who must not get less. */
export type Direction = 'input' | 'output';

interface Comparison {
  readonly direction: Direction;
  readonly place: string;
}

const UNIONS = ['anyOf', 'oneOf'] as const;
const LOWER_LIMITS = ['minimum', 'minLength', 'minItems'] as const;
const UPPER_LIMITS = ['maximum', 'maxLength', 'maxItems'] as const;

/** Breaking changes from one JSON Schema to the next; additions are none. */
export function schemaBreaks(before: Json, after: Json, { direction, place }: Comparison): string[] {
  if (isDeepStrictEqual(before, after)) return [];
  const [old, now] = [variantsOf(before), variantsOf(after)];
  if (old.length > 1 || now.length > 1) return unionBreaks(old, now, { direction, place });
  if (!sameType(before, after)) return [`${place}: type changed from ${typeName(before)} to ${typeName(after)}`];
  return [
    ...propertyBreaks(before, after, { direction, place }),
    ...itemBreaks(before, after, { direction, place }),
    ...(direction === 'input' ? narrowed(before, after, place) : []),
  ];
}

function unionBreaks(old: readonly Json[], now: readonly Json[], { direction, place }: Comparison): string[] {
  const fits = (variant: Json): boolean => now.some((candidate) => schemaBreaks(variant, candidate, { direction, place }).length === 0);
  const lost = old.filter((variant) => !fits(variant)).map((variant) => `${place}: type changed, ${typeName(variant)} is gone`);
  const widened = direction === 'output' && old.length === 1 && now.length > 1;
  return widened ? [...lost, `${place}: type changed from ${typeName(old[0] ?? {})} to one of ${now.length}`] : lost;
}

function propertyBreaks(before: Json, after: Json, { direction, place }: Comparison): string[] {
  const [old, now] = [properties(before), properties(after)];
  const [oldRequired, nowRequired] = [required(before), required(after)];
  const gone = Object.keys(old).filter((name) => !(name in now)).map((name) => `${place}.${name}: ${direction} property removed`);
  const changed = Object.entries(old).flatMap(([name, schema]) => {
    const next = now[name];
    return next === undefined ? [] : schemaBreaks(schema, next, { direction, place: `${place}.${name}` });
  });
  const demanded = direction === 'input' ? [...nowRequired].filter((name) => !oldRequired.has(name)).map((name) => `${place}.${name}: input required now`) : [];
  const withheld = direction === 'output' ? [...oldRequired].filter((name) => name in now && !nowRequired.has(name)).map((name) => `${place}.${name}: output no longer always there`) : [];
  return [...gone, ...changed, ...demanded, ...withheld];
}

function itemBreaks(before: Json, after: Json, { direction, place }: Comparison): string[] {
  return (['items', 'additionalProperties'] as const).flatMap((key) => {
    const [old, now] = [before[key], after[key]];
    if (!isJson(old)) return [];
    return isJson(now) ? schemaBreaks(old, now, { direction, place: `${place}[]` }) : [`${place}: type changed, ${key} is gone`];
  });
}

/** An input that was accepted and is not any more. */
function narrowed(before: Json, after: Json, place: string): string[] {
  const values = enumOf(before)?.filter((value) => enumOf(after)?.includes(value) === false) ?? [];
  const closed = enumOf(before) === undefined && enumOf(after) !== undefined && before['const'] === undefined;
  const raised = LOWER_LIMITS.filter((key) => limit(after, key, -Infinity) > limit(before, key, -Infinity));
  const lowered = UPPER_LIMITS.filter((key) => limit(after, key, Infinity) < limit(before, key, Infinity));
  return [
    ...values.map((value) => `${place}: input value ${String(value)} removed`),
    ...(closed ? [`${place}: type changed to a list of values`] : []),
    ...[...raised, ...lowered].map((key) => `${place}: input limit ${key} is narrower`),
  ];
}

function sameType(before: Json, after: Json): boolean {
  if (before['const'] !== undefined && after['const'] !== undefined && before['const'] !== after['const']) return false;
  return isDeepStrictEqual(before['type'], after['type']) && before['format'] === after['format'] && before['$ref'] === after['$ref'];
}

function typeName(schema: Json): string {
  const name = schema['$ref'] ?? schema['const'] ?? schema['format'] ?? schema['type'] ?? 'anything';
  return typeof name === 'string' ? name : JSON.stringify(name);
}

function variantsOf(schema: Json): readonly Json[] {
  for (const key of UNIONS) {
    const variants = schema[key];
    if (Array.isArray(variants)) return variants.filter(isJson);
  }
  return [schema];
}

function properties(schema: Json): Record<string, Json> {
  const all = schema['properties'];
  return isJson(all) ? Object.fromEntries(Object.entries(all).filter((entry): entry is [string, Json] => isJson(entry[1]))) : {};
}

function required(schema: Json): ReadonlySet<string> {
  const names = schema['required'];
  return new Set(Array.isArray(names) ? names.map(String) : []);
}

function enumOf(schema: Json): readonly unknown[] | undefined {
  const values: unknown = schema['enum'];
  return Array.isArray(values) ? values : undefined;
}

function limit(schema: Json, key: string, open: number): number {
  const value = schema[key];
  return typeof value === 'number' ? value : open;
}

/** Whether a value is a JSON object. */
export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
