import type { FastifyInstance } from 'fastify';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Container platforms usually leave 30 s before they kill; the work behind the doors needs some of it. */
const GRACE_MS = 15_000;

/**
 * Bounds the time that closing a server takes: what is being answered gets 15 s. A connection on which nothing was asked yet,
 * as browsers open them ahead, is closed at once; Node would wait for its first request until the header timeout.
 */
export function closeInTime(server: FastifyInstance): void {
  const http: Server = server.server;
  // By the caller's end, which the socket of a TLS server and the one below it have in common.
  const silent = new Map<string, Socket>();
  http.on('connection', (socket: Socket) => {
    const end = endOf(socket);
    silent.set(end, socket);
    socket.once('close', () => silent.delete(end));
  });
  http.on('request', ({ socket }) => silent.size > 0 && silent.delete(endOf(socket)));
  server.addHook('preClose', (done) => {
    for (const socket of silent.values()) socket.destroy();
    const grace = setTimeout(() => http.closeAllConnections(), GRACE_MS);
    http.once('close', () => clearTimeout(grace));
    done();
  });
}

function endOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress}:${remotePort}`;
}
