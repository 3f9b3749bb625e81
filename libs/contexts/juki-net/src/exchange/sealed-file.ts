import { jukiNetProblems } from '#contracts/juki-net';
import { openFile as openSeal, PkiError, type FileKey, type ParsedCertificate } from '#pki';

/** No honest file of the most lines that a batch may have is larger when unpacked. */
const MOST_UNPACKED = 64 * 1024 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text of a file that one of `senders` signed for one of `keys` (JUKI-5.3). Refuses BAD_SIGNATURE whatever is wrong with the seal; CHARACTER to who has signed what is no UTF-8. */
export async function openFile(der: Buffer, keys: readonly FileKey[], senders: readonly ParsedCertificate[]): Promise<string> {
  const { content } = await openSeal(der, keys, senders, MOST_UNPACKED).catch((error: unknown) => {
    throw error instanceof PkiError ? jukiNetProblems.refuse('BAD_SIGNATURE') : error;
  });
  try {
    return utf8.decode(content);
  } catch {
    throw jukiNetProblems.refuse('CHARACTER');
  }
}
