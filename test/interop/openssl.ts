import type { Case } from './case.js';
import { type Judge, type Verdict, lastLine } from './judge.js';
import { OPENSSL, programsOf } from './programs.js';

const ANY_POLICY = '2.5.29.32.0';

function argumentsOf({ kind, policy, revocation, files }: Case): string[] {
  switch (kind) {
    case 'path': {
      const policies = ['-policy_check', '-policy', policy ?? ANY_POLICY, ...(policy === undefined ? [] : ['-explicit_policy'])];
      const lists = revocation ? ['-crl_check_all', '-extended_crl', ...(files['crls.pem'] === '' ? [] : ['-CRLfile', 'crls.pem'])] : [];
      return ['verify', '-x509_strict', ...policies, ...lists, '-no-CApath', '-no-CAstore', '-CAfile', 'anchor.pem', ...(files['bundle.pem'] === '' ? [] : ['-untrusted', 'bundle.pem']), 'target.pem'];
    }
    case 'list':
      return ['crl', '-inform', 'DER', '-in', 'list.der', '-CAfile', 'anchor.pem', '-noout'];
    case 'ocsp':
      return ['ocsp', '-issuer', 'anchor.pem', '-cert', 'target.pem', '-no_nonce', '-respin', 'response.der', '-CAfile', 'anchor.pem'];
    case 'timestamp':
      return ['ts', '-verify', '-queryfile', 'request.der', '-in', 'response.der', '-CAfile', 'anchor.pem'];
    case 'cms':
      return ['cms', '-verify', '-inform', 'DER', '-in', 'message.der', '-CAfile', 'anchor.pem', '-purpose', 'any', '-out', 'content'];
    case 'sealed':
      return ['cms', '-decrypt', '-inform', 'DER', '-in', 'message.der', '-recip', 'recipient.pem', '-inkey', 'recipient.key', '-out', 'content'];
  }
}

function verdictOf({ kind }: Case, code: number, text: string): Verdict {
  const words = kind === 'path' ? (/error \d+ at [^\n]*/.exec(text)?.[0] ?? lastLine(text)) : lastLine(text);
  if (kind === 'list') return { accepted: /^verify OK$/m.test(text), words };
  if (kind === 'ocsp') return { accepted: text.includes('Response verify OK') && /^target\.pem: good$/m.test(text) && !text.includes('WARNING: Status times invalid'), words };
  return { accepted: code === 0, words };
}

/** The `openssl` programs verify, crl, ocsp, ts and cms. */
export async function opensslJudge(): Promise<Judge | string> {
  const programs = await programsOf(OPENSSL);
  if (typeof programs === 'string') return programs;
  return {
    name: 'openssl', version: programs.version, kinds: ['path', 'list', 'ocsp', 'timestamp', 'cms', 'sealed'],
    judge: (cases, folders) => cases.map((one, at) => {
      const { code, text } = programs.run(folders[at] ?? '', 'openssl', ...argumentsOf(one));
      return verdictOf(one, code, text);
    }),
  };
}
