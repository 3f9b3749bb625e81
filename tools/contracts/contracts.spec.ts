import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { ContextModule, UseCase } from '#platform';
import { contextModule } from '../arch/context-modules.js';
import { contextNames, root } from '../arch/tree.js';
import { eventBreaks, openApiBreaks, protoBreaks } from './contract-changes.js';
import { builtParts, contractDocuments, type Json } from './documents.js';
import { protoDrift } from './proto-drift.js';
import { contractBreaks, movedTo, presentContract, releasedContract, withMoved } from './released.js';

const modules = new Map<string, ContextModule>();
const faults = new Map<string, unknown>();

beforeAll(async () => {
  for (const name of contextNames()) await contextModule(name).then((module) => modules.set(name, module), (fault: unknown) => faults.set(name, fault));
});

describe.each(contextNames())('%s', (name) => {
  test('the committed documents are those of the code', () => {
    const [openApi] = contractDocuments([moduleOf(name)]);
    expect(readFileSync(join(root, openApi?.path ?? ''), 'utf8'), 'npm run contracts rewrites them').toBe(openApi?.text);
  });

  test('proto file and schemas say the same', () => {
    const module = moduleOf(name);
    expect(protoDrift(module, builtParts(module).grpc)).toEqual([]);
  });

  test('nothing that was released is broken', ({ annotate }) => {
    const released = releasedContract(name);
    if (released === undefined) return annotate(`${name} has no release to compare with`);
    const moved = contextNames().flatMap((context) => movedTo(moduleOf(context)));
    expect(contractBreaks(released, presentContract(moduleOf(name)), moved)).toEqual([]);
    return undefined;
  });
});

test('the committed AsyncAPI document is that of the code', () => {
  const document = contractDocuments(contextNames().map(moduleOf)).at(-1);
  expect(readFileSync(join(root, document?.path ?? ''), 'utf8'), 'npm run contracts rewrites it').toBe(document?.text);
});

function moduleOf(name: string): ContextModule {
  const module = modules.get(name);
  if (module === undefined) throw new Error(`${name} could not be loaded`, { cause: faults.get(name) });
  return module;
}

/** An OpenAPI document with one operation of each kind, altered by `change`. */
function openApi(change: (parts: { paths: Json; post: Json; body: Json; answer: Json; query: Json; parameters: Json[] }) => void = () => undefined): Json {
  const body: Json = { type: 'object', properties: { name: { type: 'string', maxLength: 20 }, kind: { type: 'string', enum: ['A', 'B'] } }, required: ['name'] };
  const answer: Json = { type: 'object', properties: { id: { type: 'string', format: 'uuid' }, rows: { type: 'array', items: { type: 'object', properties: { at: { type: 'string' } }, required: ['at'] } }, note: { anyOf: [{ type: 'string' }, { type: 'null' }] } }, required: ['id', 'rows'] };
  const query: Json = { name: 'after', in: 'query', required: false, schema: { type: 'string' } };
  const parameters = [query];
  const post: Json = { parameters: [], requestBody: { content: { 'application/json': { schema: body } } }, responses: { 201: { content: { 'application/json': { schema: answer } } } } };
  const get: Json = { parameters, responses: { 200: { content: { 'application/json': { schema: answer } } } } };
  const paths: Json = { '/api/x/v1/cards': { get, post }, '/api/x/v1/moves': { get } };
  change({ paths, post, body, answer, query, parameters });
  const document: unknown = JSON.parse(JSON.stringify({ paths }));
  return z.record(z.string(), z.unknown()).parse(document);
}

const object = (schema: Json, key: 'properties' | 'items'): Json => z.record(z.string(), z.unknown()).parse(schema[key]);
const alter = (schema: Json, properties: Json, rest: Json = {}): void => void Object.assign(schema, { properties: { ...object(schema, 'properties'), ...properties }, ...rest });

describe('breaking changes of REST are found', () => {
  test.each<{ what: string; change: Parameters<typeof openApi>[0]; says: string }>([
    { what: 'path removed', change: ({ paths }) => void delete paths['/api/x/v1/moves'], says: '/api/x/v1/moves: path removed' },
    { what: 'operation removed', change: ({ paths, post }) => void (paths['/api/x/v1/cards'] = { post }), says: 'GET /api/x/v1/cards: operation removed' },
    { what: 'response property removed', change: ({ answer }) => void (answer['properties'] = { id: { type: 'string', format: 'uuid' } }), says: 'rows: output property removed' },
    { what: 'response property of a list removed', change: ({ answer }) => alter(answer, { rows: { type: 'array', items: { type: 'object', properties: {} } } }), says: 'rows[].at: output property removed' },
    { what: 'response property not always there', change: ({ answer }) => void (answer['required'] = ['rows']), says: '.id: output no longer always there' },
    { what: 'response type changed', change: ({ answer }) => alter(answer, { id: { type: 'integer' } }), says: '.id: type changed from uuid to integer' },
    { what: 'response format changed', change: ({ answer }) => alter(answer, { id: { type: 'string', format: 'date' } }), says: '.id: type changed from uuid to date' },
    { what: 'response may be null now', change: ({ answer }) => alter(answer, { id: { anyOf: [{ type: 'string', format: 'uuid' }, { type: 'null' }] } }), says: '.id: type changed' },
    { what: 'response status removed', change: ({ post }) => void (post['responses'] = { 200: {} }), says: '201: response removed' },
    { what: 'required input added', change: ({ body }) => alter(body, { more: { type: 'string' } }, { required: ['name', 'more'] }), says: 'body.more: input required now' },
    { what: 'optional input required', change: ({ body }) => void (body['required'] = ['name', 'kind']), says: 'body.kind: input required now' },
    { what: 'input removed', change: ({ body }) => void (body['properties'] = { name: { type: 'string', maxLength: 20 } }), says: 'body.kind: input property removed' },
    { what: 'input type changed', change: ({ body }) => alter(body, { name: { type: 'integer' } }), says: 'body.name: type changed from string to integer' },
    { what: 'input value removed', change: ({ body }) => alter(body, { kind: { type: 'string', enum: ['A'] } }), says: 'body.kind: input value B removed' },
    { what: 'input limit narrowed', change: ({ body }) => alter(body, { name: { type: 'string', maxLength: 10 } }), says: 'body.name: input limit maxLength is narrower' },
    { what: 'query required', change: ({ query }) => void (query['required'] = true), says: 'query after: input required now' },
    { what: 'query type changed', change: ({ query }) => void (query['schema'] = { type: 'integer' }), says: 'query after: type changed from string to integer' },
    { what: 'query removed', change: ({ parameters }) => void parameters.splice(0), says: 'query after: input removed' },
    { what: 'header demanded', change: ({ parameters }) => void parameters.push({ name: 'X', in: 'header', required: true, schema: {} }), says: 'header X: input required now' },
  ])('$what', ({ change, says }) => {
    expect(openApiBreaks(openApi(), openApi(change)).join('\n')).toContain(says);
  });

  test('additions pass', () => {
    const grown = openApi(({ paths, body, answer, parameters }) => {
      paths['/api/x/v1/new'] = { get: {} };
      alter(body, { more: { type: 'string' }, kind: { type: 'string', enum: ['A', 'B', 'C'] }, name: { type: 'string', maxLength: 30 } });
      alter(answer, { more: { type: 'string' } }, { required: ['id', 'rows', 'more'] });
      parameters.push({ name: 'limit', in: 'query', required: false, schema: { type: 'integer' } });
    });
    expect(openApiBreaks(openApi(), grown)).toEqual([]);
    expect(openApiBreaks(grown, openApi())).not.toEqual([]);
  });
});

describe('operations that moved to another context', () => {
  const before = openApi();
  const { '/api/x/v1/moves': stays } = z.object({ paths: z.record(z.string(), z.unknown()) }).parse(before).paths;
  const left: Json = { paths: { '/api/x/v1/moves': stays } };
  const elsewhere = (change?: Parameters<typeof openApi>[0], place = '/api/y/v1/cards'): Json => {
    const { '/api/x/v1/cards': cards } = z.object({ paths: z.record(z.string(), z.unknown()) }).parse(openApi(change)).paths;
    return { paths: { [place]: cards } };
  };
  const breaks = (there: Json, to = '/api/y/v1/cards'): string => openApiBreaks(before, withMoved(left, [{ from: '/api/x/v1/cards', to, openApi: there }])).join('\n');

  test('are no break where they are as they were', () => expect(breaks(elsewhere())).toBe(''));

  test.each<{ what: string; there: Json; to?: string; says: string }>([
    { what: 'changed at the new place', there: elsewhere(({ body }) => void (body['required'] = ['name', 'kind'])), says: 'POST /api/x/v1/cards body.kind: input required now' },
    { what: 'an operation less at the new place', there: elsewhere(({ paths, post }) => void (paths['/api/x/v1/cards'] = { post })), says: 'GET /api/x/v1/cards: operation removed' },
    { what: 'not at the declared place', there: elsewhere(undefined, '/api/y/v1/cardsets'), says: '/api/x/v1/cards: path removed' },
    { what: 'declared to move where nothing is', there: elsewhere(), to: '/api/y/v1/none', says: '/api/x/v1/cards: path removed' },
  ])('are one when $what', ({ there, to, says }) => expect(breaks(there, to)).toContain(says));

  test('are one when still there and different: the gateway asks the new place', () => {
    const both = withMoved(before, [{ from: '/api/x/v1/cards', to: '/api/y/v1/cards', openApi: elsewhere(({ body }) => void (body['required'] = ['name', 'kind'])) }]);
    expect(openApiBreaks(before, both).join()).toContain('input required now');
  });
});

describe('breaking changes of events are found', () => {
  const event = (properties: Json, required = ['id']): Json => ({ 'jp.kiban.x.card.made.v1': { type: 'object', properties, required } });
  const before = event({ id: { type: 'string' }, note: { type: 'string' } });

  test.each([
    { what: 'event removed', after: {}, says: 'jp.kiban.x.card.made.v1: event removed' },
    { what: 'property removed', after: event({ id: { type: 'string' } }), says: '.note: output property removed' },
    { what: 'type changed', after: event({ id: { type: 'integer' }, note: { type: 'string' } }), says: '.id: type changed from string to integer' },
    { what: 'property not always there', after: event({ id: { type: 'string' }, note: { type: 'string' } }, []), says: '.id: output no longer always there' },
  ])('$what', ({ after, says }) => {
    expect(eventBreaks(before, after).join('\n')).toContain(says);
  });

  test('additions pass', () => {
    expect(eventBreaks(before, { ...event({ id: { type: 'string' }, note: { type: 'string' }, more: {} }, ['id', 'note']), 'jp.kiban.x.card.lost.v1': {} })).toEqual([]);
  });
});

const proto = `syntax = "proto3";
package kiban.x.v1;
service Cards { rpc Find(FindRequest) returns (FindResponse); }
enum Kind { NONE = 0; CARD = 1; }
message FindRequest { string card_id = 1; }
message Row { string id = 1; int32 count = 2; Kind kind = 3; }
message FindResponse { repeated Row rows = 1; }
`;

describe('breaking changes of proto files are found', () => {
  test.each([
    { what: 'field removed', from: 'int32 count = 2;', to: '', says: 'kiban.x.v1.Row.count: field removed' },
    { what: 'field renumbered', from: 'count = 2', to: 'count = 4', says: 'Row.count: field renumbered from 2 to 4' },
    { what: 'field renamed', from: 'int32 count', to: 'int32 number', says: 'Row.count: field removed' },
    { what: 'type changed', from: 'int32 count', to: 'string count', says: 'Row.count: type changed from int32 to string' },
    { what: 'list made single', from: 'repeated Row', to: 'Row', says: 'FindResponse.rows: type changed from repeated Row to Row' },
    { what: 'message removed', from: 'message Row { string id = 1; int32 count = 2; Kind kind = 3; }\nmessage FindResponse { repeated Row rows = 1; }', to: 'message FindResponse {}', says: 'kiban.x.v1.Row: message removed' },
    { what: 'enum value removed', from: 'CARD = 1;', to: '', says: 'Kind.CARD: value removed' },
    { what: 'enum value renumbered', from: 'CARD = 1;', to: 'CARD = 2;', says: 'Kind.CARD: value renumbered from 1 to 2' },
    { what: 'rpc removed', from: 'rpc Find(FindRequest) returns (FindResponse);', to: '', says: 'Cards.Find: rpc removed' },
    { what: 'rpc of other messages', from: 'returns (FindResponse)', to: 'returns (Row)', says: 'Cards.Find: messages changed' },
    { what: 'service removed', from: 'service Cards { rpc Find(FindRequest) returns (FindResponse); }', to: '', says: 'kiban.x.v1.Cards: service removed' },
    { what: 'package renamed', from: 'kiban.x.v1', to: 'kiban.x.v2', says: 'kiban.x.v1: package removed' },
  ])('$what', ({ from, to, says }) => {
    expect(proto).toContain(from);
    expect(protoBreaks(proto, proto.replace(from, to)).join('\n')).toContain(says);
  });

  test('additions pass', () => {
    const grown = proto.replace('int32 count = 2;', 'int32 count = 2; string more = 9;').replace('CARD = 1;', 'CARD = 1; OTHER = 2;').replace('(FindResponse);', '(FindResponse); rpc Show(Row) returns (Row);');
    expect(protoBreaks(proto, grown)).toEqual([]);
  });
});

describe('drift between proto file and schemas is found', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kiban-proto-'));
  const module = { name: 'x', proto: pathToFileURL(join(folder, 'x.proto')) };
  beforeAll(() => writeFileSync(module.proto, proto));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const row = z.object({ id: z.string(), count: z.int(), kind: z.string().optional() });
  const useCase = (input: z.ZodType, output: z.ZodType): Pick<UseCase, 'spec'> => ({ spec: { action: 'x.card.find', kind: 'question', summary: '', input, output, refusals: [] } });
  const input = z.strictObject({ cardId: z.string() });
  const output = z.object({ rows: z.array(row) });

  test('equal ones agree', () => {
    expect(protoDrift(module, { 'Cards.Find': useCase(input, output) })).toEqual([]);
    expect(protoDrift(module, { 'Cards.Find': useCase(input, z.object({ rows: z.array(row.extend({ count: z.number().nullable() })) })) })).toEqual([]);
  });

  test.each([
    { what: 'rpc without use case', routes: {}, says: 'Cards.Find: no use case answers it' },
    { what: 'route without rpc', routes: { 'Cards.Find': useCase(input, output), 'Cards.Lose': useCase(input, output) }, says: 'Cards.Lose: not in the proto file' },
    { what: 'property without field', routes: { 'Cards.Find': useCase(input.extend({ more: z.string() }), output) }, says: 'input.more: FindRequest has no such field' },
    { what: 'nested property without field', routes: { 'Cards.Find': useCase(input, z.object({ rows: z.array(row.extend({ more: z.string() })) })) }, says: 'output.rows.more: Row has no such field' },
    { what: 'field without property', routes: { 'Cards.Find': useCase(input, z.object({ rows: z.array(row.omit({ count: true })) })) }, says: 'Row.count: no schema has this field' },
    { what: 'list against single', routes: { 'Cards.Find': useCase(input, z.object({ rows: row })) }, says: 'output.rows: repeated on the wire only' },
    { what: 'kinds of value', routes: { 'Cards.Find': useCase(input, z.object({ rows: z.array(row.extend({ count: z.string() })) })) }, says: 'rows.count: int32 on the wire, string in the schema' },
    { what: 'kinds of value that may be absent', routes: { 'Cards.Find': useCase(input, z.object({ rows: z.array(row.extend({ count: z.string().nullable() })) })) }, says: 'rows.count: int32 on the wire, string in the schema' },
  ])('$what', ({ routes, says }) => {
    expect(protoDrift(module, routes).join('\n')).toContain(says);
  });
});
