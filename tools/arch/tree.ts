import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

const SKIPPED = new Set(['.git', '.kiban', '.kiban-test', 'coverage', 'dist', 'node_modules']);

/** The root of the workspace: npm and vitest run there. */
export const root = process.cwd();

/** A text file of the workspace; `path` is relative to the root, with `/`. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Paths below `folder` (relative to the root) that `wanted` accepts, sorted; what is built, installed or planted is left out. */
export function pathsIn(folder: string, wanted: (path: string) => boolean): string[] {
  const found: string[] = [];
  const visit = (at: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = relative(root, join(at, entry.name));
      if (entry.isDirectory()) {
        if (!SKIPPED.has(entry.name) && path !== 'tools/arch/fixtures') visit(join(at, entry.name));
      } else if (wanted(path)) {
        found.push(path);
      }
    }
  };
  visit(join(root, folder));
  return found.sort();
}

/** The same files with their text. */
export function filesIn(folder: string, wanted: (path: string) => boolean): SourceFile[] {
  return pathsIn(folder, wanted).map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** Lines that are not blank: what the size limits count. */
export function lineCount(text: string): number {
  return text.split('\n').filter((line) => line.trim() !== '').length;
}

/** Whether a file exists for tests only. */
export function isTest(path: string): boolean {
  return /\.(spec|fixture)\.ts$/.test(path);
}

/** Names of the contexts: the folders of `libs/contexts`. */
export function contextNames(): string[] {
  return readdirSync(join(root, 'libs/contexts'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
}
