import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, link, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { platformProblems, type Stretch } from '#platform';

/** Octets of a file, more than any film of a seminar has. */
const MOST = 16 * 1024 ** 3;

/** A file that is kept under its own digest. */
export interface KeptFile {
  readonly sha256: string;
  readonly length: number;
}

/** Files, each written once under its SHA-256 and read-only from then on (TRN-4.8, 4.12). */
export class KeptFiles {
  constructor(
    private readonly folder: string,
    private readonly suffix: string,
  ) {}

  /** Takes octets in as they come; nothing stays of what breaks off. Refuses BODY_TOO_LARGE. */
  async receive(octets: Readable): Promise<KeptFile> {
    const draft = await this.draft();
    try {
      await pipeline(octets, limited, createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true }));
      return await this.keep(draft);
    } finally {
      await rm(draft, { force: true });
    }
  }

  /** Keeps what a program writes to the place that it is given. */
  async produce(write: (draft: string) => Promise<unknown>): Promise<KeptFile> {
    const draft = await this.draft();
    try {
      await write(draft);
      return await this.keep(draft);
    } finally {
      await rm(draft, { force: true });
    }
  }

  read(sha256: string, { first, end }: Stretch): Readable {
    return end <= first ? Readable.from([]) : createReadStream(this.pathOf(sha256), { start: first, end: end - 1 });
  }

  pathOf(sha256: string): string {
    return join(this.folder, `${sha256}.${this.suffix}`);
  }

  private async draft(): Promise<string> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    return join(this.folder, `.${randomUUID()}.draft`);
  }

  /** Its digest is that of what can be read back; the link is the atomic "create if absent". */
  private async keep(draft: string): Promise<KeptFile> {
    const hash = createHash('sha256');
    await pipeline(createReadStream(draft), hash);
    const sha256 = hash.digest('hex');
    await chmod(draft, 0o400);
    await link(draft, this.pathOf(sha256)).catch((error: unknown) => {
      if (!(error instanceof Error) || !('code' in error) || error.code !== 'EEXIST') throw error;
    });
    const file = await open(this.pathOf(sha256), 'r');
    try {
      return { sha256, length: (await file.stat()).size };
    } finally {
      await file.close();
    }
  }
}

async function* limited(octets: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let length = 0;
  for await (const chunk of octets) {
    length += chunk.length;
    if (length > MOST) throw platformProblems.refuse('BODY_TOO_LARGE');
    yield chunk;
  }
}
