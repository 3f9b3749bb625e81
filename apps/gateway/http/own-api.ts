import type { FastifyInstance } from 'fastify';
import { FieldCipher, PolicyTable, Runner, correlationIdOf, masterKey, operationPolicy, operationRoutes, systemClock, type Database } from '#platform';
import type { Door } from '../door.js';
import { peerCertificate, thumbprintOf } from '../peer-certificate.js';

const OWN = 'gateway';
const PATH = '/audit-verification';

/** `/api/gateway/v1/audit-verification`: the gateway's own audit chain, verified as that of any context. */
export function addOwnApi(server: FastifyInstance, parts: { readonly door: Door; readonly database: Database; readonly keysFolder: string }): void {
  const { door, database, keysFolder } = parts;
  const policy = new PolicyTable(operationPolicy(OWN));
  const runner = new Runner({ context: OWN, database, policy, cipher: new FieldCipher(masterKey(keysFolder), OWN), clock: systemClock });
  const verification = operationRoutes(OWN, () => []).find((route) => route.path === PATH);
  if (verification === undefined) throw new Error('the platform has no route for audit verification');
  server.get(`/api/${OWN}/v1${PATH}`, async (request, reply) => {
    const correlationId = correlationIdOf(request);
    reply.header('correlation-id', correlationId);
    const { authorization } = request.headers;
    const thumbprint = (): string | undefined => thumbprintOf(peerCertificate(request.raw.socket)?.raw);
    const actor = await door.admit({ authorization, address: request.ip, thumbprint, context: OWN, correlationId });
    return runner.run(verification.useCase, { actor, correlationId, input: {} });
  });
}
