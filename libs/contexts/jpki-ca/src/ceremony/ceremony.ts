import type { GenerationState } from '../ca/generation.js';

/** JPKI 3.2. */
export const CEREMONY_STATES = ['SCHEDULED', 'QUORUM_PRESENT', 'EXECUTING', 'MINUTES_SIGNED', 'CLOSED', 'ABORTED'] as const;
export type CeremonyState = (typeof CEREMONY_STATES)[number];

export const CEREMONY_KINDS = ['GENERATE', 'ACTIVATE', 'CLOSE'] as const;
export type CeremonyKind = (typeof CEREMONY_KINDS)[number];

export const CEREMONY_ROLES = ['ADMINISTRATOR', 'WITNESS', 'OPERATOR', 'SHARE_HOLDER', 'POLICY_AUTHORITY'] as const;
export type CeremonyRole = (typeof CEREMONY_ROLES)[number];

export const STEP_CODES = ['GENERATE_KEY', 'CERTIFY', 'CONFIRM_FINGERPRINT', 'APPROVE', 'PROVE_KEY', 'ACTIVATE', 'END_USE', 'DESTROY_KEY', 'PROVE_GONE'] as const;
export type StepCode = (typeof STEP_CODES)[number];

/** A named officer of the operator with his role; `presentAt` and `signedAt` once he has said so himself. */
export interface Participant {
  readonly officer: string;
  readonly role: CeremonyRole;
  readonly presentAt: string | null;
  readonly signedAt: string | null;
}

export type Findings = Readonly<Record<string, string | number>>;

/** A step of the script, and what was found when it was done. */
export interface Step {
  readonly code: StepCode;
  readonly by: CeremonyRole;
  /** Done by another officer than this step (dual control). */
  readonly apart?: StepCode;
  readonly expected: Findings;
  readonly doneAt: string | null;
  readonly doneBy: string | null;
  readonly found: Findings | null;
}

interface Seats {
  readonly named: number;
  /** So many have to be there. */
  readonly needed: number;
}

interface KindRule {
  /** States of the generation in which it may be scheduled. */
  readonly from: readonly GenerationState[];
  readonly roles: Readonly<Partial<Record<CeremonyRole, Seats>>>;
  /** Closes it. */
  readonly chair: CeremonyRole;
}

const ONE = { named: 1, needed: 1 };
const TWO = { named: 2, needed: 2 };
const OFFICIALS = { ADMINISTRATOR: ONE, WITNESS: ONE, OPERATOR: TWO, SHARE_HOLDER: { named: 5, needed: 3 } };

/** Who is needed for what: a key is made and destroyed before share holders and the auditor, and put to use by the policy authority. */
export const CEREMONIES: Readonly<Record<CeremonyKind, KindRule>> = {
  GENERATE: { from: ['PLANNED'], roles: OFFICIALS, chair: 'ADMINISTRATOR' },
  ACTIVATE: { from: ['CERTIFIED'], roles: { POLICY_AUTHORITY: ONE, OPERATOR: TWO }, chair: 'POLICY_AUTHORITY' },
  CLOSE: { from: ['RETIRING', 'COMPROMISED'], roles: OFFICIALS, chair: 'ADMINISTRATOR' },
};

export interface ScriptFacts {
  readonly keyId: string;
  /** Of the key that exists. */
  readonly keyChecksum: string | null;
  /** The generation in force that the new one is linked to. */
  readonly former: number | undefined;
}

/** The script of a ceremony, step by step with the expected values (JPKI 3.2). */
export function scriptOf(kind: CeremonyKind, { keyId, keyChecksum, former }: ScriptFacts): Step[] {
  const certificates = ['ROOT', ...(former === undefined ? [] : ['OLD_WITH_NEW', 'NEW_WITH_OLD'])];
  const confirmed = (certificate: string): Step => step('CONFIRM_FINGERPRINT', 'WITNESS', { certificate });
  switch (kind) {
    case 'GENERATE':
      return [
        step('GENERATE_KEY', 'OPERATOR', { keyId, modulusBits: 2048, exponent: 65537 }),
        step('CERTIFY', 'OPERATOR', { certificates: certificates.join(' '), former: former ?? 0 }, 'GENERATE_KEY'),
        ...certificates.map(confirmed),
      ];
    case 'ACTIVATE':
      return [
        step('APPROVE', 'POLICY_AUTHORITY', { state: 'CERTIFIED' }),
        step('PROVE_KEY', 'OPERATOR', { keyChecksum: keyChecksum ?? '' }),
        step('ACTIVATE', 'OPERATOR', { state: 'ACTIVE' }, 'PROVE_KEY'),
      ];
    case 'CLOSE':
      return [
        confirmed('ROOT'),
        step('END_USE', 'ADMINISTRATOR', { keyId }),
        step('DESTROY_KEY', 'OPERATOR', { keyId }),
        step('PROVE_GONE', 'OPERATOR', { keysFound: 0, state: 'CLOSED' }, 'DESTROY_KEY'),
      ];
  }
}

function step(code: StepCode, by: CeremonyRole, expected: Findings, apart?: StepCode): Step {
  return { code, by, expected, ...(apart === undefined ? {} : { apart }), doneAt: null, doneBy: null, found: null };
}

/** What is wrong with the people of a plan: ROLES when their number is not that of the kind, PERSON_TWICE when somebody has two. */
export function participantsFault(kind: CeremonyKind, participants: readonly Pick<Participant, 'officer' | 'role'>[]): 'ROLES' | 'PERSON_TWICE' | undefined {
  if (new Set(participants.map(({ officer }) => officer)).size !== participants.length) return 'PERSON_TWICE';
  const fits = CEREMONY_ROLES.every((role) => participants.filter((one) => one.role === role).length === (CEREMONIES[kind].roles[role]?.named ?? 0));
  return fits ? undefined : 'ROLES';
}

export interface Ceremony {
  readonly kind: CeremonyKind;
  readonly state: CeremonyState;
  readonly participants: readonly Participant[];
  readonly steps: readonly Step[];
}

export function hasQuorum({ kind, participants }: Pick<Ceremony, 'kind' | 'participants'>): boolean {
  return CEREMONY_ROLES.every((role) => participants.filter((one) => one.role === role && one.presentAt !== null).length >= (CEREMONIES[kind].roles[role]?.needed ?? 0));
}

/** Position of the step that is next; -1 when all are done. */
export function nextStep(steps: readonly Step[]): number {
  return steps.findIndex(({ doneAt }) => doneAt === null);
}

/** Its people may come until the first step is taken; then everybody signs for all steps. */
export function mayAttend({ state }: Pick<Ceremony, 'state'>): boolean {
  return state === 'SCHEDULED' || state === 'QUORUM_PRESENT';
}

export function isOver({ state }: Pick<Ceremony, 'state'>): boolean {
  return state === 'CLOSED' || state === 'ABORTED';
}

export type StepFault = 'QUORUM_MISSING' | 'NOT_IN_STATE' | 'STEP_ORDER' | 'NOT_IN_ROLE' | 'SAME_OFFICER';

/** Why an officer may not do this step now. */
export function stepFault(ceremony: Ceremony, index: number, officer: string): StepFault | undefined {
  const { state, steps, participants } = ceremony;
  if (state === 'SCHEDULED') return 'QUORUM_MISSING';
  const wanted = steps[index];
  if (state !== 'QUORUM_PRESENT' && state !== 'EXECUTING') return 'NOT_IN_STATE';
  if (wanted === undefined || index !== nextStep(steps)) return 'STEP_ORDER';
  const person = participants.find((one) => one.officer === officer);
  if (person?.role !== wanted.by || person.presentAt === null) return 'NOT_IN_ROLE';
  return steps.some(({ code, doneBy }) => code === wanted.apart && doneBy === officer) ? 'SAME_OFFICER' : undefined;
}

/** The first value that is not as the script expects, by name. */
export function differing(expected: Findings, found: Findings): string | undefined {
  return Object.keys(expected).find((name) => expected[name] !== found[name]);
}

/** Everybody who was there has signed the minutes. */
export function isSigned(participants: readonly Participant[]): boolean {
  return participants.every(({ presentAt, signedAt }) => presentAt === null || signedAt !== null);
}

/** A digest as people type it: in groups, in either case. */
export function typedDigest(text: string): string {
  return text.replace(/[\s:]/g, '').toLowerCase();
}
