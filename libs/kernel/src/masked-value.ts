/**
 * A text that must not leak (番号法 art. 12, 住基法 art. 30-26): every way of printing shows only its kind. The text comes
 * out by `reveal()` alone, so each place that uses it can be found by name.
 */
export abstract class MaskedValue {
  abstract readonly kind: string;
  readonly #text: string;

  protected constructor(text: string) {
    this.#text = text;
  }

  /** The text itself; for the wire, the cipher and the screen of an authorised reader, never for a log. */
  reveal(): string {
    return this.#text;
  }

  /** True for the same kind and the same text. */
  equals(other: unknown): boolean {
    return other instanceof MaskedValue && other.kind === this.kind && other.#text === this.#text;
  }

  toString(): string {
    return `[${this.kind}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
