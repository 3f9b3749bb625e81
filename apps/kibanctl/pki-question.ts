import { z } from 'zod';
import { oid } from '#pki';
import { type CommandFault, usageFault } from './command-fault.js';
import type { PathQuestion } from './pki-path.js';

const text = z.string().min(1);
const texts = z.union([text, z.array(text)]).transform((given) => (typeof given === 'string' ? [given] : given));
const flag = z.boolean().nullish();
/** Short names of purposes (RFC 5280 4.2.1.12); any other is named by its OID. */
const PURPOSES = ['serverAuth', 'clientAuth', 'codeSigning', 'emailProtection', 'timeStamping', 'OCSPSigning'];

/** An instant that may be named. */
export const timeField = z.iso.datetime({ offset: true, error: 'is no time of RFC 3339, such as 2026-01-31T00:00:00Z' }).nullish();

/** Members of a question, the same for options and for lines of a file. */
export const questionFields = {
  target: text, anchor: texts.refine((paths) => paths.length > 0, 'names none'), intermediates: texts.nullish(), crls: texts.nullish(),
  time: timeField,
  initialPolicy: z.array(z.string().refine(isOid, 'is no object identifier')).nullish(), explicitPolicy: flag, inhibitMapping: flag, inhibitAny: flag,
  checkRevocation: flag, anchorConstraints: flag,
  purpose: z.string().refine((name) => PURPOSES.includes(name) || isOid(name), `is neither an OID nor one of ${PURPOSES.join(', ')}`).nullish(),
  peerName: text.nullish(),
};

type Asked = z.output<z.ZodObject<typeof questionFields>>;

/** The question with what was left out; an empty list of policies is one that was left out. */
export function questionOf(asked: Asked): PathQuestion {
  const { time, initialPolicy, anchorConstraints, purpose, peerName } = asked;
  return {
    target: asked.target, anchors: asked.anchor, intermediates: asked.intermediates ?? [], crls: asked.crls ?? [], at: timeOf(time),
    ...(initialPolicy === undefined || initialPolicy === null || initialPolicy.length === 0 ? {} : { initialPolicies: initialPolicy }),
    explicitPolicy: asked.explicitPolicy === true, inhibitMapping: asked.inhibitMapping === true, inhibitAny: asked.inhibitAny === true,
    checkRevocation: asked.checkRevocation === true,
    ...(anchorConstraints === undefined || anchorConstraints === null ? {} : { anchorConstraints }),
    ...(purpose === undefined || purpose === null ? {} : { purpose }), ...(peerName === undefined || peerName === null ? {} : { peerName }),
  };
}

/** The instant that is named, else now. */
export function timeOf(given: string | null | undefined): Date {
  return given === undefined || given === null ? new Date() : new Date(given);
}

/** What is wrong with a question, naming the member. */
export function faultText({ issues: [issue] }: z.ZodError): string {
  if (issue?.code === 'unrecognized_keys') return `unknown key ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}`;
  return issue === undefined || issue.path.length === 0 ? 'no JSON object' : `${issue.path.join('.')}: ${issue.message}`;
}

/** The same of options. */
export function optionFault({ issues: [issue] }: z.ZodError): CommandFault {
  const option = String(issue?.path[0] ?? '').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return usageFault(`--${option}: ${issue?.message ?? 'is not as it must be'}`);
}

function isOid(dotted: string): boolean {
  try {
    return oid(dotted).length > 0;
  } catch {
    return false;
  }
}
