import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

// The package has no types and nothing to call: only its folder is needed.
const FILES = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Kiban API</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="stylesheet" href="swagger-ui.css">
    <link rel="icon" href="favicon-32x32.png">
  </head>
  <body>
    <main id="explorer"></main>
    <script src="swagger-ui-bundle.js"></script>
    <script src="explorer.js"></script>
  </body>
</html>
`;

// No validator badge: it would send the document to a server outside.
const SCRIPT = `SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#explorer',
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  persistAuthorization: false,
  validatorUrl: null,
});
`;

/** The explorer's own files and the API, nothing from elsewhere; the library sets styles on elements. */
const EXPLORER_POLICY = {
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
  useDefaults: false,
};

/** `/docs/`: the API explorer over `/api/openapi.json`. */
export function addExplorer(server: FastifyInstance): void {
  void server.register(fastifyStatic, { root: FILES, prefix: '/docs/', index: false, decorateReply: false, cacheControl: true, maxAge: '1h' });
  server.get('/docs', (_request, reply) => reply.redirect('/docs/', 308));
  server.get('/docs/', { helmet: { contentSecurityPolicy: EXPLORER_POLICY } }, (_request, reply) => reply.type('text/html; charset=utf-8').send(PAGE));
  server.get('/docs/explorer.js', (_request, reply) => reply.type('text/javascript; charset=utf-8').send(SCRIPT));
}
