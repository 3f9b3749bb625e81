import type { Platform } from '#platform';
import { AssignmentMoveStore } from './assignment/assignment-move.store.js';
import { AssignmentStore } from './assignment/assignment.store.js';
import { HeldRequestStore } from './assignment/held-request.store.js';
import { BatchStore } from './batch/batch.store.js';
import type { Draw } from './construction/draw.js';
import { KeyCeremonyStore } from './custody/key-ceremony.store.js';
import { KeyCustody, type DrawGenerator } from './custody/key-custody.js';
import { ExchangeStore } from './exchange/exchange.store.js';
import { FileExchange } from './exchange/file-exchange.js';
import { DrawingGate } from './ledger/drawing-gate.js';
import { LedgerHeadStore } from './ledger/ledger-head.store.js';
import { LinkStore } from './link/link.store.js';
import type { Realm } from './realm/realm.js';
import { drawForTraining } from './realm/training-draw.js';
import { ResidentRegister } from './register/resident-register.js';
import { WaveGate } from './wave/wave-gate.js';
import { WaveStore } from './wave/wave.store.js';

/** Numbers and what brings them: for all features that draw, move or read them. */
export class Numbers {
  readonly realm: Realm;
  readonly assignments: AssignmentStore;
  readonly moves = new AssignmentMoveStore();
  readonly held: HeldRequestStore;
  readonly links: LinkStore;
  readonly batches = new BatchStore();
  readonly waves = new WaveStore();
  readonly gate: WaveGate;
  readonly register: ResidentRegister;
  readonly exchange: ExchangeStore;
  readonly files: FileExchange;
  readonly custody: KeyCustody;
  readonly draw: Draw;
  readonly drawing: DrawingGate;

  constructor({ cipher, config: { realm }, keyStore, marks, peers }: Platform, generator: DrawGenerator) {
    this.realm = realm;
    this.assignments = new AssignmentStore(cipher);
    this.held = new HeldRequestStore(this.assignments);
    this.links = new LinkStore(cipher, this.assignments);
    this.gate = new WaveGate(this.waves);
    this.register = new ResidentRegister(peers);
    this.exchange = new ExchangeStore(cipher);
    this.files = new FileExchange(this.exchange);
    this.custody = new KeyCustody({ store: keyStore, ceremonies: new KeyCeremonyStore(), generator: realm === 'training' ? drawForTraining(generator) : generator, training: realm === 'training' });
    this.draw = this.custody.draw;
    this.drawing = new DrawingGate(new LedgerHeadStore(), marks, this.custody);
  }
}
