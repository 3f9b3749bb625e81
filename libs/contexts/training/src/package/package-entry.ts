import { extname } from 'node:path';

/** Own limits: a package is content of one course, not an archive. Bytes. */
export const PACKAGE_LIMITS = { upload: 512 * 1024 * 1024, expanded: 1024 * 1024 * 1024, file: 64 * 1024 * 1024, files: 10_000, pathLength: 400 } as const;
/** No honest file of some size shrinks to less than a two-hundredth. */
const RATIO = 200;
const RATIO_FROM = 1024 * 1024;

/** A file of a zip as its directory declares it. */
export interface PackageEntry {
  readonly path: string;
  readonly size: number;
  readonly packedSize: number;
  readonly isEncrypted: boolean;
  readonly isLink: boolean;
}

export type EntryFault = 'PATH' | 'ENCRYPTED' | 'LINK' | 'DUPLICATE' | 'FILE_TOO_LARGE' | 'EXPANDS_TOO_FAR' | 'TOO_MANY_FILES' | 'TOO_LARGE';

/** What is wrong with the files of a package, before any is read: paths that climb out, and what would grow beyond the limits (TRN-7). */
export function entriesFault(entries: readonly PackageEntry[]): { readonly fault: EntryFault; readonly path: string } | undefined {
  if (entries.length > PACKAGE_LIMITS.files) return { fault: 'TOO_MANY_FILES', path: '' };
  const seen = new Set<string>();
  let expanded = 0;
  for (const entry of entries) {
    const fault = entryFault(entry) ?? (seen.has(entry.path) ? 'DUPLICATE' : undefined);
    if (fault !== undefined) return { fault, path: entry.path.slice(0, 200) };
    seen.add(entry.path);
    expanded += entry.size;
    if (expanded > PACKAGE_LIMITS.expanded) return { fault: 'TOO_LARGE', path: '' };
  }
  return undefined;
}

function entryFault({ path, size, packedSize, isEncrypted, isLink }: PackageEntry): EntryFault | undefined {
  if (!isPlainPath(path)) return 'PATH';
  if (isEncrypted) return 'ENCRYPTED';
  if (isLink) return 'LINK';
  if (size > PACKAGE_LIMITS.file) return 'FILE_TOO_LARGE';
  return size > RATIO_FROM && size > RATIO * packedSize ? 'EXPANDS_TOO_FAR' : undefined;
}

/** Relative, without a drive, without `.`, `..` or empty parts, and without control characters. */
function isPlainPath(path: string): boolean {
  if (path.length > PACKAGE_LIMITS.pathLength || /^[a-z]:|[\p{Cc}\\]/iu.test(path)) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html', '.htm': 'text/html', '.xhtml': 'application/xhtml+xml', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.json': 'application/json',
  '.xml': 'application/xml', '.txt': 'text/plain', '.vtt': 'text/vtt', '.csv': 'text/csv', '.png': 'image/png', '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.gif': 'image/gif',
  '.svg': 'image/svg+xml', '.webp': 'image/webp', '.ico': 'image/x-icon', '.mp3': 'audio/mpeg', '.m4a': 'audio/mp4', '.ogg': 'audio/ogg', '.wav': 'audio/wav', '.mp4': 'video/mp4',
  '.webm': 'video/webm', '.pdf': 'application/pdf', '.woff': 'font/woff', '.woff2': 'font/woff2', '.ttf': 'font/ttf', '.otf': 'font/otf', '.wasm': 'application/wasm',
};

/** By the file's extension. Pages name their own character set, which ours would override. */
export function contentTypeOf(path: string): string {
  return TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream';
}
