import { Histogram } from 'prom-client';
import { registry } from '#platform';

/** Time of calls through the gateway, from the door to the end of the answer. */
export const gatewaySeconds = new Histogram({
  name: 'kiban_gateway_seconds',
  help: 'Time of calls through the gateway, by context, door (http, grpc) and outcome (passed or problem code)',
  labelNames: ['context', 'door', 'outcome'] as const,
  buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30],
  registers: [registry],
});
