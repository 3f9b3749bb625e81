import { beforeAll, describe, expect, test } from 'vitest';
import { lintOf, rulesSwitchedOn } from './lint.js';
import { cleanLint, plantedLint, type PlantedLint } from './planted-lint.js';

const place = ({ folder }: Pick<PlantedLint, 'folder'>, name: string): string => (folder.endsWith('.ts') ? folder : `${folder}/${name}.ts`);
const planted = plantedLint.map((each, index) => ({ ...each, file: place(each, `planted-${index}`) }));
const clean = cleanLint.map((each, index) => ({ ...each, file: place(each, `clean-${index}`) }));

describe('lint', () => {
  let reported: ReadonlyMap<string, readonly string[]>;
  beforeAll(async () => {
    reported = await lintOf(new Map([...planted, ...clean].map(({ file, code }) => [file, code])));
  });

  test.each(planted)('$rule reports: $code', ({ rule, file }) => {
    expect(reported.get(file)).toContain(rule);
  });

  test.each(clean)('nothing to report: $code', ({ file }) => {
    expect(reported.get(file)).toEqual([]);
  });

  test('every rule that is switched on has a planted violation, and one for each property that is banned', async () => {
    const rules = await rulesSwitchedOn();
    expect(rules.size).toBeGreaterThan(10);
    expect([...rules.keys()].filter((name) => !plantedLint.some(({ rule }) => rule === name))).toEqual([]);
    const banned = new Set(plantedLint.filter(({ rule }) => rule === 'no-restricted-properties').map(({ code }) => /process|Date|Math/.exec(code)?.[0]));
    expect(banned.size).toBe(rules.get('no-restricted-properties'));
  });
});
