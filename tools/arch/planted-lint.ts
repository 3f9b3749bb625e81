/** A snippet that breaks one lint rule when it stands in a file of the given folder. */
export interface PlantedLint {
  readonly rule: string;
  readonly folder: string;
  readonly code: string;
}

const platform = 'libs/platform/src';
const kernel = 'libs/kernel/src';
const lines = (count: number): string => Array.from({ length: count }, (_, index) => `export const a${index} = ${index};`).join('\n');

/** One planted violation for every rule and, for `no-restricted-properties`, for every property. `TS…` is what the compiler would say. */
export const plantedLint: readonly PlantedLint[] = [
  { rule: 'TS2322', folder: platform, code: "export const a: number = 'b';" },
  { rule: 'no-explicit-any', folder: platform, code: 'export const a: any = 1;' },
  { rule: 'no-explicit-any', folder: platform, code: `// eslint-${'disable'}-next-line\nexport const a: any = 1;` },
  { rule: 'no-namespace', folder: platform, code: 'export namespace A { export const b = 1; }' },
  { rule: 'no-non-null-assertion', folder: platform, code: 'export const a = (b: string | undefined): string => b!;' },
  { rule: 'no-floating-promises', folder: platform, code: 'export function a(): void {\n  Promise.resolve(1);\n}' },
  { rule: 'no-misused-promises', folder: platform, code: 'export const a = (b: Promise<boolean>): number => (b ? 1 : 2);' },
  { rule: 'switch-exhaustiveness-check', folder: platform, code: "export function a(b: 'x' | 'y'): void {\n  switch (b) {\n    case 'x':\n      return;\n  }\n}" },
  { rule: 'consistent-type-imports', folder: platform, code: "import { Stats } from 'node:fs';\n\nexport type A = Stats;" },
  { rule: 'ban-ts-comment', folder: platform, code: '// @ts-ignore\nexport const a: number = 1;' },
  { rule: 'no-unused-vars', folder: platform, code: 'const a = 1;\nexport {};' },
  { rule: 'max-lines', folder: platform, code: lines(501) },
  { rule: 'max-lines-per-function', folder: platform, code: `export function a(): void {\n${lines(60).replaceAll('export ', '  ')}\n}` },
  { rule: 'max-params', folder: platform, code: 'export const a = (b: 1, c: 1, d: 1, e: 1, f: 1): number => b + c + d + e + f;' },
  { rule: 'no-console', folder: platform, code: "console.log('a');\nexport {};" },
  { rule: 'no-restricted-exports', folder: platform, code: 'export default 1;' },
  { rule: 'no-warning-comments', folder: platform, code: `// ${'TO'}${'DO'} later\nexport const a = 1;` },
  { rule: 'no-restricted-properties', folder: platform, code: "export const a = process.env['HOME'];" },
  { rule: 'no-restricted-properties', folder: platform, code: "export const a = process['env'];" },
  { rule: 'no-restricted-properties', folder: kernel, code: "export const a = process.env['HOME'];" },
  { rule: 'no-restricted-properties', folder: kernel, code: 'export const a = Date.now();' },
  { rule: 'no-restricted-properties', folder: kernel, code: 'export const a = Math.random();' },
];

/** What looks alike and is allowed. */
export const cleanLint: readonly Omit<PlantedLint, 'rule'>[] = [
  { folder: kernel, code: 'export const a = (b: string): Date => new Date(b);' },
  { folder: platform, code: 'export const a = (): number => Date.now();' },
  { folder: 'libs/platform/src/planted.settings.ts', code: "export const a = process.env['HOME'];" },
  { folder: 'tools/start', code: "console.log('a');\nexport {};" },
  { folder: platform, code: "import { type Stats, statSync } from 'node:fs';\n\nexport const a = (b: string): Stats => statSync(b);" },
];
