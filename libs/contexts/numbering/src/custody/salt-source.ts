import { numberingProblems } from '#contracts/numbering';
import { log, type KeyStore } from '#platform';
import { SaltHealth, type SaltFault } from './salt-health.js';

/**
 * Salts of the key store, each block tested before it is used (NUM-7). Once a test fails nothing is drawn in this process until it
 * has been looked into and started again.
 */
export class SaltSource {
  private readonly health = new SaltHealth();
  private found: SaltFault | undefined;

  constructor(private readonly store: KeyStore) {}

  get fault(): SaltFault | undefined {
    return this.found;
  }

  /** Fills the block. Refuses SALT_SOURCE_FAULT, and UNAVAILABLE while the store is away. */
  readonly fill = (block: Buffer): Buffer => {
    if (this.found === undefined) {
      this.found = this.health.check(this.store.random(block));
      if (this.found === undefined) return block;
      log.error('alarm: the source of salts failed its health test; nothing is drawn', { action: 'numbering.salt-source', code: this.found });
    }
    throw numberingProblems.refuse('SALT_SOURCE_FAULT', { facts: { test: this.found } });
  };
}
