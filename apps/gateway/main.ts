import { log } from '#platform';
import { startGateway } from './gateway.js';
import { readGatewaySettings } from './settings.js';

try {
  const running = await startGateway(readGatewaySettings(process.env));
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    void running.stop().then(() => process.exit(0), () => process.exit(1));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.send?.('ready');
} catch (error) {
  log.error('could not start', { context: 'gateway', error });
  if (error instanceof Error && error.name === 'ConfigFault') process.stderr.write(`${error.message}\n`);
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') process.stderr.write('a port of the gateway is in use: choose others with KIBAN_PORT and KIBAN_GRPC_PORT\n');
  process.exit(1);
}
