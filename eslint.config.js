// Few rules, each held by everyone: what the compiler cannot see and what a reviewer would otherwise have to look for.
// `tools/arch/arch.spec.ts` proves for every one of them that it can fail.
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const tests = ['**/*.spec.ts', '**/*.fixture.ts', 'test/**', 'libs/testing/**'];

/** Syntax that is banned everywhere. */
const everywhere = [
  { selector: 'TSEnumDeclaration', message: 'No enum: use a union of literals or an `as const` table.' },
  { selector: 'TSModuleDeclaration[kind="namespace"]', message: 'No namespace: use a module.' },
];

/** Time comes from the caller, so that rules can be tested for any day and a day can be repeated. */
const clock = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'Take the time from `ctx.now` or a Clock.' },
  { selector: 'CallExpression[callee.type="Identifier"][callee.name="Date"]', message: 'Take the time from `ctx.now` or a Clock.' },
  { selector: 'MemberExpression[object.name="Date"][property.name="now"]', message: 'Take the time from `ctx.now` or a Clock.' },
  { selector: 'MemberExpression[object.name="Math"][property.name="random"]', message: 'Draw from node:crypto, or from a generator that is passed in.' },
];

/** Settings are read once, where they are checked. */
const environment = [{ selector: 'MemberExpression[object.name="process"]:matches([property.name="env"], [property.value="env"])', message: 'Read settings through the config of the process.' }];

const restrict = (...groups) => ({ 'no-restricted-syntax': ['error', ...groups.flat()] });

export default defineConfig(
  globalIgnores(['dist/', '.kiban/', '.kiban-test/', 'coverage/', 'tools/arch/fixtures/']),
  { linterOptions: { noInlineConfig: true } },
  {
    files: ['**/*.ts', '**/*.js', '**/*.mjs'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: { parser: tseslint.parser },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      'max-lines': ['error', { max: 500, skipBlankLines: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true }],
      'max-params': ['error', 4],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true, namedFrom: true, namespaceFrom: true } }],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'] }],
      'no-console': 'error',
      ...restrict(everywhere),
    },
  },
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description' }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false, fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  { files: ['libs/**/*.ts'], ignores: [...tests, '**/config.ts', '**/*settings.ts'], rules: restrict(everywhere, environment) },
  { files: ['libs/chip/**/*.ts', 'libs/kernel/**/*.ts', 'libs/pki/**/*.ts', 'libs/contexts/**/*.ts'], ignores: tests, rules: restrict(everywhere, environment, clock) },
  { files: tests, rules: { 'max-lines-per-function': 'off', 'max-params': 'off' } },
  { files: ['apps/kibanctl/**', 'tools/**', 'bench/**', 'test/**'], ignores: ['**/*.spec.ts'], rules: { 'no-console': 'off' } },
  { files: ['*.config.ts'], extends: [tseslint.configs.disableTypeChecked] },
  { files: ['*.config.js', '*.config.ts', '.dependency-cruiser.js'], rules: { 'no-restricted-exports': 'off' } },
);
