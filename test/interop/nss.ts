import type { Case } from './case.js';
import { type Judge, type Verdict, lastLine } from './judge.js';
import { NSS, type Programs, programsOf } from './programs.js';

const DATABASE = ['-d', 'sql:.'];
/** Usage of a client of TLS, which asks nothing of names and allows every key that signs. */
const USAGE = ['-u', '0'];
/** A list that is not at hand is no list of nothing. */
const FRESH = ['-g', 'leaf', '-h', 'requireFreshInfo', '-m', 'crl', '-s', 'requireInfo'];

function verdictOf(programs: Programs, { kind, policy, revocation, files }: Case, folder: string): Verdict {
  const run = (program: string, ...args: readonly string[]) => programs.run(folder, program, ...args);
  run('certutil', '-N', ...DATABASE, '--empty-password');
  // Lists are taken of authorities that the database knows.
  const names = Object.keys(files).filter((name) => name.endsWith('.der'));
  for (const name of names.filter((one) => one.startsWith('anchor') || one.startsWith('bundle'))) run('certutil', '-A', ...DATABASE, '-n', name, '-t', name.startsWith('anchor') ? 'CT,CT,CT' : ',,', '-i', name);
  if (kind === 'list') {
    const { code, text } = run('crlutil', '-I', ...DATABASE, '-t', '1', '-i', 'list.der');
    return { accepted: code === 0, words: lastLine(text) };
  }
  if (kind === 'cms') {
    const { code, text } = run('cmsutil', '-D', ...DATABASE, '-i', 'message.der', '-u', '4');
    return { accepted: code === 0, words: lastLine(text) };
  }
  const refused = names.filter((one) => one.startsWith('crl-')).map((name) => run('crlutil', '-I', ...DATABASE, '-t', '1', '-i', name)).find(({ code }) => code !== 0);
  const asked = [...USAGE, ...(policy === undefined ? [] : ['-o', `OID.${policy}`]), ...(revocation ? FRESH : [])];
  const bundle = names.filter((one) => one.startsWith('bundle-'));
  const { code, text } = run('vfychain', '-pp', ...DATABASE, ...asked, 'target.der', ...bundle, '-t', 'anchor.der');
  return { accepted: code === 0 && text.includes('Chain is good!'), words: refused === undefined ? lastLine(text) : lastLine(refused.text) };
}

/** The programs `vfychain` (with the PKIX library), `crlutil` and `cmsutil` of NSS; a database each. */
export async function nssJudge(): Promise<Judge | string> {
  const programs = await programsOf(NSS);
  if (typeof programs === 'string') return programs;
  return { name: 'nss', version: programs.version, kinds: ['path', 'list', 'cms'], judge: (cases, folders) => cases.map((one, at) => verdictOf(programs, one, folders[at] ?? '')) };
}
