import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contexts } from '../../apps/all/contexts.js';
import { boundedBody } from '../../apps/gateway/http/body.js';

const contracts = join(import.meta.dirname, '../../libs/contracts');
const operation = z.looseObject({ requestBody: z.looseObject({ content: z.record(z.string(), z.unknown()) }).optional() });
const api = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), operation)) });

/** What the routes of all contexts take, as their API documents say. */
const promised = new Set(
  contexts.flatMap(({ name }) => {
    const { paths } = api.parse(JSON.parse(readFileSync(join(contracts, name, 'openapi.json'), 'utf8')));
    return Object.values(paths).flatMap((methods) => Object.values(methods)).flatMap(({ requestBody }) => Object.keys(requestBody?.content ?? {}));
  }),
);

describe('the door', () => {
  // What takes any type is a route for guests, whose bodies the door does not ask for theirs.
  it.each([...promised].filter((type) => type !== '*/*'))('lets %s in', (type) => {
    expect(() => boundedBody(Readable.from(['']), { 'content-type': type }, 1)).not.toThrow();
  });

  it('knows some media type that is not JSON and refuses what no route takes', () => {
    expect(promised.size).toBeGreaterThan(3);
    expect(() => boundedBody(Readable.from(['']), { 'content-type': 'text/html' }, 1)).toThrow('UNSUPPORTED_MEDIA_TYPE');
  });
});
