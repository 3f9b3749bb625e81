/** Values by key, the least recently used dropped beyond `limit`: for work that is dear and always gives the same result. */
export class BoundedCache<V extends NonNullable<unknown>, K = string> {
  readonly #limit: number;
  readonly #values = new Map<K, V>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: K): V | undefined {
    const found = this.#values.get(key);
    if (found !== undefined) {
      this.#values.delete(key);
      this.#values.set(key, found);
    }
    return found;
  }

  set(key: K, value: V): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    const [oldest] = this.#values.size > this.#limit ? this.#values.keys() : [];
    if (oldest !== undefined) this.#values.delete(oldest);
  }
}
