import { InvalidValue, Refusal, type Facts, type FieldFault } from '#kernel';
import { ZodError } from 'zod';
import { isOutage } from './outage.js';
import { platformProblems } from './problems.js';

/** A problem document (RFC 9457) with our extension members. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly correlationId: string;
  readonly facts?: Facts;
  readonly errors?: readonly FieldFault[];
}

export type Language = 'ja' | 'en';

/** The better of our two languages for an `Accept-Language` header (RFC 9110 §12.5.4); Japanese when nothing is said. */
export function languageFor(header: string | undefined): Language {
  let best: { language: Language; weight: number } = { language: 'ja', weight: 0 };
  for (const part of (header ?? '').split(',')) {
    const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
    const quality = parameters.map((parameter) => /^\s*q=([0-9.]+)$/.exec(parameter)?.[1]).find((value) => value !== undefined);
    const weight = quality === undefined ? 1 : Number(quality);
    const language = tag.startsWith('en') ? 'en' : tag.startsWith('ja') ? 'ja' : undefined;
    if (language !== undefined && weight > best.weight) best = { language, weight };
  }
  return best.language;
}

/** Any thrown thing as a Refusal: rules and faulty input keep their code, an outage is UNAVAILABLE, all else becomes INTERNAL; both with their detail left out. */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof ZodError) return platformProblems.refuse('INVALID_INPUT', { fields: error.issues.map(fieldFault) });
  if (error instanceof InvalidValue) return platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: `/${error.kind}`, code: error.fault }] });
  return platformProblems.refuse(isOutage(error) ? 'UNAVAILABLE' : 'INTERNAL');
}

/** A rule of ours names its code as `params.code`; the checks of the schema language keep theirs. */
function fieldFault(issue: ZodError['issues'][number]): FieldFault {
  const pointer = `/${issue.path.map((step) => String(step).replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`;
  const own: unknown = issue.code === 'custom' ? issue.params?.['code'] : undefined;
  return { pointer, code: typeof own === 'string' ? own : issue.code.toUpperCase() };
}

export function problemOf(refusal: Refusal, language: Language, correlationId: string): Problem {
  return {
    type: `urn:kiban:problem:${refusal.context}:${refusal.code}`,
    title: refusal.definition[language],
    status: refusal.definition.status,
    code: refusal.code,
    correlationId,
    ...(Object.keys(refusal.facts).length === 0 ? {} : { facts: refusal.facts }),
    ...(refusal.fields.length === 0 ? {} : { errors: refusal.fields }),
  };
}
