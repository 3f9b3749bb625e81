import { fetchFrom } from './gateway-client.js';
import { CommandFault } from './command-fault.js';
import type { Session } from './session.js';

/** The contexts of the estate with whether each is ready, as `/health/ready` tells. */
export async function readContexts(session: Session): Promise<{ readonly name: string; readonly ready: boolean }[]> {
  const response = await fetchFrom(session, `${session.url}/health/ready`);
  const lines = (await response.text()).split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const [, name, state] = /^(\S+) (ready|not ready)$/.exec(line) ?? [];
    if (name === undefined) throw new CommandFault(1, `${session.url} is no gateway of Kiban.`);
    return { name, ready: state === 'ready' };
  });
}
