import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { root } from './tree.js';

const CONFIG = '.oxlintrc.jsonc';
const oxlint = join(root, 'node_modules/oxlint/bin/oxlint');
const reportShape = z.object({ diagnostics: z.array(z.object({ code: z.string(), filename: z.string() })) });
const configShape = z.object({
  rules: z.record(z.string(), z.unknown()),
  overrides: z.array(z.object({ rules: z.record(z.string(), z.unknown()) })),
});

/** The names of the rules that the linter reports, by file, for files that stand in an otherwise empty tree with our settings. */
export async function lintOf(files: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, readonly string[]>> {
  const tree = mkdtempSync(join(tmpdir(), 'kiban-lint-'));
  try {
    for (const name of [CONFIG, 'tsconfig.json', 'package.json']) cpSync(join(root, name), join(tree, name));
    symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'), 'dir');
    for (const [path, text] of files) {
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      writeFileSync(join(tree, path), text);
    }
    const folders = new Set([...files.keys()].map((path) => path.split('/')[0] ?? path));
    const { diagnostics } = reportShape.parse(JSON.parse(await output([oxlint, '--format', 'json', ...folders], tree)));
    return new Map([...files.keys()].map((path) => [path, diagnostics.filter(({ filename }) => filename === path).map(({ code }) => nameOf(code))]));
  } finally {
    rmSync(tree, { recursive: true });
  }
}

/** Every rule that is switched on somewhere, with the number of its largest set of options. */
export async function rulesSwitchedOn(): Promise<ReadonlyMap<string, number>> {
  const { rules, overrides } = configShape.parse(JSON.parse(await output([oxlint, '--print-config'], root)));
  const settings = [rules, ...overrides.map((override) => override.rules)].flatMap((part) => Object.entries(part)).filter(([, setting]) => setting !== 'allow');
  const sizes = settings.map(([name, setting]): [string, number] => [name.split('/').at(-1) ?? name, Array.isArray(setting) ? setting.length - 1 : 0]);
  return new Map(sizes.sort(([, a], [, b]) => a - b));
}

/** `typescript(no-explicit-any)` and `eslint(max-lines)` are called by what is in the brackets. */
function nameOf(code: string): string {
  return /\((.*)\)/.exec(code)?.[1] ?? code;
}

/** The linter ends with 1 where it reports something: that is no fault here. */
async function output(args: readonly string[], cwd: string): Promise<string> {
  const run = promisify(execFile);
  try {
    return (await run(process.execPath, args, { cwd })).stdout;
  } catch (error) {
    const { stdout } = z.object({ code: z.literal(1), stdout: z.string() }).parse(error);
    return stdout;
  }
}
