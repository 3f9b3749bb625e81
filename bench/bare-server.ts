import Fastify from 'fastify';
import pg from 'pg';

/** The yardstick of the inquiry benchmark: Fastify, one prepared statement, nothing else. Prints its port. */
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

const address = await server.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${address}\n`);
