import { Gauge, Histogram } from 'prom-client';
import { registry } from '#platform';

/** Time of operations of LDAP, from their message to the end of their answer. */
export const directorySeconds = new Histogram({
  name: 'kiban_directory_seconds',
  help: 'Time of LDAP operations, by operation and result',
  labelNames: ['operation', 'result'] as const,
  buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30, 60],
  registers: [registry],
});

export const directoryConnections = new Gauge({ name: 'kiban_directory_connections', help: 'Clients of the directory that are connected', registers: [registry] });
