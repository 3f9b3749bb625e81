import { platformProblems } from '../problem/problems.js';
import type { Actor, InstitutionKind } from './actor.js';

/** Whose data: of its own municipality, of its own prefecture's area, or of the whole nation. */
export type Scope = 'own' | 'area' | 'nation';

/** One row of the policy table: which institution may do what, for which affairs, by which article. No row, no access. */
export interface PolicyRow {
  readonly action: string;
  readonly institution: InstitutionKind;
  /** Only these clients of that kind. */
  readonly clients?: readonly string[];
  /** Affairs for which it may be done; without this member no purpose is asked for (no personal data is touched). */
  readonly purposes?: readonly string[];
  readonly scope: Scope;
  /** Article of law, or the rule id of the context, that permits it. */
  readonly basis: string;
}

/** What was found permitted for one call. */
export interface Permission {
  readonly scope: Scope;
  readonly purpose?: string;
  readonly basis: string;
}

export class PolicyTable {
  private readonly rows = new Map<string, PolicyRow[]>();

  constructor(rows: readonly PolicyRow[]) {
    for (const row of rows) {
      const key = `${row.action}\0${row.institution}`;
      this.rows.set(key, [...(this.rows.get(key) ?? []), row]);
    }
  }

  /** Refuses ACTION_NOT_PERMITTED, PURPOSE_REQUIRED, PURPOSE_NOT_PERMITTED. */
  permit(actor: Actor, action: string, purpose: string | undefined): Permission {
    const rows = (this.rows.get(`${action}\0${actor.kind}`) ?? []).filter((row) => row.clients === undefined || row.clients.includes(actor.clientId));
    if (rows.length === 0) throw platformProblems.refuse('ACTION_NOT_PERMITTED', { facts: { action } });
    const free = rows.find((row) => row.purposes === undefined);
    if (free !== undefined) return { scope: free.scope, basis: free.basis, ...(purpose === undefined ? {} : { purpose }) };
    if (purpose === undefined || purpose === '') throw platformProblems.refuse('PURPOSE_REQUIRED', { facts: { action } });
    const row = rows.find((candidate) => candidate.purposes?.includes(purpose));
    if (row === undefined) throw platformProblems.refuse('PURPOSE_NOT_PERMITTED', { facts: { action } });
    return { scope: row.scope, purpose, basis: row.basis };
  }
}

/** Whether `permission` reaches data of this municipality (6-digit code). */
export function reaches(actor: Actor, permission: Permission, municipalityCode: string): boolean {
  switch (permission.scope) {
    case 'own':
      return actor.organisation === municipalityCode;
    case 'area':
      return actor.organisation.slice(0, 2) === municipalityCode.slice(0, 2);
    case 'nation':
      return true;
  }
}
