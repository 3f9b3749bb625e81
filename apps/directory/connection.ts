import { once } from 'node:events';
import { isIPv4, type Socket } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';
import { log } from '#platform';
import { ProtocolFault } from './ber.js';
import { Refused, type EstateReader } from './estate-reader.js';
import { Framing } from './framing.js';
import { directorySeconds } from './measures.js';
import { EXTENSION, SUCCESS, readMessage, writeDisconnection, writeEntry, writeExtended, writeResult, type ExtendedRequest, type LdapMessage, type Request, type Result } from './message.js';
import { CONTROLS, search } from './search.js';
import { bind, type Session } from './session.js';

/** Operations of a connection that may wait; who sends more is not read from. */
const MAX_WAITING = 16;
const SEARCH_SECONDS = 60;
/** An answer up to so many octets goes as one piece. */
const COPIED = 65_536;
/** A message that has begun is whole within this time. */
const MESSAGE_MS = 30_000;
/** So long a client may take to hear the end. */
const LINGER_MS = 2_000;

export interface ConnectionParts {
  readonly estate: Pick<EstateReader, 'admits' | 'list' | 'tree'>;
  readonly idleMs: number;
  /** For StartTLS; undefined where there is no key. */
  readonly secureContext: SecureContext | undefined;
}

/** One client: its operations are carried out one after the other, in the order in which they came (RFC 4511 3.1). */
export class Connection {
  private readonly waiting: LdapMessage[] = [];
  private readonly gone = new AbortController();
  private framing = new Framing();
  private session: Session | undefined;
  private current: { readonly id: number; readonly request: Request; readonly over: AbortController } | undefined;
  private overdue: NodeJS.Timeout | undefined;

  constructor(
    private socket: Socket,
    private readonly parts: ConnectionParts,
  ) {
    this.attach();
  }

  /** Takes nothing more; says so to the client. */
  close(): void {
    this.finish(writeDisconnection({ code: 'unavailable', diagnostic: 'the directory stops' }));
  }

  private attach(): void {
    const { socket } = this;
    socket.setNoDelay(true);
    socket.setTimeout(this.parts.idleMs, () => socket.destroy());
    socket.on('data', (chunk: Buffer) => this.take(chunk));
    socket.on('end', this.leave);
    socket.on('error', () => socket.destroy());
    socket.on('close', this.leave);
  }

  private readonly leave = (): void => {
    clearTimeout(this.overdue);
    this.waiting.length = 0;
    this.gone.abort();
    this.current?.over.abort();
  };

  /** Hears nothing more; what it still says is its last. */
  private finish(last?: Buffer): void {
    this.leave();
    const { socket } = this;
    socket.removeAllListeners('data').resume();
    if (last === undefined) socket.end();
    else socket.end(last);
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  }

  private take(chunk: Buffer): void {
    let isNew = !this.framing.isPartial;
    try {
      for (const bytes of this.framing.take(chunk)) {
        isNew = true;
        const message = readMessage(bytes);
        if (message.request.kind === 'unbind') return this.finish();
        if (message.request.kind === 'abandon') this.abandon(message.request.id);
        else this.waiting.push(message);
      }
    } catch (error) {
      return this.disconnect(error);
    }
    if (isNew) this.awaitRest();
    if (this.waiting.length >= MAX_WAITING) {
      this.socket.pause();
      // The rest of a message may have come: nobody reads it meanwhile.
      clearTimeout(this.overdue);
    }
    if (this.current === undefined) void this.work();
  }

  /** The time of a message begins, where one has. */
  private awaitRest(): void {
    clearTimeout(this.overdue);
    if (this.framing.isPartial) this.overdue = setTimeout(() => this.disconnect(new ProtocolFault('a message does not end')), MESSAGE_MS);
  }

  /** Of an abandoned operation nothing more is heard (RFC 4511 4.11). */
  private abandon(id: number): void {
    if (this.current?.id === id && canBeAbandoned(this.current.request)) this.current.over.abort();
    const at = this.waiting.findIndex((message) => message.id === id && canBeAbandoned(message.request));
    if (at >= 0) this.waiting.splice(at, 1);
  }

  private disconnect(error: unknown): void {
    if (!(error instanceof ProtocolFault)) log.error('a message could not be read', { context: 'directory', error });
    this.finish(writeDisconnection({ code: 'protocolError', diagnostic: error instanceof ProtocolFault ? error.message : '' }));
  }

  private async work(): Promise<void> {
    for (let message = this.waiting.shift(); message !== undefined; message = this.waiting.shift()) {
      const over = new AbortController();
      this.current = { id: message.id, request: message.request, over };
      if (this.waiting.length < MAX_WAITING && this.socket.isPaused()) {
        this.socket.resume();
        this.awaitRest();
      }
      const end = directorySeconds.startTimer({ operation: message.request.kind });
      try {
        const result = await this.answer(message, over.signal);
        end({ result: result.code });
      } catch (error) {
        // The client is gone, or abandoned what it asked.
        end({ result: 'abandoned' });
        if (!over.signal.aborted) this.disconnect(error);
      }
      this.current = undefined;
    }
  }

  private async answer({ id, request, criticalControls }: LdapMessage, signal: AbortSignal): Promise<Result> {
    if (criticalControls.some((control) => !CONTROLS.includes(control))) return this.end(id, request, { code: 'unavailableCriticalExtension' });
    switch (request.kind) {
      case 'bind':
        // Whatever comes of it, who was bound before is not (RFC 4513 4).
        this.session = undefined;
        return this.end(id, request, await this.orRefused(async () => {
          const { result, session } = await bind(request, this.parts.estate, { isPrivate: this.isPrivate(), signal });
          this.session = session;
          return result;
        }));
      case 'search': {
        const overtime = AbortSignal.timeout(1_000 * Math.min(request.timeLimit === 0 ? SEARCH_SECONDS : request.timeLimit, SEARCH_SECONDS));
        const send = (dn: string, attributes: Parameters<typeof writeEntry>[2]): Promise<void> => this.write(writeEntry(id, dn, attributes), signal);
        const searcher = { token: this.session?.token, signal: AbortSignal.any([signal, overtime]), hasStartTls: this.canStartTls(), send };
        return this.end(id, request, await this.orRefused(async () => {
          try {
            return await search(request, this.parts.estate, searcher);
          } catch (error) {
            if (overtime.aborted && !signal.aborted) return { code: 'timeLimitExceeded' };
            throw error;
          }
        }));
      }
      case 'extended':
        return this.extend(id, request, signal);
      default:
        return this.end(id, request, { code: 'unwillingToPerform', diagnostic: 'this directory is read by searches' });
    }
  }

  private async orRefused(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Refused) return error.result;
      throw error;
    }
  }

  private async end(id: number, request: Request, result: Result): Promise<Result> {
    if (request.kind === 'extended') await this.write(writeExtended(id, result), this.gone.signal);
    else if (request.kind === 'bind' || request.kind === 'search') await this.write(writeResult(id, request.kind, result), this.gone.signal);
    else if (request.kind === 'unserved') await this.write(writeResult(id, request.answerTag, result), this.gone.signal);
    return result;
  }

  private async extend(id: number, request: ExtendedRequest, signal: AbortSignal): Promise<Result> {
    if (request.oid === EXTENSION.whoAmI) {
      await this.write(writeExtended(id, SUCCESS, { value: this.session === undefined ? '' : `dn:${this.session.dn}` }), signal);
      return SUCCESS;
    }
    if (request.oid !== EXTENSION.startTls || this.parts.secureContext === undefined) return this.end(id, request, { code: 'protocolError', diagnostic: 'no such extension' });
    // Whatever came in the clear behind the request would count as protected (RFC 4511 4.14.1).
    if (!this.canStartTls() || this.waiting.length > 0 || this.framing.isPartial) return this.end(id, request, { code: 'operationsError' });
    this.socket.removeAllListeners('data');
    await this.write(writeExtended(id, SUCCESS, { name: EXTENSION.startTls }), signal);
    this.protect(this.parts.secureContext);
    return SUCCESS;
  }

  private protect(secureContext: SecureContext): void {
    const plain = this.socket;
    plain.off('end', this.leave).off('close', this.leave).removeAllListeners('timeout').setTimeout(0);
    this.session = undefined;
    this.framing = new Framing();
    this.socket = new TLSSocket(plain, { isServer: true, secureContext });
    this.attach();
  }

  private canStartTls(): boolean {
    return this.parts.secureContext !== undefined && !(this.socket instanceof TLSSocket);
  }

  /** Nobody else reads what this client sends. */
  private isPrivate(): boolean {
    const address = this.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
    return this.socket instanceof TLSSocket || address === '::1' || (isIPv4(address) && address.startsWith('127.'));
  }

  /** Resolves when there is room for more: a client that does not read holds one answer and no more. */
  private async write(message: Buffer | readonly Buffer[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const pieces = [message].flat();
    const whole = pieces.reduce((length, piece) => length + piece.length, 0) > COPIED ? pieces : [Buffer.concat(pieces)];
    this.socket.cork();
    const hasRoom = whole.map((piece) => this.socket.write(piece)).at(-1);
    this.socket.uncork();
    if (hasRoom === false) await once(this.socket, 'drain', { signal: this.gone.signal });
  }
}

/** RFC 4511 4.11. */
function canBeAbandoned(request: Request): boolean {
  return request.kind !== 'bind' && !(request.kind === 'extended' && request.oid === EXTENSION.startTls);
}
