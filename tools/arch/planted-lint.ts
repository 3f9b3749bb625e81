/** A snippet that breaks one lint rule when it stands in the given file. */
export interface PlantedLint {
  readonly rule: string;
  /** An existing file, whose text is replaced: the rules that need types look it up in the project. */
  readonly file: string;
  readonly code: string;
}

const platform = 'libs/platform/src/clock.ts';
const kernel = 'libs/kernel/src/refusal.ts';
const lines = (count: number): string => Array.from({ length: count }, (_, index) => `export const a${index} = ${index};`).join('\n');

/** One planted violation for every rule and, for `no-restricted-syntax`, for every selector. */
export const plantedLint: readonly PlantedLint[] = [
  { rule: '@typescript-eslint/no-explicit-any', file: platform, code: 'export const a: any = 1;' },
  { rule: '@typescript-eslint/no-non-null-assertion', file: platform, code: 'export const a = (b: string | undefined): string => b!;' },
  { rule: '@typescript-eslint/no-floating-promises', file: platform, code: 'export function a(): void {\n  Promise.resolve(1);\n}' },
  { rule: '@typescript-eslint/no-misused-promises', file: platform, code: 'export const a = (b: Promise<boolean>): number => (b ? 1 : 2);' },
  { rule: '@typescript-eslint/switch-exhaustiveness-check', file: platform, code: "export function a(b: 'x' | 'y'): void {\n  switch (b) {\n    case 'x':\n      return;\n  }\n}" },
  { rule: '@typescript-eslint/consistent-type-imports', file: platform, code: "import { Refusal } from '#kernel';\n\nexport type A = Refusal;" },
  { rule: '@typescript-eslint/ban-ts-comment', file: platform, code: '// @ts-ignore\nexport const a: number = 1;' },
  { rule: '@typescript-eslint/no-unused-vars', file: platform, code: 'const a = 1;' },
  { rule: 'max-lines', file: platform, code: lines(501) },
  { rule: 'max-lines-per-function', file: platform, code: `export function a(): void {\n${lines(60).replaceAll('export ', '  ')}\n}` },
  { rule: 'max-params', file: platform, code: 'export const a = (b: 1, c: 1, d: 1, e: 1, f: 1): number => b + c + d + e + f;' },
  { rule: 'no-console', file: platform, code: "console.log('a');" },
  { rule: 'no-restricted-exports', file: platform, code: 'export default 1;' },
  { rule: 'no-warning-comments', file: platform, code: `// ${'TO'}${'DO'} later\nexport const a = 1;` },
  { rule: 'no-restricted-syntax', file: platform, code: 'export enum A { B }' },
  { rule: 'no-restricted-syntax', file: platform, code: 'export namespace A { export const b = 1; }' },
  { rule: 'no-restricted-syntax', file: platform, code: "export const a = process.env['HOME'];" },
  { rule: 'no-restricted-syntax', file: kernel, code: 'export const a = new Date();' },
  { rule: 'no-restricted-syntax', file: kernel, code: 'export const a = Date();' },
  { rule: 'no-restricted-syntax', file: kernel, code: 'export const a = Date.now();' },
  { rule: 'no-restricted-syntax', file: kernel, code: 'export const a = Math.random();' },
];

/** What looks alike and is allowed. */
export const cleanLint: readonly Omit<PlantedLint, 'rule'>[] = [
  { file: kernel, code: 'export const a = (b: string): Date => new Date(b);' },
  { file: platform, code: 'export const a = (): Date => new Date();' },
  { file: 'libs/platform/src/config/config.ts', code: "export const a = process.env['HOME'];" },
  { file: 'tools/start/settings.ts', code: "console.log('a');" },
  { file: platform, code: "import { type Refusal, problemTable } from '#kernel';\n\nexport const a: Refusal = problemTable('a', {}).refuse(undefined as never);" },
];
