import type { Command } from 'commander';
import { sessionOf, type Session } from './session.js';
import type { Terminal } from './terminal.js';

const TIME = ['--time <time>', 'instant at which it is judged, RFC 3339; now unless given'] as const;

/** `kibanctl pki …`: certificates and what tells of them, in files; needs no estate. */
export function addPki(program: Command, terminal: Terminal): void {
  const pki = program.command('pki').description('validate, check and show certificates, CRLs and OCSP answers; needs no estate');
  addValidatePath(pki, terminal);
  addLint(pki, terminal);
  addShow(pki, terminal);
  addVerifyCrl(pki, terminal);
  addOcsp(pki, terminal);
}

function addValidatePath(pki: Command, terminal: Terminal): void {
  pki
    .command('validate-path')
    .description('tell whether a certificate is to be relied on (RFC 5280 section 6); exit code 1 when it is not, 2 when a file cannot be read')
    .option('--target <file>', 'the certificate; others in its file count as intermediates')
    .option('--anchor <file...>', 'trusted certificates')
    .option('--intermediates <path...>', 'certificates that may lead to an anchor: files, or folders with files')
    .option('--crls <path...>', 'CRLs: files, or folders with files')
    .option(...TIME)
    .option('--initial-policy <oid...>', 'policies that are accepted; any unless given')
    .option('--explicit-policy', 'the path must be valid under one of them')
    .option('--inhibit-mapping', 'policies may not be mapped')
    .option('--inhibit-any', 'anyPolicy does not count')
    .option('--check-revocation', 'every certificate needs a usable CRL that does not list it')
    .option('--anchor-constraints', 'what an anchor says of names, policies and path length holds too (RFC 5937), as for serverAuth and clientAuth')
    .option('--no-anchor-constraints', 'an anchor is its name and key alone')
    .option('--purpose <purpose>', 'such as serverAuth or clientAuth, or an OID')
    .option('--peer-name <name>', 'DNS name or IP address that the target must be of')
    .option('--jobs <file>', 'validate those of a file, "-" for standard input: a JSON object a line, answered by a line')
    .addHelpText('after', `
Examples:
  kibanctl pki validate-path --target holder.pem --anchor root.pem --intermediates bridge/ --crls crls/ --check-revocation
  kibanctl pki validate-path --jobs questions.ndjson > answers.ndjson

Files are DER, or PEM with any number of blocks; an intermediate or CRL that cannot be parsed is not used.
A line of --jobs: {"id": "1", "target": "holder.pem", "anchor": "root.pem" or a list, and as wanted "intermediates": [paths], "crls": [paths],
"time", "initialPolicy": [oids], "explicitPolicy", "inhibitMapping", "inhibitAny", "checkRevocation", "anchorConstraints":
true, "purpose", "peerName"}; a path that does not begin with / starts at the present folder. Its answer: {"id", "valid", "reason", "detail",
"path", "policies"}. A line that cannot be answered has the reason BAD_INPUT, and the exit code is 2 in the end, else 0.`)
    .action(lazily(terminal, async (session, options) => (await import('./pki-validate-path.js')).validatePathOf(session, options)));
}

function addLint(pki: Command, terminal: Terminal): void {
  pki
    .command('lint')
    .description('check certificates, CRLs and OCSP answers against RFC 5280 and RFC 6960; exit code 1 when there is an error')
    .argument('<file...>', 'DER, or PEM with any number of blocks')
    .addHelpText('after', '\nExample:\n  kibanctl pki lint holder.pem sign-99001.crl')
    .action(async (files: string[], _options: unknown, command: Command) => {
      (await import('./pki-lint.js')).lintFiles(sessionOf(command, terminal), files);
    });
}

function addShow(pki: Command, terminal: Terminal): void {
  pki
    .command('show')
    .description('tell what a certificate, CRL, request, OCSP message, CMS message or time-stamp token says; verifies nothing')
    .argument('<file>', 'DER, or PEM with any number of blocks')
    .addHelpText('after', '\nExample:\n  kibanctl pki show holder.pem --json')
    .action(async (file: string, _options: unknown, command: Command) => {
      (await import('./pki-show.js')).showFile(sessionOf(command, terminal), file);
    });
}

function addVerifyCrl(pki: Command, terminal: Terminal): void {
  pki
    .command('verify-crl')
    .description('check a CRL against its issuer and the list before it; exit code 1 when a check fails')
    .requiredOption('--crl <file>', 'the CRL')
    .requiredOption('--issuer <file>', 'certificate of its issuer')
    .option('--previous <file>', 'the CRL before it')
    .option(...TIME)
    .addHelpText('after', '\nExample:\n  kibanctl pki verify-crl --crl sign-99001.crl --issuer sign-ca.pem --previous yesterday.crl')
    .action(lazily(terminal, async (session, options) => (await import('./pki-verify-crl.js')).verifyCrlFile(session, options)));
}

function addOcsp(pki: Command, terminal: Terminal): void {
  pki
    .command('ocsp')
    .description('ask an OCSP responder, or read its answer from a file; exit code 1 when it is revoked or unknown, 2 without a sound answer')
    .option('--url <url>', 'address of the responder')
    .option('--response <file>', 'answer that was kept, in the place of a question')
    .requiredOption('--certificate <file>', 'certificate that is asked for')
    .requiredOption('--issuer <file>', 'certificate of its issuer')
    .option('--no-nonce', 'ask without a nonce')
    .option('--get', 'ask by GET (RFC 6960 appendix A.1)')
    .option(...TIME)
    .addHelpText('after', `
Example:
  kibanctl pki ocsp --url http://127.0.0.1:8080/api/jpki-ca/v1/ocsp/sign --certificate holder.pem --issuer sign-ca.pem --token token.jwt`)
    .action(async (_options: unknown, command: Command) => {
      // --url is an option of every command. A token goes to a responder when the command line names it, as the environment's is for the estate.
      const { token, ...options } = command.optsWithGlobals<Record<string, unknown>>();
      const named = command.getOptionValueSourceWithGlobals('token') === 'cli' ? { token } : {};
      return (await import('./pki-ocsp.js')).askStatus(sessionOf(command, terminal), { ...options, ...named });
    });
}

/** The engine is loaded when a command needs it. */
function lazily(terminal: Terminal, run: (session: Session, options: unknown) => Promise<void>) {
  return (options: unknown, command: Command): Promise<void> => run(sessionOf(command, terminal), options);
}
