import { log } from '#platform';
import { startDirectory } from './directory.js';
import { readDirectorySettings } from './settings.js';

try {
  const running = await startDirectory(readDirectorySettings(process.env));
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
  log.error('could not start', { context: 'directory', error });
  if (error instanceof Error && error.name === 'ConfigFault') process.stderr.write(`${error.message}\n`);
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') process.stderr.write('a port of the directory is in use: choose others with KIBAN_LDAP_PORT, KIBAN_LDAPS_PORT and KIBAN_HTTP_PORT\n');
  process.exit(1);
}
