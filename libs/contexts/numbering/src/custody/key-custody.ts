import { localDateInJapan, Refusal } from '#kernel';
import { numberingProblems } from '#contracts/numbering';
import { ConfigFault, insertAuditLines, log, macOf, platformProblems, uuidv7, type Clock, type Ctx, type Database, type KeptKey, type KeyStore, type Mac } from '#platform';
import { checkValueOf, SALT_BYTES, type DrawKey } from '../construction/construction.js';
import type { Draw } from '../construction/draw.js';
import type { CeremonyRecord, KeyCeremonyStore } from './key-ceremony.store.js';
import { SaltSource } from './salt-source.js';

/** Makes the draw from a key and a source that fills blocks with salts. */
export type DrawGenerator = (key: DrawKey, salts: (block: Buffer) => Buffer) => Draw;

/** A process that does not draw forgets its key. */
const KEPT_MS = 60_000;
const UNUSABLE = 'alarm: the key does not open or is not the one of its ceremony; nothing is drawn. Three officers put it back from their shares, or a new ceremony is held';
const NOT_FOR_PRODUCTION = 'Embedded default: the software key store made this key at the first start, without officers, witnesses or a token. Not for production.';

interface CustodyParts {
  readonly store: KeyStore;
  readonly ceremonies: KeyCeremonyStore;
  readonly generator: DrawGenerator;
  /** Keys and numbers of the training realm. */
  readonly training: boolean;
}

/** The key of the active ceremony, and nothing in its place (NUM-4.9, NUM-7). */
export class KeyCustody {
  readonly salts: SaltSource;
  private held: { readonly ceremonyId: string; readonly draw: Draw } | undefined;
  /** The ceremony whose key was found unusable: one alarm until a key opens again. */
  private unusable: string | undefined;
  private readonly forgetting = setTimeout(() => (this.held = undefined), KEPT_MS).unref();

  constructor(readonly parts: CustodyParts) {
    this.salts = new SaltSource(parts.store);
  }

  /** At the start: the software store has a key from then on, which a ceremony replaces; a token has none before its first ceremony. */
  async prepare(database: Database, clock: Clock): Promise<void> {
    const { store, ceremonies, training } = this.parts;
    await store.prepare();
    await database.transaction(async (db) => {
      await db.run("SELECT pg_advisory_xact_lock(hashtext('numbering.key-ceremony'))");
      const earlier = await ceremonies.all(db);
      if (earlier.some((ceremony) => ceremony.training !== training)) throw new ConfigFault('KIBAN_REALM: the numbers of this database are of another realm');
      if (store.kind !== 'SOFTWARE' || earlier.length > 0) return;
      const [ceremonyId, now] = [uuidv7(), clock.now()];
      const ceremony = newCeremony({ ceremonyId, origin: 'EMBEDDED_DEFAULT', heldOn: localDateInJapan(now), custody: store.kind, working: true, training, custodians: [] });
      await ceremonies.add(db, ceremony, now);
      await ceremonies.save(db, { ...ceremony, ...this.makeKey(ceremony), state: 'KEY_ACTIVE', minutes: NOT_FOR_PRODUCTION, activatedAt: now }, now);
      await insertAuditLines(db, [{
        at: now,
        entry: {
          action: 'numbering.key-ceremony.embed', client: 'svc-numbering', institution: 'service', organisation: 'numbering', basis: 'NUM-3.7', outcome: 'DONE',
          object: `key-ceremony:${ceremonyId}`, facts: { state: 'KEY_ACTIVE', origin: 'EMBEDDED_DEFAULT' }, correlationId: `key-ceremony-${ceremonyId}`,
        },
      }]);
    });
  }

  /** Makes the key of a ceremony, or finds what was made before a kill. */
  makeKey({ keyLabel, working }: CeremonyRecord): Pick<CeremonyRecord, 'custody' | 'sealedKey' | 'keyCheckValue'> {
    const { store } = this.parts;
    const kept = store.create(keyLabel, working);
    return { custody: store.kind, sealedKey: kept.sealed, keyCheckValue: checkValueOf(store.open(kept)) };
  }

  /** Destroys it. Refuses UNAVAILABLE when its token is not the present store; of a key of the software store the seal alone is kept. */
  destroyKey(ceremony: CeremonyRecord): void {
    const { store } = this.parts;
    if (ceremony.custody === store.kind) store.destroy(keptOf(ceremony));
    else if (ceremony.custody !== 'SOFTWARE') throw platformProblems.refuse('UNAVAILABLE', { facts: { custody: ceremony.custody } });
  }

  /** Before each drawing: its key is that of the active ceremony. Refuses KEY_NOT_ACTIVE, and UNAVAILABLE while the store is away. */
  async permit({ db }: Ctx): Promise<void> {
    const active = await this.parts.ceremonies.active(db);
    if (active === undefined || active.custody !== this.parts.store.kind) throw numberingProblems.refuse('KEY_NOT_ACTIVE');
    if (this.held?.ceremonyId !== active.ceremonyId) this.held = { ceremonyId: active.ceremonyId, draw: this.drawUnder(active) };
    this.forgetting.refresh();
  }

  /** Whether a drawing would find its key and its salts now. */
  async canDraw(ctx: Ctx): Promise<boolean> {
    try {
      await this.permit(ctx);
      this.parts.store.random(Buffer.alloc(SALT_BYTES));
      return this.salts.fault === undefined;
    } catch (error) {
      if (error instanceof Refusal) return false;
      throw error;
    }
  }

  /** Draws under the permitted key. */
  readonly draw: Draw = (residentCode) => {
    if (this.held === undefined) throw platformProblems.refuse('UNAVAILABLE');
    return this.held.draw(residentCode);
  };

  /** Whether this is the key that its ceremony made. Refuses UNAVAILABLE while its store is away or another. */
  isKeyOf(ceremony: CeremonyRecord): boolean {
    if (ceremony.custody !== this.parts.store.kind) throw platformProblems.refuse('UNAVAILABLE', { facts: { custody: ceremony.custody } });
    return this.keyOf(ceremony) !== undefined;
  }

  private drawUnder(ceremony: CeremonyRecord): Draw {
    const mac = this.keyOf(ceremony);
    if (mac === undefined) {
      if (this.unusable !== ceremony.ceremonyId) log.error(UNUSABLE, { action: 'numbering.key-custody', code: 'KEY_UNUSABLE' });
      this.unusable = ceremony.ceremonyId;
      throw numberingProblems.refuse('KEY_NOT_ACTIVE', { facts: { cause: 'KEY_UNUSABLE' } });
    }
    this.unusable = undefined;
    return this.parts.generator(mac, this.salts.fill);
  }

  /** The key that its ceremony made; undefined when what is kept of it does not open, or is another key. */
  private keyOf(ceremony: CeremonyRecord): Mac | undefined {
    try {
      const mac = macOf(this.parts.store.open(keptOf(ceremony)));
      return checkValueOf(mac) === ceremony.keyCheckValue ? mac : undefined;
    } catch (error) {
      if (error instanceof Refusal) throw error;
      return undefined;
    }
  }
}

/** A ceremony as it is planned. */
export function newCeremony(plan: Pick<CeremonyRecord, 'ceremonyId' | 'origin' | 'heldOn' | 'custody' | 'working' | 'training' | 'custodians'>): CeremonyRecord {
  return {
    ...plan, state: 'PLANNED', keyLabel: `numbering.K.${plan.training ? 'training.' : ''}${plan.ceremonyId}`, minutes: null, minutesBy: null, keyCheckValue: null, sealedKey: null,
    activatedAt: null, rotatedAt: null, destructionBy: null, restorations: [], version: 1,
  };
}

function keptOf({ keyLabel, sealedKey }: CeremonyRecord): KeptKey {
  return { label: keyLabel, sealed: sealedKey };
}
