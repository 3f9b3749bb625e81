import protobuf from 'protobufjs';
import type { Json } from './documents.js';
import { isJson, schemaBreaks, type Direction } from './schema-changes.js';

/** Breaking changes between two OpenAPI documents of a context. */
export function openApiBreaks(before: Json, after: Json): string[] {
  return members(before, 'paths').flatMap(([path, operations]) => {
    const now = member(after, 'paths', path);
    if (now === undefined) return [`${path}: path removed`];
    return Object.entries(operations).flatMap(([method, operation]) => {
      const next = now[method];
      const place = `${method.toUpperCase()} ${path}`;
      if (!isJson(operation)) return [];
      return isJson(next) ? operationBreaks(operation, next, place) : [`${place}: operation removed`];
    });
  });
}

/** Breaking changes between two tables of event schemas by type. */
export function eventBreaks(before: Json, after: Json): string[] {
  return Object.entries(before).flatMap(([type, schema]) => {
    const next = after[type];
    if (!isJson(schema)) return [];
    return isJson(next) ? schemaBreaks(schema, next, { direction: 'output', place: type }) : [`${type}: event removed`];
  });
}

/** Breaking changes between two texts of a proto file. */
export function protoBreaks(before: string, after: string): string[] {
  const now = protobuf.parse(after).root;
  return namespaceBreaks(protobuf.parse(before).root, now);
}

function operationBreaks(before: Json, after: Json, place: string): string[] {
  return [...parameterBreaks(before, after, place), ...bodyBreaks(before, after, place), ...responseBreaks(before, after, place)];
}

function parameterBreaks(before: Json, after: Json, place: string): string[] {
  const [old, now] = [parameters(before), parameters(after)];
  const gone = [...old].filter(([key]) => !now.has(key)).map(([key]) => `${place} ${key}: input removed`);
  const changed = [...now].flatMap(([key, parameter]) => {
    const earlier = old.get(key);
    const demanded = parameter['required'] === true && earlier?.['required'] !== true ? [`${place} ${key}: input required now`] : [];
    const [was, is] = [earlier?.['schema'], parameter['schema']];
    return [...demanded, ...(isJson(was) && isJson(is) ? schemaBreaks(was, is, { direction: 'input', place: `${place} ${key}` }) : [])];
  });
  return [...gone, ...changed];
}

function bodyBreaks(before: Json, after: Json, place: string): string[] {
  const [old, now] = [before['requestBody'], after['requestBody']];
  if (!isJson(now)) return isJson(old) ? [`${place} body: input removed`] : [];
  if (!isJson(old)) return requiredOfBody(now).map((name) => `${place} body.${name}: input required now`);
  return contentBreaks(old, now, { direction: 'input', place: `${place} body` });
}

function responseBreaks(before: Json, after: Json, place: string): string[] {
  return members(before, 'responses').filter(([status]) => status.startsWith('2')).flatMap(([status, response]) => {
    const next = member(after, 'responses', status);
    return next === undefined ? [`${place} ${status}: response removed`] : contentBreaks(response, next, { direction: 'output', place: `${place} ${status}` });
  });
}

function contentBreaks(before: Json, after: Json, { direction, place }: { direction: Direction; place: string }): string[] {
  return members(before, 'content').flatMap(([type, media]) => {
    const next = member(after, 'content', type);
    if (next === undefined) return [`${place}: media type ${type} removed`];
    const [old, now] = [media['schema'], next['schema']];
    return isJson(old) && isJson(now) ? schemaBreaks(old, now, { direction, place }) : [];
  });
}

function requiredOfBody(body: Json): string[] {
  return members(body, 'content').flatMap(([, media]) => {
    const schema = media['schema'];
    const names = isJson(schema) ? schema['required'] : undefined;
    return Array.isArray(names) ? names.map(String) : [];
  });
}

function parameters(operation: Json): Map<string, Json> {
  const list: unknown = operation['parameters'];
  const all = Array.isArray(list) ? list.filter(isJson) : [];
  return new Map(all.map((parameter) => [`${String(parameter['in'])} ${String(parameter['name'])}`, parameter]));
}

function members(object: Json, key: string): [string, Json][] {
  const value = object[key];
  return isJson(value) ? Object.entries(value).filter((entry): entry is [string, Json] => isJson(entry[1])) : [];
}

function member(object: Json, key: string, name: string): Json | undefined {
  const value = object[key];
  const found = isJson(value) ? value[name] : undefined;
  return isJson(found) ? found : undefined;
}

function namespaceBreaks(before: protobuf.NamespaceBase, after: protobuf.NamespaceBase): string[] {
  return before.nestedArray.flatMap((old) => {
    const now = after.get(old.name);
    const place = old.fullName.slice(1);
    if (old instanceof protobuf.Type) return now instanceof protobuf.Type ? [...messageBreaks(old, now), ...namespaceBreaks(old, now)] : [`${place}: message removed`];
    if (old instanceof protobuf.Enum) return now instanceof protobuf.Enum ? enumBreaks(old, now) : [`${place}: enum removed`];
    if (old instanceof protobuf.Service) return now instanceof protobuf.Service ? serviceBreaks(old, now) : [`${place}: service removed`];
    if (old instanceof protobuf.Namespace) return now instanceof protobuf.Namespace ? namespaceBreaks(old, now) : [`${place}: package removed`];
    return [];
  });
}

function messageBreaks(before: protobuf.Type, after: protobuf.Type): string[] {
  return before.fieldsArray.flatMap((old) => {
    const now = after.fields[old.name];
    const place = old.fullName.slice(1);
    if (now === undefined) return [`${place}: field removed`];
    if (now.id !== old.id) return [`${place}: field renumbered from ${old.id} to ${now.id}`];
    const [was, is] = [fieldType(old), fieldType(now)];
    return was === is ? [] : [`${place}: type changed from ${was} to ${is}`];
  });
}

function fieldType(field: protobuf.Field): string {
  const key = field instanceof protobuf.MapField ? `map<${field.keyType}> ` : '';
  return `${key}${field.repeated ? 'repeated ' : ''}${field.type}`;
}

function enumBreaks(before: protobuf.Enum, after: protobuf.Enum): string[] {
  const place = before.fullName.slice(1);
  return Object.entries(before.values).flatMap(([name, id]) => {
    const now = after.values[name];
    if (now === undefined) return [`${place}.${name}: value removed`];
    return now === id ? [] : [`${place}.${name}: value renumbered from ${id} to ${now}`];
  });
}

function serviceBreaks(before: protobuf.Service, after: protobuf.Service): string[] {
  return before.methodsArray.flatMap((old) => {
    const now = after.methods[old.name];
    const place = old.fullName.slice(1);
    if (now === undefined) return [`${place}: rpc removed`];
    const signature = ({ requestType, responseType, requestStream, responseStream }: protobuf.Method): string => [requestStream, requestType, responseStream, responseType].join(' ');
    return signature(old) === signature(now) ? [] : [`${place}: messages changed`];
  });
}
