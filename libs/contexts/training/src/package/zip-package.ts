import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { trainingProblems } from '#contracts/training';
import { entriesFault, PACKAGE_LIMITS, type PackageEntry } from './package-entry.js';

const UTF8_FLAG = 0x800;
const [UNIX, LINK, TYPE_MASK] = [3, 0o120000, 0o170000];

/** A zip on disk, its directory read and found harmless; nothing of it is extracted before `read` asks for it. */
export class ZipPackage {
  private constructor(
    private readonly zip: ZipFile,
    private readonly entries: ReadonlyMap<string, Entry>,
  ) {}

  /** Refuses UNSAFE_PATH (paths, sizes, numbers; TRN-7), BAD_MANIFEST when it is no zip. */
  static async open(file: string): Promise<ZipPackage> {
    // Names are decoded here, so that the reader's own checks, which know no Windows-31J, do not stand in the way of ours.
    const zip = await openPromise(file, { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: true }).catch(() => {
      throw trainingProblems.refuse('BAD_MANIFEST', { facts: { fault: 'NO_ZIP' } });
    });
    try {
      return new ZipPackage(zip, await harmless(zip));
    } catch (error) {
      zip.close();
      throw error;
    }
  }

  get paths(): ReadonlySet<string> {
    return new Set(this.entries.keys());
  }

  /** The octets of a file; as many as the directory declared, or it fails. Refuses BAD_MANIFEST for a broken one. */
  async read(path: string): Promise<Buffer> {
    const entry = this.entries.get(path);
    if (entry === undefined) throw new Error('no such file in the package');
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of await this.zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    } catch {
      throw trainingProblems.refuse('BAD_MANIFEST', { facts: { fault: 'BROKEN_FILE', path } });
    }
    return Buffer.concat(chunks);
  }

  close(): void {
    this.zip.close();
  }
}

async function harmless(zip: ZipFile): Promise<Map<string, Entry>> {
  const entries: { readonly entry: Entry; readonly checked: PackageEntry }[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      const path = nameOf(entry);
      if (!path.endsWith('/')) entries.push({ entry, checked: checkedOf(entry, path) });
      if (entries.length > PACKAGE_LIMITS.files) break;
    }
  } catch {
    throw trainingProblems.refuse('BAD_MANIFEST', { facts: { fault: 'BROKEN_ZIP' } });
  }
  const found = entriesFault(entries.map(({ checked }) => checked));
  if (found !== undefined) throw trainingProblems.refuse('UNSAFE_PATH', { facts: { fault: found.fault, path: found.path } });
  return new Map(entries.map(({ entry, checked }) => [checked.path, entry]));
}

function checkedOf(entry: Entry, path: string): PackageEntry {
  const isLink = entry.versionMadeBy >> 8 === UNIX && ((entry.externalFileAttributes >>> 16) & TYPE_MASK) === LINK;
  return { path, size: entry.uncompressedSize, packedSize: entry.compressedSize, isEncrypted: entry.isEncrypted(), isLink };
}

/** UTF-8 where it says so or is it; else Windows-31J, in which Japanese systems write names without saying so. */
function nameOf({ fileNameRaw, generalPurposeBitFlag }: Entry): string {
  const decoded = (label: string, fatal: boolean): string => new TextDecoder(label, { fatal }).decode(fileNameRaw);
  const name = (): string => {
    if ((generalPurposeBitFlag & UTF8_FLAG) !== 0) return decoded('utf-8', false);
    try {
      return decoded('utf-8', true);
    } catch {
      return decoded('windows-31j', false);
    }
  };
  return name().replaceAll('\\', '/').normalize('NFC');
}
