import type { Case } from './case.js';
import { type Judge, type Verdict, lastLine } from './judge.js';
import { GNUTLS, type Programs, programsOf } from './programs.js';

function verdictOf(programs: Programs, { kind, revocation, files }: Case, folder: string): Verdict {
  const run = (program: string, ...args: readonly string[]) => programs.run(folder, program, ...args);
  const anchor = ['--load-ca-certificate', 'anchor.pem'];
  switch (kind) {
    case 'path': {
      const lists = revocation && files['crls.pem'] !== '' ? ['--load-crl', 'crls.pem'] : [];
      const { code, text } = run('certtool', '--verify', ...anchor, ...lists, '--infile', 'chain.pem');
      return { accepted: code === 0, words: /Chain verification output: (.*)/.exec(text)?.[1] ?? lastLine(text) };
    }
    case 'list': {
      const { text } = run('certtool', '--verify-crl', ...anchor, '--infile', 'list.pem');
      return { accepted: text.includes('Verification output: Verified.'), words: /Verification output: (.*)/.exec(text)?.[1] ?? lastLine(text) };
    }
    case 'ocsp': {
      const { text } = run('ocsptool', '--verify-response', '--load-trust', 'anchor.pem', '--load-response', 'response.der');
      // The program verifies the answer; which certificate it is of and how it stands, it prints.
      const good = text.includes('Certificate Status: good') && text.includes(`Serial Number: ${String(files['serial.txt'])}`);
      return { accepted: good && text.includes('Verifying OCSP Response: Success.'), words: /Verifying OCSP Response: .*/.exec(text)?.[0] ?? lastLine(text) };
    }
    default: {
      const { code, text } = run('certtool', '--p7-verify', '--infile', 'message.pem', ...anchor);
      return { accepted: code === 0, words: lastLine(text) };
    }
  }
}

/** The programs `certtool` and `ocsptool` of GnuTLS. */
export async function gnutlsJudge(): Promise<Judge | string> {
  const programs = await programsOf(GNUTLS);
  if (typeof programs === 'string') return programs;
  return { name: 'gnutls', version: programs.version, kinds: ['path', 'list', 'ocsp', 'cms'], judge: (cases, folders) => cases.map((one, at) => verdictOf(programs, one, folders[at] ?? '')) };
}
