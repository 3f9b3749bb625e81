import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './tree.js';

const FOLDERS = ['apps', 'libs', 'tools', 'test', 'bench'];

/** A forbidden import. */
export interface BoundaryViolation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

/** Names of all boundary rules. */
export async function boundaryRules(): Promise<string[]> {
  const { ruleSet } = await options();
  return (ruleSet?.forbidden ?? []).map((rule) => rule.name ?? '');
}

/** Runs the boundary rules over a tree that is laid out like the workspace. */
export async function boundaryViolations(baseDir: string): Promise<BoundaryViolation[]> {
  const folders = FOLDERS.filter((folder) => existsSync(join(baseDir, folder)));
  const { enhancedResolveOptions, ...cruiseOptions } = await options();
  const { output } = await cruise(folders, { ...cruiseOptions, baseDir, validate: true, ...(enhancedResolveOptions === undefined ? {} : { enhancedResolveOptions }) }, enhancedResolveOptions);
  if (typeof output === 'string') throw new Error(output);
  return violationsOf(output);
}

function violationsOf(result: ICruiseResult): BoundaryViolation[] {
  return result.summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }));
}

function options() {
  return extractDepcruiseOptions(join(root, '.dependency-cruiser.js'));
}
