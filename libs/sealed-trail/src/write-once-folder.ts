import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Why a file is not in the folder as it should be. */
export type FolderFault = 'FOLDER_UNUSABLE' | 'FILE_DIFFERS';

/** A file that is too large to be held at once. */
export interface StreamedFile {
  readonly sha256: string;
  readonly octets: AsyncIterable<Buffer>;
}

/** A folder of files that are written once and read-only from then on (JPKI 4.14). Where it lies on a store that enforces this, that store has the last word. */
export class WriteOnceFolder {
  constructor(private readonly folder: string) {}

  /** A folder in it. */
  in(name: string): WriteOnceFolder {
    return new WriteOnceFolder(join(this.folder, name));
  }

  /** Names of its files and folders in order, without drafts; none where it is not there yet. */
  async names(): Promise<string[]> {
    const names = await readdir(this.folder).catch((error: unknown) => {
      if (isFileFault(error) && error.code === 'ENOENT') return [];
      throw error;
    });
    return names.filter((name) => !name.startsWith('.')).sort();
  }

  /** Puts the file there unless it is there, and reads it back; a repetition after a kill at any moment ends the same way. */
  async put(name: string, octets: Buffer): Promise<FolderFault | undefined> {
    return this.putChecked(name, octets, async (path) => (await readFile(path)).equals(octets));
  }

  /** The same of octets that come one after the other. */
  async putStream(name: string, { sha256, octets }: StreamedFile): Promise<FolderFault | undefined> {
    return this.putChecked(name, octets, async (path) => {
      const hash = createHash('sha256');
      await pipeline(createReadStream(path), hash);
      return hash.digest('hex') === sha256;
    });
  }

  private async putChecked(name: string, octets: Buffer | AsyncIterable<Buffer>, isWhole: (path: string) => Promise<boolean>): Promise<FolderFault | undefined> {
    try {
      await this.place(name, octets);
      return (await isWhole(join(this.folder, name))) ? undefined : 'FILE_DIFFERS';
    } catch (error) {
      if (isFileFault(error)) return 'FOLDER_UNUSABLE';
      throw error;
    }
  }

  /** Undefined where there is none that can be read. */
  async read(name: string): Promise<Buffer | undefined> {
    return readFile(join(this.folder, name)).catch((error: unknown) => {
      if (isFileFault(error)) return undefined;
      throw error;
    });
  }

  /** Written and flushed beside its place, then linked to it: the link is the atomic "create if absent"; rename would overwrite. */
  private async place(name: string, octets: Buffer | AsyncIterable<Buffer>): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const draft = join(this.folder, `.${name}.draft`);
    await rm(draft, { force: true });
    const file = await open(draft, 'wx', 0o400);
    try {
      for await (const piece of Buffer.isBuffer(octets) ? [octets] : octets) await file.appendFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(draft, join(this.folder, name)).catch((error: unknown) => {
      if (!isFileFault(error) || error.code !== 'EEXIST') throw error;
    });
    await rm(draft, { force: true });
    const folder = await open(this.folder, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}

function isFileFault(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

/** Files of a segment: its entries as JSON Lines, its seal (CMS), and the time-stamp over its last hash. */
export function fileNames(segment: number): { readonly entries: string; readonly seal: string; readonly token: string } {
  const number = String(segment).padStart(10, '0');
  return { entries: `${number}.jsonl`, seal: `${number}.p7m`, token: `${number}.tst` };
}
