import { z, type ZodType } from 'zod';
import { platformProblems, TERMINAL, type HttpRoute, type UseCaseSpec } from '#platform';

type Json = Record<string, unknown>;

const COMMON = ['INVALID_INPUT', 'UNAUTHENTICATED', 'ACTION_NOT_PERMITTED', 'PURPOSE_REQUIRED', 'PURPOSE_NOT_PERMITTED'] as const;

const problemSchema: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'correlationId'],
  properties: {
    type: { type: 'string', description: 'urn:kiban:problem:<context>:<CODE>' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string' },
    correlationId: { type: 'string' },
    facts: { type: 'object', additionalProperties: true },
    errors: { type: 'array', items: { type: 'object', required: ['pointer', 'code'], properties: { pointer: { type: 'string' }, code: { type: 'string' } } } },
  },
};

/** The OpenAPI 3.1 document of one context, made from the schemas that validate its input. */
export function openApiOf(context: string, title: string, routes: readonly HttpRoute[]): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = `/api/${context}/v1${route.path.replace(/\*$/, ':path').replaceAll(/:([A-Za-z]+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(context, route) };
  }
  return {
    openapi: '3.1.0',
    info: { title, version: '1.0.0' },
    paths,
    components: {
      schemas: { Problem: problemSchema },
      securitySchemes: Object.assign({ accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } }, ...routes.map(({ guest }) => guest?.scheme)),
    },
    security: [{ accessToken: [] }],
  };
}

function operation(context: string, route: HttpRoute): Json {
  const { spec } = route.useCase;
  const input = jsonSchema(spec.input, 'input');
  const properties = (input['properties'] ?? {}) as Record<string, Json>;
  const required = new Set((input['required'] ?? []) as string[]);
  const inPath = [...route.path.replace(/\*$/, ':path').matchAll(/:([A-Za-z]+)/g)].map((match) => match[1] ?? '');
  const rest = Object.keys(properties).filter((name) => !inPath.includes(name));
  const inQuery = route.method === 'GET' || route.upload !== undefined ? rest : [];
  return {
    operationId: spec.action,
    summary: spec.summary,
    tags: [context],
    ...(route.priority === undefined ? {} : { 'x-kiban-priority': route.priority }),
    ...(route.guest === undefined ? {} : { security: Object.keys(route.guest.scheme).map((scheme) => ({ [scheme]: [] })) }),
    parameters: [
      ...inPath.map((name) => ({ name, in: 'path', required: true, schema: properties[name] ?? { type: 'string' } })),
      ...inQuery.map((name) => ({ name, in: 'query', required: required.has(name), schema: properties[name] })),
      ...headersOf(spec),
      ...(route.tagged === undefined ? [] : CONDITIONS),
      ...Object.entries(route.headers ?? {}).map(([name, description]) => ({ name: name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase()), in: 'header', required: false, description, schema: { type: 'string' } })),
    ],
    ...requestBody(route, input, rest, inQuery.length > 0 || route.method === 'GET'),
    responses: { [route.status ?? 200]: goodAnswer(route, spec), ...(route.tagged === undefined ? problemAnswers(spec) : taggedAnswers(route, spec)) },
  };
}

const CONDITIONS = [
  ['If-None-Match', 'Entity tags that the caller has'], ['Range', 'One range of octets'], ['If-Range', 'Entity tag of the octets that the range continues'],
].map(([name, description]): Json => ({ name, in: 'header', required: false, description, schema: { type: 'string' } }));

/** What a conditional request gets besides (RFC 9110 13, 14). */
function taggedAnswers(route: HttpRoute, spec: UseCaseSpec): Json {
  const [part, gone] = [goodAnswer(route, spec), platformProblems.definitions.RANGE_NOT_SATISFIABLE.status];
  return { 206: { ...part, description: 'The range that was asked for' }, 304: { description: 'The caller has it' }, ...problemAnswers(spec), [gone]: problem(['RANGE_NOT_SATISFIABLE']) };
}

function headersOf(spec: UseCaseSpec): Json[] {
  const purpose = { name: 'Kiban-Purpose', in: 'header', required: false, description: 'Affairs of the law for which personal data is asked for', schema: { type: 'string' } };
  const key = { name: 'Idempotency-Key', in: 'header', required: true, description: 'A repetition with the same key gets the stored answer', schema: { type: 'string' } };
  const terminal = { name: 'Kiban-Terminal', in: 'header', required: false, description: 'Terminal of the institution at which a person asks; stands in the audit trail', schema: { type: 'string', pattern: TERMINAL.source } };
  return spec.kind === 'command' ? [key, purpose, terminal] : [purpose, terminal];
}

function requestBody(route: HttpRoute, input: Json, names: readonly string[], none: boolean): Json {
  if (route.upload !== undefined) {
    return { requestBody: { required: true, content: Object.fromEntries(route.upload.map((type) => [type, { schema: { type: 'string', format: 'binary' } }])) } };
  }
  if (none || names.length === 0) return {};
  const properties = (input['properties'] ?? {}) as Record<string, Json>;
  const required = ((input['required'] ?? []) as string[]).filter((name) => names.includes(name));
  const schema = { ...input, properties: Object.fromEntries(names.map((name) => [name, properties[name]])), ...(required.length > 0 ? { required } : {}) };
  return { requestBody: { required: true, content: { 'application/json': { schema } } } };
}

function goodAnswer(route: HttpRoute, spec: UseCaseSpec): Json {
  if (route.binary !== undefined) return { description: 'Done', content: Object.fromEntries(route.binary.map((type) => [type, {}])) };
  return { description: 'Done', content: { 'application/json': { schema: jsonSchema(spec.output, 'output') } } };
}

function problemAnswers(spec: UseCaseSpec): Json {
  const byStatus = new Map<number, string[]>();
  const note = (status: number, code: string): void => void byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  for (const code of COMMON) note(platformProblems.definitions[code].status, code);
  for (const { table, codes } of spec.refusals) {
    for (const code of codes) note(table.definitions[code]?.status ?? 500, code);
  }
  return Object.fromEntries(
    [...byStatus].sort(([a], [b]) => a - b).map(([status, codes]) => [status, problem(codes)]),
  );
}

function problem(codes: readonly string[]): Json {
  return { description: codes.join(', '), content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
}

function jsonSchema(schema: ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' }) as Json;
  return rest;
}
