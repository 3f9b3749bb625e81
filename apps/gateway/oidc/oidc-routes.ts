import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Provider } from 'oidc-provider';
import providerContext from 'oidc-provider/lib/helpers/als.js';
import type { Door } from '../door.js';

const PREFIX = '/oidc';
const ROUTES = [
  ['GET', '/.well-known/openid-configuration'],
  ['GET', '/jwks'],
  ['POST', '/token'],
] as const;

/** Mounts what systems need of the provider at `/oidc`; it reads and writes the connection itself. */
export function addOidcRoutes(server: FastifyInstance, provider: Provider, door: Door): void {
  const handle = provider.callback();
  // Once the provider has used its asynchronous context, Node 20 follows every promise of the process for it, a quarter of the gateway's work.
  let answering = 0;
  void server.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));
    for (const [method, path] of ROUTES) {
      scope.route({ method, url: `${PREFIX}${path}`, handler: (request: FastifyRequest, reply: FastifyReply) => {
        if (method === 'POST') door.admitTokenRequest(request.ip);
        for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) reply.raw.setHeader(name, value);
        reply.hijack();
        const { url = PREFIX } = request.raw;
        // As routers of its kind do, so that the provider knows where it is mounted.
        Object.assign(request.raw, { originalUrl: url, url: url.slice(PREFIX.length) });
        answering += 1;
        void handle(request.raw, reply.raw).finally(() => {
          answering -= 1;
          if (answering === 0) providerContext.disable();
        });
      } });
    }
    done();
  });
}
