import { platformProblems } from '../problem/problems.js';

/** Kinds of institution that the policy table knows. `service` is a context of Kiban itself. */
export const INSTITUTION_KINDS = [
  'municipality', 'prefecture', 'national-agency', 'signature-verifier', 'card-maker', 'kiosk-operator', 'operator', 'auditor', 'service',
] as const;

/** Of an access token; `guest` has none: a person whom a context let in by a credential of its own (`GuestDoor`). */
export type InstitutionKind = (typeof INSTITUTION_KINDS)[number] | 'guest';

/** Who asks: the client of the access token and the institution it belongs to. */
export interface Actor {
  readonly clientId: string;
  readonly kind: InstitutionKind;
  /** Municipality code, prefecture number, or the institution's short name. */
  readonly organisation: string;
  /** Person at the institution, as asserted by it; opaque. */
  readonly operator?: string;
  /** Terminal at which the person asks, as the institution names it with the call; opaque. */
  readonly terminal?: string;
}

export const TERMINAL = /^[A-Za-z0-9._-]{1,64}$/;

/** The actor at the terminal that `Kiban-Terminal` names, if it does; refuses INVALID_INPUT. */
export function atTerminal(actor: Actor, terminal: string | undefined): Actor {
  if (terminal === undefined) return actor;
  if (!TERMINAL.test(terminal)) throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: '/kiban-terminal', code: 'FORMAT' }] });
  return { ...actor, terminal };
}
