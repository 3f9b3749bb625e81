import { expect, it } from 'vitest';
import { forgottenBefore } from './retention.js';

it.each([
  ['STATEMENT', '2017-10-05T01:00:00.000Z', '2015-10-05T01:00:00.000Z'], ['SESSION', '2017-10-05T01:00:00.000Z', '2012-10-05T01:00:00.000Z'], ['MESSAGE', '2016-02-29T00:00:00.000Z', '2011-03-01T00:00:00.000Z'],
] as const)('TRN-9: %s at %s: before %s', (kind, now, before) => expect(forgottenBefore(kind, new Date(now)).toISOString()).toBe(before));
