import { createHash } from 'node:crypto';
import { readRecord } from '#contexts/bridge-ca';
import type { ParsedCertificate } from '#pki';
import type { Material } from '../interop/material.js';

type Line = Readonly<Record<string, string>>;

/** The line of a file of records (JPKI-4.12) that says of the certificate what is so. */
function lineOf({ serial, notBefore, notAfter, der }: ParsedCertificate, authority: ParsedCertificate): Line {
  return {
    pref: '13', caSerial: authority.serial.toString(16), serial: serial.toString(16), notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString(), status: 'valid',
    municipalityCode: '131016', windowId: '13101001A', ...recordOf(der),
  };
}

function recordOf(der: Buffer): Line {
  return { recordSha256: createHash('sha256').update(der).digest('hex'), recordDer: der.toString('base64') };
}

/** Lines with the message as their record, in each of their columns, as a column of its own, in the place of some of their characters, and alone. */
function* linesWith(der: Buffer, good: Line): Generator<string> {
  yield JSON.stringify({ ...good, ...recordOf(der) });
  const text = der.toString('utf8');
  const short = text.slice(0, 200);
  for (const column of Object.keys(good)) yield JSON.stringify({ ...good, [column]: column === 'recordDer' ? text : short });
  const line = JSON.stringify(good);
  yield `${line.slice(0, -1)},${JSON.stringify(short)}:${JSON.stringify(text)}}`;
  const at = (der[0] ?? 0) * 7 % line.length;
  yield `${line.slice(0, at)}${text}${line.slice(at + short.length)}`;
  yield text;
  // What nests deeply does so in JSON, too.
  yield text.replaceAll('0', '[').replaceAll('1', '{"a":');
}

/** Whether a line with the message is taken for a record other than that of the holder's certificate. */
export function isTakenForAnother(der: Buffer, { sign, holder, registrar }: Material): boolean {
  const check = { prefecture: '13', authorities: [sign.certificate], asOf: registrar.now, changes: [] };
  const read = [...linesWith(der, lineOf(holder.certificate, sign.certificate))].map((line) => readRecord(line, check));
  return read.some((one) => 'record' in one && !one.record.der.equals(holder.certificate.der));
}
