import { createPrivateKey } from 'node:crypto';
import { compactDecrypt } from 'jose';
import { usageFault } from './command-fault.js';
import { type Group, type Members, must, sends, shows, step } from './operate.js';

const PATH = '/api/numbering/v1/key-ceremonies';
/** As numbering seals shares. */
const SEALS = { keyManagementAlgorithms: ['RSA-OAEP-256', 'ECDH-ES+A256KW'], contentEncryptionAlgorithms: ['A256GCM'] };

/** The key of the generator; each officer gives the commands with a token of the own (`--token`). */
export const custodyGroups: readonly Group[] = [
  {
    name: 'key-ceremonies', description: "ceremonies of the generator's key, by named officers", path: PATH,
    commands: [
      {
        name: 'list', description: 'list them, the oldest first', rows: ['ceremonies'],
        columns: 'CEREMONY ceremonyId, STATE state, HELD ON heldOn, CUSTODY custody, CHECK VALUE keyCheckValue, ROTATION DUE rotationDueOn',
      },
      shows('ceremony', 'show one with its officers and the uses of their shares'),
      sends('plan', 'plan one (heldOn, custodians with officer and unit, working)', 'ceremony.json'),
      step('attend', ':ceremony/attendances', 'say, as one of its officers, that you are there'),
      step('record', ':ceremony/minutes', 'write the minutes, as a witness', { with: '--minutes minutes.txt', members: [must('--minutes <file>', 'minutes', 'text', 'text-of-file')] }),
      step('activate', ':ceremony/activation', 'have the key made, as another witness than the writer of the minutes'),
      step('ask-destruction', ':ceremony/destruction', 'ask that a rotated key be destroyed'),
      step('destroy', ':ceremony/destruction/confirmation', 'destroy it, as another officer'),
      shows('ceremony', 'write the certificate of a destroyed key to a file', { name: 'certificate', with: '--out destroyed.json', path: '/:ceremony/certificate', saves: 'answer' }),
    ],
  },
  {
    name: 'key-shares', description: "shares of the wrapped key: three of the ceremony's five officers put it back", path: PATH,
    commands: [
      step('make', ':ceremony/share-certificates', "leave the own certificate and tell which officers have left theirs; with the fifth's the shares are made", {
        with: '--certificate officer.pem', members: [must('--certificate <file>', 'certificate', 'PEM, of a key that only you have', 'text-of-file')],
      }),
      shows('ceremony', 'write the own share, sealed for the own certificate, to a file', { name: 'fetch', with: '--out share.jwe', path: '/:ceremony/share', saves: 'share' }),
      step('restore', ':ceremony/restoration/shares', 'give the own share, opened in memory, and tell which officers have; with the third of a day the key is back, or was whole (DRILL)', {
        with: '--share share.jwe --key officer.key', prepare: openShare,
        members: [
          must('--share <file>', 'share', 'as "fetch" wrote it', 'text-of-file'), must('--key <file>', 'key', 'private key of the certificate, PEM without a passphrase', 'text-of-file'),
        ],
      }),
    ],
  },
];

async function openShare({ share, key }: Members): Promise<Members> {
  try {
    const { plaintext } = await compactDecrypt(String(share).trim(), createPrivateKey(String(key)), SEALS);
    return { share: Buffer.from(plaintext).toString('base64url') };
  } catch {
    throw usageFault('The share does not open with this key: it must be the private key of the certificate that you left.');
  }
}
