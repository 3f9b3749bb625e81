/**
 * Where the octets of a list are kept while it is made and from then on: of a large one they are nowhere in memory all at once. Places are counted
 * from its first entry, since how long what stands before the entries is shows when they are written; what stands before has negative places.
 */
export interface CrlPieces {
  /** Keeps octets from this place on; they may be overwritten once it resolves. */
  put(place: number, octets: Buffer): Promise<void>;
  /** What was put so far, in the order of places. */
  read(): AsyncIterable<Buffer>;
}

/** Of a list that fits into memory. */
export class HeldPieces implements CrlPieces {
  readonly #pieces: { readonly place: number; readonly octets: Buffer }[] = [];

  async put(place: number, octets: Buffer): Promise<void> {
    this.#pieces.push({ place, octets: Buffer.from(octets) });
  }

  async *read(): AsyncGenerator<Buffer, void, void> {
    yield this.whole();
  }

  whole(): Buffer {
    return Buffer.concat([...this.#pieces].sort((a, b) => a.place - b.place).map(({ octets }) => octets));
  }
}
