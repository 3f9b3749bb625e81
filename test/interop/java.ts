import { writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Case } from './case.js';
import type { Judge, Verdict } from './judge.js';
import { JAVA, type Programs, programsOf } from './programs.js';

const SOURCE = resolve('test', 'interop', 'Judge.java');

function verdictsOf(programs: Programs, cases: readonly Case[], folders: readonly string[]): Verdict[] {
  const folder = dirname(folders[0] ?? '');
  const questions = join(folder, 'questions.tsv');
  writeFileSync(questions, cases.map(({ kind, policy = '-', revocation }, at) => [folders[at], kind, policy, revocation].join('\t')).join('\n'));
  const { text } = programs.run(folder, 'java', SOURCE, questions);
  const lines = text.split('\n').filter((line) => /^(accepted|refused)\t/.test(line));
  if (lines.length !== cases.length) throw new Error(`java answered ${lines.length} of ${cases.length}: ${text.slice(0, 500)}`);
  return lines.map((line) => ({ accepted: line.startsWith('accepted'), words: line.split('\t')[1] ?? '' }));
}

/** `CertPathBuilder` with its revocation checker, by CRLs and OCSP answers at hand: one process for all cases. */
export async function javaJudge(): Promise<Judge | string> {
  const programs = await programsOf(JAVA);
  if (typeof programs === 'string') return programs;
  return { name: 'java', version: programs.version, kinds: ['path', 'list', 'ocsp'], judge: (cases, folders) => verdictsOf(programs, cases, folders) };
}
