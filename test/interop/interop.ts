import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Case, writeCase } from './case.js';
import type { Judge } from './judge.js';
import { DIFFERENCES } from './differences.js';

/** A case that a program judges otherwise than the rule says. */
export interface Finding {
  readonly judge: Judge['name'];
  readonly id: string;
  readonly words: string;
}

export interface Outcome {
  readonly asked: number;
  /** Otherwise than the rule, and not known. */
  readonly unexpected: readonly Finding[];
  /** Known as a difference, and not one any more. */
  readonly gone: readonly string[];
  readonly known: readonly Finding[];
}

/** Asks a program about every case of its kinds, each in a folder of its own. */
export async function ask(judge: Judge, cases: readonly Case[]): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), `kiban-interop-${judge.name}-`));
  try {
    const asked = cases.filter(({ kind }) => judge.kinds.includes(kind));
    const verdicts = await judge.judge(asked, asked.map((one) => writeCase(folder, one)));
    const differing = asked.flatMap(({ id, accept }, at): Finding[] => {
      const verdict = verdicts[at];
      return verdict?.accepted === accept ? [] : [{ judge: judge.name, id, words: verdict?.words ?? 'no answer' }];
    });
    const known = DIFFERENCES.filter((one) => one.judge === judge.name);
    const expected = known.flatMap(({ cases: ids }) => ids);
    const lasting = known.filter(({ sometimes }) => sometimes !== true).flatMap(({ cases: ids }) => ids).filter((id) => asked.some((one) => one.id === id));
    return {
      asked: asked.length,
      unexpected: differing.filter(({ id }) => !expected.includes(id)),
      gone: lasting.filter((id) => !differing.some((one) => one.id === id)),
      known: differing.filter(({ id }) => expected.includes(id)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
