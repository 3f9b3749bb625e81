import { createHash, type X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** The certificate that the client proved on this connection, if any. */
export function peerCertificate(socket: Socket): X509Certificate | undefined {
  return socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
}

/** `x5t#S256` of a DER certificate (RFC 8705 section 3.1). */
export function thumbprintOf(der: Buffer | undefined): string | undefined {
  return der === undefined ? undefined : createHash('sha256').update(der).digest('base64url');
}
