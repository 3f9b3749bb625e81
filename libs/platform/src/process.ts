import { log } from './telemetry/log.js';

/**
 * `main` of a process: starts, tells its supervisor, stops on SIGTERM or SIGINT, and ends with 1 and a line for the operator when it cannot start.
 * `ports` are the settings that choose others where one is in use.
 */
export async function runProcess(name: string, ports: readonly string[], start: () => Promise<{ stop(): Promise<void> }>): Promise<void> {
  try {
    const running = await start();
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
    log.error('could not start', { context: name, error });
    if (error instanceof Error && error.name === 'ConfigFault') process.stderr.write(`${error.message}\n`);
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') process.stderr.write(`a port of ${name} is in use: choose others with ${ports.join(', ')}\n`);
    process.exit(1);
  }
}
