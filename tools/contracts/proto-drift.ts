import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import { z, type ZodType } from 'zod';
import { protoPackage } from '#kernel';
import type { ContextModule, UseCase } from '#platform';
import { isJson } from './schema-changes.js';
import type { Json } from './documents.js';

type Routes = Readonly<Record<string, Pick<UseCase, 'spec'>>>;

/**
 * Where a proto file and the schemas of the use cases behind it say different things: an rpc without a use case, a property that the
 * wire would drop, a field that nobody fills, another kind of value. A message shared by several rpcs may be filled in parts.
 */
export function protoDrift(module: Pick<ContextModule, 'name' | 'proto'>, routes: Routes): string[] {
  const root = protobuf.loadSync(fileURLToPath(module.proto)).resolveAll();
  const place = root.lookup(protoPackage(module.name));
  if (!(place instanceof protobuf.Namespace)) return [`${module.name}: the proto file has no package ${protoPackage(module.name)}`];
  const methods = place.nestedArray.filter((part) => part instanceof protobuf.Service).flatMap((service) => service.methodsArray.map((method) => ({ name: `${service.name}.${method.name}`, method })));
  const known = new Set(methods.map(({ name }) => name));
  const filled = new Map<protobuf.Type, Set<string>>();
  const faults = Object.keys(routes).filter((name) => !known.has(name)).map((name) => `${name}: not in the proto file`);
  for (const { name, method } of methods) {
    const useCase = routes[name];
    if (useCase === undefined) faults.push(`${name}: no use case answers it`);
    else faults.push(...methodFaults(name, method, useCase, filled));
  }
  return [...faults, ...unfilled(place, filled)];
}

function methodFaults(name: string, method: protobuf.Method, { spec }: Pick<UseCase, 'spec'>, filled: Map<protobuf.Type, Set<string>>): string[] {
  const { resolvedRequestType: request, resolvedResponseType: response } = method;
  if (request === null || response === null) return [`${name}: message types unknown`];
  return [...messageFaults(`${name} input`, request, schemaOf(spec.input, 'input'), filled), ...messageFaults(`${name} output`, response, schemaOf(spec.output, 'output'), filled)];
}

function messageFaults(place: string, message: protobuf.Type, schema: Json, filled: Map<protobuf.Type, Set<string>>): string[] {
  const names = filled.get(message) ?? new Set<string>();
  filled.set(message, names);
  return objectsOf(schema).flatMap((properties) =>
    Object.entries(properties).flatMap(([name, property]) => {
      const field = message.fields[name];
      if (field === undefined) return [`${place}.${name}: ${message.name} has no such field`];
      names.add(name);
      return isJson(property) ? fieldFaults(`${place}.${name}`, field, property, filled) : [];
    }),
  );
}

function fieldFaults(place: string, field: protobuf.Field, schema: Json, filled: Map<protobuf.Type, Set<string>>): string[] {
  if (field instanceof protobuf.MapField) return [];
  const arrays = variantsOf(schema).map((variant) => variant['items']).filter(isJson);
  const typed = variantsOf(schema).some((variant) => variant['type'] !== undefined);
  if (typed && field.repeated !== arrays.length > 0) return [`${place}: ${field.repeated ? 'repeated' : 'single'} on the wire only`];
  const values = field.repeated ? arrays : [schema];
  const message = field.resolvedType;
  if (message instanceof protobuf.Type) return values.flatMap((value) => messageFaults(place, message, value, filled));
  const types = values.flatMap(variantsOf).flatMap((variant) => variant['type']).filter((type) => type !== undefined && type !== 'null');
  return types.length === 0 || types.some((type) => fits(field, type)) ? [] : [`${place}: ${field.type} on the wire, ${types.join(' or ')} in the schema`];
}

function fits(field: protobuf.Field, type: unknown): boolean {
  if (field.type === 'string' || field.resolvedType instanceof protobuf.Enum) return type === 'string';
  if (field.type === 'bool') return type === 'boolean';
  if (field.type === 'bytes') return false;
  return type === 'number' || type === 'integer';
}

function unfilled(place: protobuf.NamespaceBase, filled: ReadonlyMap<protobuf.Type, ReadonlySet<string>>): string[] {
  return place.nestedArray.flatMap((part) => {
    if (!(part instanceof protobuf.Type)) return [];
    const names = filled.get(part);
    if (names === undefined) return [`${part.name}: no rpc uses this message`, ...unfilled(part, filled)];
    return [...part.fieldsArray.filter(({ name }) => !names.has(name)).map(({ name }) => `${part.name}.${name}: no schema has this field`), ...unfilled(part, filled)];
  });
}

function objectsOf(schema: Json): Json[] {
  return variantsOf(schema).map((variant) => variant['properties']).filter(isJson);
}

function variantsOf(schema: Json): Json[] {
  const parts: unknown[] = (['anyOf', 'oneOf', 'allOf'] as const).flatMap((key) => (Array.isArray(schema[key]) ? schema[key] : []));
  return parts.length === 0 ? [schema] : parts.filter(isJson).flatMap(variantsOf);
}

function schemaOf(schema: ZodType, io: 'input' | 'output'): Json {
  return z.record(z.string(), z.unknown()).parse(z.toJSONSchema(schema, { io, unrepresentable: 'any' }));
}
