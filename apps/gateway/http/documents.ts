import type { FastifyInstance } from 'fastify';
import { readFileSync } from 'node:fs';
import type { Contracts } from '../contracts.js';

/** The published contracts: `/api/openapi.json`, `/api/asyncapi.json`, `/api/proto/`. Public, as contracts are. */
export function addDocuments(server: FastifyInstance, contracts: Contracts): void {
  const { openApi, asyncApi, protoFiles } = contracts;
  const items = protoFiles.map(({ context, name }) => ({ context, name, href: `/api/proto/${context}/${name}` }));
  server.get('/api/openapi.json', (_request, reply) => reply.type('application/json; charset=utf-8').send(openApi));
  server.get('/api/asyncapi.json', (_request, reply) => reply.type('application/json; charset=utf-8').send(asyncApi));
  server.get('/api/proto', (_request, reply) => reply.redirect('/api/proto/', 308));
  server.get('/api/proto/', () => ({ items }));
  for (const { context, name, url } of protoFiles) {
    const text = readFileSync(url, 'utf8');
    server.get(`/api/proto/${context}/${name}`, (_request, reply) => reply.type('text/plain; charset=utf-8').send(text));
  }
}
