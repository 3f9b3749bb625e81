import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** All metrics of this process, served at `/metrics`. Labels are names of the system, never of people. */
export const registry = new Registry();
// Each look at the event loop wakes the process: the default of a hundred a second takes half a percent of a core of every idle one.
collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 100 });

const registers = [registry];

export const actionSeconds = new Histogram({
  name: 'kiban_action_seconds',
  help: 'Time of commands and questions',
  labelNames: ['action', 'edge', 'outcome'] as const,
  buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  registers,
});

export const eventsPublished = new Counter({ name: 'kiban_events_published_total', help: 'Events handed to the stream', labelNames: ['context'] as const, registers });

export const outboxWaiting = new Gauge({ name: 'kiban_outbox_waiting', help: 'Events not yet handed to the stream, at the last look', labelNames: ['context'] as const, registers });

export const eventsHandled = new Counter({
  name: 'kiban_events_handled_total',
  help: 'Events taken in, by outcome (applied, repeated, retried, dead)',
  labelNames: ['consumer', 'outcome'] as const,
  registers,
});

export const auditUnsealed = new Gauge({ name: 'kiban_audit_unsealed', help: 'Audit lines not yet in the hash chain, at the last look', labelNames: ['context'] as const, registers });

export const jobSteps = new Counter({ name: 'kiban_job_steps_total', help: 'Steps of jobs, by outcome', labelNames: ['kind', 'outcome'] as const, registers });
