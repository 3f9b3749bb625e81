import { messageLength } from './message.js';

/** Cuts a stream of octets into LDAP messages: whatever its pieces, each octet is copied once or twice. */
export class Framing {
  private chunks: Buffer[] = [];
  private length = 0;
  /** With fewer octets nothing can be told. */
  private needed = 2;

  /** Whether a message has begun that has not ended. */
  get isPartial(): boolean {
    return this.length > 0;
  }

  /** The messages that are whole now. Throws ProtocolFault. */
  *take(chunk: Buffer): Generator<Buffer, void, void> {
    this.chunks.push(chunk);
    this.length += chunk.length;
    while (this.length >= this.needed) {
      // Many messages that came in one piece are cut from it where it lies.
      const bytes = (this.chunks.length === 1 ? this.chunks[0] : undefined) ?? Buffer.concat(this.chunks);
      const end = messageLength(bytes);
      this.needed = end ?? this.length + 1;
      this.chunks = [bytes];
      if (end === undefined || this.length < end) continue;
      this.chunks = [bytes.subarray(end)];
      this.length -= end;
      this.needed = 2;
      yield bytes.subarray(0, end);
    }
  }
}
