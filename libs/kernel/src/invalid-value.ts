/**
 * A text that is not a value of its kind. Carries the kind (`residentCode`) and a stable fault (`FORMAT`, `CHECK_DIGIT`,
 * ...) but never the text itself, because the text may be a personal number.
 */
export class InvalidValue extends Error {
  override readonly name = 'InvalidValue';
  readonly kind: string;
  readonly fault: string;

  constructor(kind: string, fault: string) {
    super(`${kind}:${fault}`);
    this.kind = kind;
    this.fault = fault;
  }
}
