import Fastify from 'fastify';
import pg from 'pg';

/** The yardstick of the benchmarks over HTTP: Fastify with one prepared statement, or with octets that it has; nothing else. Prints its address. */
const pool = new pg.Pool({ connectionString: process.argv[2], max: 10 });
const server = Fastify({ logger: false });

server.post<{ Body: { residentCode: string } }>('/inquiries', async (request) => {
  const { rows } = await pool.query({
    name: 'by-code',
    text: 'SELECT name_kanji, birth_date, sex, address, municipality_code FROM public.bare_resident WHERE resident_code = $1',
    values: [request.body.residentCode],
  });
  return { resultCode: rows.length === 1 ? '00' : '10', persons: rows };
});

const octets = Buffer.alloc(1_400, 48);
server.addContentTypeParser('application/ocsp-request', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
server.post('/octets', (_request, reply) => reply.type('application/ocsp-response').send(octets));

const address = await server.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${address}\n`);
