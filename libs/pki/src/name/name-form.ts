import { PkiError } from '../pki-error.js';

/** A set of names that a constraint speaks of. Names are given as the text of their form. */
export interface Subtree {
  /** Whether every host or person that the name stands for is inside. */
  covers(name: string): boolean;
  /** Whether one of them may be inside. */
  touches(name: string): boolean;
}

/** How names of one form, and constraints on them, are read (RFC 5280 4.2.1.10). `content` is what stands under the tag. */
export interface NameForm {
  /** Text that the subtrees of the form compare. Undefined for what no constraint can be applied to: such a name is refused. */
  textOf(content: Buffer): string | undefined;
  /** Faults `BAD_NAME` or `BAD_DER` unless the base is a constraint of the form. */
  subtreeOf(base: Buffer): Subtree;
}

export const EVERY_NAME: Subtree = { covers: () => true, touches: () => true };

/** Subtree without names that are partly inside. */
export function subtreeWhere(test: (name: string) => boolean): Subtree {
  return { covers: test, touches: test };
}

export function badConstraint(form: string): PkiError {
  return new PkiError('BAD_NAME', `name constraint is not of the form ${form}`);
}
