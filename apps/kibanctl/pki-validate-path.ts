import { z } from 'zod';
import { CommandFault, usageFault } from './command-fault.js';
import { PkiFiles } from './pki-files.js';
import { answerJobs } from './pki-jobs.js';
import { type PathAnswer, answerOf } from './pki-path.js';
import { optionFault, questionFields, questionOf } from './pki-question.js';
import { REASON_TEXT } from './pki-reasons.js';
import type { Session } from './session.js';
import { shown } from './pki-text.js';
import { table } from './terminal.js';

const question = z.object(questionFields);
const options = z.looseObject({ jobs: z.string().optional() });

/** Validates one target, or those of a file of questions. */
export async function validatePathOf({ json, terminal }: Session, given: unknown): Promise<void> {
  const { jobs, ...asked } = options.parse(given);
  const names = Object.keys(asked).filter((name) => name in questionFields);
  if (jobs !== undefined) {
    if (names.length > 0) throw usageFault('--jobs has its questions in the file: leave the other options out.');
    return answerJobs(jobs, terminal);
  }
  const isWhole = ['target', 'anchor'].every((name) => names.includes(name));
  if (!isWhole) throw usageFault('Name what to validate: --target FILE and --anchor FILE, or --jobs FILE.');
  const parsed = question.safeParse(asked);
  if (!parsed.success) throw optionFault(parsed.error);
  const answer = answerOf(new PkiFiles(), questionOf(parsed.data));
  terminal.out(json ? `${JSON.stringify(answer)}\n` : textOf(answer));
  if (!answer.valid) throw new CommandFault(1, `The target is not valid: ${answer.reason ?? ''}.`);
}

function textOf({ valid, reason, detail, path, policies }: PathAnswer): string {
  const { ja, en } = reason === null ? { ja: '有効です。', en: 'The target is valid.' } : REASON_TEXT[reason];
  const more = valid ? ['POLICIES', policies.join(', ') || '-'] : ['', shown(detail ?? '')];
  const rows = [[reason ?? 'VALID', ja], ['', en], more];
  const steps = path.map(({ subject, issuer, serial, sha256 }) => [serial, shown(subject), shown(issuer), sha256]);
  return `${table(rows)}${steps.length === 0 ? '' : `\n${table([['SERIAL', 'SUBJECT', 'ISSUER', 'SHA-256'], ...steps])}`}`;
}
