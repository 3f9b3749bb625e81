import { PkiError } from '../pki-error.js';
import { CKF_RW_SERIAL_SESSION, CKU_USER, type Handle, type Pkcs11Library, type TokenInfo, ckrOf, lookAgain } from './pkcs11-library.js';

export interface Pkcs11Settings {
  /** Path of the vendor's library. */
  readonly module: string;
  /** Label of the token. */
  readonly token: string;
  readonly pin: string;
  /** Signatures at once, default 4. Each takes a thread of Node while it runs (UV_THREADPOOL_SIZE, 4 unless set). */
  readonly sessions?: number;
  /** How many may wait for a session, default 256; more are refused with `TOKEN_BUSY`. */
  readonly waiting?: number;
}

/** One session with what was found in it: a handle is only sure in its own session (PKCS#11 2.40, CK_OBJECT_HANDLE). */
export interface TokenSession {
  readonly library: Pkcs11Library;
  readonly slot: Handle;
  readonly handle: Handle;
  readonly keys: Map<string, Handle>;
  /** What another thread reads; see C_SignAsync. */
  held: Buffer | undefined;
}

interface Call<T> {
  readonly work: (session: TokenSession) => T | Promise<T>;
  readonly repeatable: boolean;
  givenUp: boolean;
}

/** The token answers and refuses what it was asked; anything else is a fault of the session or of the token. */
const REFUSALS: ReadonlySet<string> = new Set(
  [
    'ARGUMENTS_BAD', 'ATTRIBUTE_READ_ONLY', 'ATTRIBUTE_SENSITIVE', 'ATTRIBUTE_TYPE_INVALID', 'ATTRIBUTE_VALUE_INVALID', 'DATA_INVALID',
    'DATA_LEN_RANGE', 'FUNCTION_NOT_SUPPORTED', 'FUNCTION_REJECTED', 'KEY_FUNCTION_NOT_PERMITTED', 'KEY_SIZE_RANGE', 'KEY_TYPE_INCONSISTENT',
    'MECHANISM_INVALID', 'MECHANISM_PARAM_INVALID', 'TEMPLATE_INCOMPLETE', 'TEMPLATE_INCONSISTENT', 'TOKEN_WRITE_PROTECTED',
  ].map((name) => `CKR_${name}`),
);

/** Failures in a row after which the token is left alone, and for how long. */
const FAILURES = 5;
const PAUSE_MS = 5_000;
/** Longer than a full line takes. */
const ANSWER_MS = 30_000;

/** Spares a token that is away, and those who would wait for it. */
class CircuitBreaker {
  #failures = 0;
  #until = 0;

  /** Faults `TOKEN_UNAVAILABLE` during a pause. */
  check(): void {
    if (this.#failures < FAILURES || performance.now() >= this.#until) return;
    throw new PkiError('TOKEN_UNAVAILABLE', 'token has failed repeatedly and is left alone for some seconds');
  }

  /** As `check`; and after a pause one call goes through, while the others wait for its outcome or one more pause. */
  admit(): void {
    this.check();
    if (this.#failures >= FAILURES) this.#until = performance.now() + PAUSE_MS;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  failed(): void {
    this.#failures += 1;
    this.#until = performance.now() + PAUSE_MS;
  }
}

/**
 * The sessions with one token. They are opened as they are needed; whichever fails is closed and the next call opens another, so that an
 * outage ends by itself. Faults of `use`: `TOKEN_UNAVAILABLE`, `TOKEN_BUSY`, and `KEY_STORE` for what no repetition mends.
 */
export class Pkcs11Token {
  readonly #settings: Pkcs11Settings;
  readonly #load: () => Promise<Pkcs11Library>;
  readonly #seats: number;
  readonly #mostWaiting: number;
  readonly #breaker = new CircuitBreaker();
  readonly #waiting: (() => void)[] = [];
  #idle: TokenSession[] = [];
  #library: Pkcs11Library | undefined;
  #busy = 0;
  #pinRefused = false;
  /** A library may go on failing after an outage, or after another process wrote the token, until it begins anew. */
  #isDoubtful = false;
  #closed = false;

  constructor(settings: Pkcs11Settings, load: () => Promise<Pkcs11Library>) {
    const { sessions = 4, waiting = 256 } = settings;
    if (!Number.isInteger(sessions) || sessions < 1 || !Number.isInteger(waiting) || waiting < 0) {
      throw new PkiError('KEY_STORE', 'sessions is not at least 1 or waiting not at least 0');
    }
    this.#settings = settings;
    this.#load = load;
    this.#seats = sessions;
    this.#mostWaiting = waiting;
  }

  /**
   * Does the work in a session of its own. After a fault of the session it is done once more in a new one, unless it may not be repeated;
   * such work, as generating a key, also takes as long as it takes.
   */
  async use<T>(work: Call<T>['work'], repeatable = true): Promise<T> {
    this.#breaker.check();
    const call = { work, repeatable, givenUp: false };
    return repeatable ? this.#inTime(call) : this.#serve(call);
  }

  /** Ends the sessions, those at work as soon as they are done. */
  close(): void {
    this.#closed = true;
    this.#forget();
  }

  /** A library that hangs cannot be stopped: its caller gets an answer, its session stays taken until it returns. */
  #inTime<T>(call: Call<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        call.givenUp = true;
        this.#breaker.failed();
        reject(new PkiError('TOKEN_UNAVAILABLE', 'token does not answer in time'));
      }, ANSWER_MS);
      void this.#serve(call)
        .then(resolve, reject)
        .finally(() => clearTimeout(timer));
    });
  }

  async #serve<T>(call: Call<T>): Promise<T> {
    await this.#turn();
    try {
      if (this.#closed) throw new PkiError('KEY_STORE', 'key store is closed');
      if (call.givenUp) throw new PkiError('TOKEN_UNAVAILABLE', 'call was given up');
      this.#breaker.admit();
      return await this.#attempt(call);
    } finally {
      this.#pass();
    }
  }

  /** A turn is handed on directly, first come first served. */
  async #turn(): Promise<void> {
    if (this.#busy < this.#seats) {
      this.#busy += 1;
      return;
    }
    if (this.#waiting.length >= this.#mostWaiting) throw new PkiError('TOKEN_BUSY', 'too many signatures wait for the token');
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #pass(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#busy -= 1;
    else next();
  }

  async #attempt<T>(call: Call<T>): Promise<T> {
    try {
      const result = await this.#inSession(call.work);
      this.#breaker.succeeded();
      return result;
    } catch (error) {
      const ckr = ckrOf(error);
      if (error instanceof PkiError) this.#breaker.succeeded();
      if (ckr === undefined) throw error;
      if (REFUSALS.has(ckr)) {
        this.#breaker.succeeded();
        throw new PkiError('KEY_STORE', `token refuses: ${ckr}`, error);
      }
      // What ended this session has ended those beside it.
      this.#forget();
      if (call.repeatable) return this.#attempt({ ...call, repeatable: false });
      this.#breaker.failed();
      this.#isDoubtful = true;
      throw new PkiError('TOKEN_UNAVAILABLE', `token fails: ${ckr}`, error);
    }
  }

  async #inSession<T>(work: Call<T>['work']): Promise<T> {
    const session = this.#idle.pop() ?? (await this.#open());
    let whole = false;
    try {
      const result = await work(session);
      whole = true;
      return result;
    } catch (error) {
      whole = error instanceof PkiError;
      throw error;
    } finally {
      session.held = undefined;
      if (whole && !this.#closed) this.#idle.push(session);
      else close(session);
    }
  }

  #forget(): void {
    const idle = this.#idle;
    this.#idle = [];
    idle.forEach(close);
  }

  async #open(): Promise<TokenSession> {
    this.#library ??= await this.#load();
    const library = this.#library;
    let slot = this.#isDoubtful ? undefined : slotOf(library, this.#settings.token);
    if (slot === undefined) {
      lookAgain(library);
      this.#isDoubtful = false;
      slot = slotOf(library, this.#settings.token);
    }
    if (slot === undefined) throw new Error('CKR_TOKEN_NOT_PRESENT');
    const session = { library, slot, handle: library.C_OpenSession(slot, CKF_RW_SERIAL_SESSION), keys: new Map<string, Handle>(), held: undefined };
    try {
      this.#login(session);
    } catch (error) {
      close(session);
      throw error;
    }
    return session;
  }

  /** The login is of the process, for all its sessions. A refused PIN is never sent again: the token would lock itself. */
  #login({ library, handle }: TokenSession): void {
    if (this.#pinRefused) throw new PkiError('KEY_STORE', 'token does not accept the PIN');
    try {
      library.C_Login(handle, CKU_USER, this.#settings.pin);
    } catch (error) {
      const ckr = ckrOf(error);
      if (ckr === 'CKR_USER_ALREADY_LOGGED_IN') return;
      this.#pinRefused = ckr !== undefined && ckr.startsWith('CKR_PIN_');
      throw this.#pinRefused ? new PkiError('KEY_STORE', 'token does not accept the PIN', error) : error;
    }
  }
}

function slotOf(library: Pkcs11Library, token: string): Handle | undefined {
  return library.C_GetSlotList(true).find((slot) => tokenText(library.C_GetTokenInfo(slot), 'label') === token);
}

function close({ library, handle }: TokenSession): void {
  try {
    library.C_CloseSession(handle);
  } catch (error) {
    if (ckrOf(error) === undefined) throw error;
  }
}

/** A text of the token without its padding. */
export function tokenText(info: TokenInfo, field: keyof TokenInfo): string {
  return info[field].replaceAll('\0', ' ').trim();
}
