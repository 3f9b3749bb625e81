import { writeFile } from 'node:fs/promises';
import { usageFault } from './command-fault.js';

/** Writes a new file that its owner alone may read; one that is there is left as it is. */
export async function saveFile(file: string, bytes: Buffer): Promise<void> {
  await writeFile(file, bytes, { mode: 0o600, flag: 'wx' }).catch(() => {
    throw usageFault(`${file} cannot be written: it is there already, or its folder is not.`);
  });
}
