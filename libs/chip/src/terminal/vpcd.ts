import { createServer, connect, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { ReaderFault, type CardReader, type OpenedReader } from './card-reader.js';

/** Control messages of one octet in the protocol of vpcd (virtual smart card architecture): each message has its length before it, two octets. */
const CONTROL = { powerOff: 0, powerOn: 1, reset: 2, atr: 4 } as const;
/** A card of T=1 with extended lengths, without historical bytes. */
const ATR = Buffer.from('3B80800101', 'hex');

/** A software card in a socket: of pcscd with vpcd, where every PC/SC program sees it, or of `listenForCard`. Ends with the connection. */
export async function plugInto(address: { readonly host: string; readonly port: number }, card: CardReader & { reset(): Promise<void> }): Promise<Socket> {
  const socket = connect(address.port, address.host);
  await once(socket, 'connect');
  onMessages(socket, async (message) => {
    if (message.length !== 1) return write(socket, await card.transmit(message));
    const control = message.readUInt8(0);
    if (control === CONTROL.atr) write(socket, ATR);
    else await card.reset();
  });
  return socket;
}

/** A reader that waits at a port for a card: a software card, or a card in a real PC/SC reader by `vicc --type relay` of the same architecture. */
export interface ListeningReader extends OpenedReader {
  readonly port: number;
}

/** Listens on loopback unless told otherwise: the protocol has no protection of its own. */
export async function listenForCard(port: number, host = '127.0.0.1'): Promise<ListeningReader> {
  const server: Server = createServer();
  let card: Socket | undefined;
  const waiting: ((answer: Buffer) => void)[] = [];
  server.on('connection', (socket) => {
    card?.destroy();
    card = socket;
    onMessages(socket, async (message) => waiting.shift()?.(message));
  });
  server.listen(port, host);
  await once(server, 'listening');
  const there = async (): Promise<Socket> => {
    if (card === undefined) await once(server, 'connection');
    if (card === undefined || card.destroyed) throw new ReaderFault('CARD_AWAY', 'there is no card');
    return card;
  };
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    powerOn: async () => write(await there(), Buffer.of(CONTROL.powerOn)),
    transmit: async (octets) => {
      const socket = await there();
      return new Promise((resolve, reject) => {
        const gone = (): void => reject(new ReaderFault('CARD_AWAY', 'the card was taken away'));
        socket.once('close', gone);
        waiting.push((answer) => {
          socket.off('close', gone);
          resolve(answer);
        });
        write(socket, octets);
      });
    },
    close: () => {
      card?.destroy();
      server.close();
    },
  };
}

function write(socket: Socket, message: Buffer): void {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  socket.write(Buffer.concat([length, message]));
}

/** Whole messages in their order, one after the other. A fault of the card ends the connection, as when it is taken away. */
function onMessages(socket: Socket, take: (message: Buffer) => Promise<void>): void {
  let rest = Buffer.alloc(0);
  let last = Promise.resolve();
  socket.on('error', () => undefined);
  socket.on('data', (octets: Buffer) => {
    rest = Buffer.concat([rest, octets]);
    for (let length = nextLength(rest); length !== undefined; length = nextLength(rest)) {
      const message = rest.subarray(2, 2 + length);
      rest = rest.subarray(2 + length);
      last = last.then(() => take(message)).catch(() => void socket.destroy());
    }
  });
}

function nextLength(octets: Buffer): number | undefined {
  const length = octets.length < 2 ? undefined : octets.readUInt16BE(0);
  return length !== undefined && octets.length >= 2 + length ? length : undefined;
}
