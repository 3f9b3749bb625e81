import { describe, expect, it } from 'vitest';
import { ANY_POLICY } from './policy-extensions.js';
import { builderOf, caseGroups, requestOf } from './path-case.fixture.js';
import { validatePath } from './validate-path.js';

describe.each(caseGroups())('$group', ({ cases }) => {
  it.each(cases.map((one) => [`${one.clause} ${one.name}: ${one.expect}`, one] as const))('%s', (_title, one) => {
    const request = requestOf(one);
    const result = validatePath(request);
    expect(result.valid ? 'VALID' : result.reason, result.valid ? '' : result.detail).toBe(one.expect);
    if (one.policies !== undefined) expect(result.valid && result.policies).toEqual(one.policies);
    if (one.path !== undefined) {
      const { builder, ids } = builderOf(one);
      const known = ids.map((id) => [id, builder.certificate(id).serial] as const);
      expect(result.path.map(({ serial }) => known.find(([, given]) => given === serial)?.[0])).toEqual(one.path);
    }
    if (result.valid) expect(result.policies.includes(ANY_POLICY) ? result.policies.length : 1).toBe(1);
  });
});

it('has no two cases of one name in a group', () => {
  for (const { cases } of caseGroups()) expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
});
