import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import pg from 'pg';
import { z } from 'zod';
import { PARTNER_STREAM } from '#kernel';
import { schemaOf } from '#platform';
import { Api, until } from '../../tools/walk/api.js';
import type { Estate } from '../../tools/start/estate.js';

const CONTEXTS = ['juki-net', 'numbering', 'card-issuance', 'jpki-ca', 'bridge-ca', 'training', 'municipal-issuer', 'issuing-centre', 'juki-card', 'jpki-verifier'];
const chain = z.object({ whole: z.boolean(), unsealed: z.number() });
const uniqueness = z.object({ openPerCode: z.number(), openPerNumber: z.number(), violations: z.number() });

/** One thing that must hold after any number of kills, and what was found against it. */
export interface Finding {
  readonly check: string;
  readonly fault: string;
}

/** Looks for anything lost, doubled or broken in a quiet estate. */
export async function inspect(estate: Estate): Promise<Finding[]> {
  return [...(await inspectStored(estate)), ...(await eventSequences(estate))];
}

/** The same without the stream, to which a restored database tells again what it has forgotten to have told. */
export async function inspectStored(estate: Estate): Promise<Finding[]> {
  const pool = new pg.Pool({ connectionString: estate.adminUrl, max: 2 });
  try {
    await until('an empty outbox everywhere', async () => ((await waitingEvents(pool)) === 0 ? true : undefined), 120);
    return [...(await deadLetters(pool)), ...(await auditChains(estate)), ...(await numbers(estate)), ...(await cards(pool)), ...(await certificates(pool))];
  } finally {
    await pool.end();
  }
}

async function count(pool: pg.Pool, sql: string): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(sql);
  return Number(rows[0]?.n ?? Number.NaN);
}

async function waitingEvents(pool: pg.Pool): Promise<number> {
  const counts = await Promise.all(CONTEXTS.map((context) => count(pool, `SELECT count(*) AS n FROM ${schemaOf(context)}.outbox`)));
  return counts.reduce((sum, n) => sum + n, 0);
}

async function deadLetters(pool: pg.Pool): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const context of CONTEXTS) {
    const { rows } = await pool.query<{ consumer: string; fault: string; subject: string }>(`SELECT consumer, fault, subject FROM ${schemaOf(context)}.dead_letter`);
    findings.push(...rows.map((row) => ({ check: 'no dead letter', fault: `${row.consumer}: ${row.fault} (${row.subject})` })));
  }
  return findings;
}

async function auditChains(estate: Estate): Promise<Finding[]> {
  const api = new Api(estate.address);
  const findings: Finding[] = [];
  for (const context of CONTEXTS) {
    const report = await until(`the audit chain of ${context}`, async () => {
      const found = await api.call('GET', `/api/${context}/v1/audit-verification`, { as: 'auditor-1' }, chain);
      return found.unsealed === 0 || !found.whole ? found : undefined;
    });
    if (!report.whole) findings.push({ check: 'audit chain whole', fault: context });
  }
  return findings;
}

async function numbers(estate: Estate): Promise<Finding[]> {
  const report = await new Api(estate.address).call('GET', '/api/numbering/v1/uniqueness', { as: 'auditor-1' }, uniqueness.loose());
  return report.violations === 0 ? [] : [{ check: 'numbers unique', fault: JSON.stringify(report) }];
}

async function cards(pool: pg.Pool): Promise<Finding[]> {
  const doubled = await count(pool, "SELECT count(*) AS n FROM (SELECT person_key FROM card_issuance.card WHERE state IN ('ACTIVE', 'SUSPENDED') GROUP BY person_key HAVING count(*) > 1) AS twice");
  const stuck = await count(pool, "SELECT count(*) AS n FROM card_issuance.card WHERE state = 'HANDING_OVER'");
  return [
    ...(doubled === 0 ? [] : [{ check: 'one card in force per person', fault: `${doubled} people have more` }]),
    ...(stuck === 0 ? [] : [{ check: 'no hand-over left open', fault: `${stuck} cards` }]),
  ];
}

async function certificates(pool: pg.Pool): Promise<Finding[]> {
  const doubled = await count(pool, "SELECT count(*) AS n FROM (SELECT person_key, type FROM jpki_ca.certificate WHERE state IN ('VALID', 'HELD') GROUP BY person_key, type HAVING count(*) > 1) AS twice");
  return doubled === 0 ? [] : [{ check: 'one certificate in force per person and type', fault: `${doubled} have more` }];
}

const envelope = z.object({ id: z.string(), source: z.string(), subject: z.string(), sequence: z.coerce.number() });

/** Every event reached the stream: no id twice, and no gap in the sequence of any aggregate. */
async function eventSequences(estate: Estate): Promise<Finding[]> {
  const url = new URL(estate.natsUrl);
  const nats = await connect({ servers: url.host, user: url.username, pass: url.password });
  const seen = new Set<string>();
  const sequences = new Map<string, Set<number>>();
  const findings: Finding[] = [];
  try {
    const info = await (await jetstreamManager(nats)).streams.info(PARTNER_STREAM);
    const consumer = await (await jetstreamManager(nats)).jetstream().consumers.get(PARTNER_STREAM);
    let left = info.state.messages;
    while (left > 0) {
      const batch = await consumer.fetch({ max_messages: Math.min(left, 1_000), expires: 10_000 });
      let got = 0;
      for await (const message of batch) {
        got += 1;
        const event = envelope.parse(JSON.parse(message.string()));
        if (seen.has(event.id)) findings.push({ check: 'no event twice in the stream', fault: event.id });
        seen.add(event.id);
        const key = `${event.source} ${message.subject.split('.').slice(2, 3).join('.')} ${event.subject}`;
        sequences.set(key, (sequences.get(key) ?? new Set()).add(event.sequence));
      }
      if (got === 0) break;
      left -= got;
    }
  } finally {
    await nats.close();
  }
  for (const [key, numbers] of sequences) {
    if (Math.max(...numbers) !== numbers.size) findings.push({ check: 'no gap in the events of an aggregate', fault: `${key}: ${numbers.size} events up to ${Math.max(...numbers)}` });
  }
  return findings;
}
