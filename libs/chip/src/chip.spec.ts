import fc from 'fast-check';
import { createHash, createPublicKey, verify, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildTbsCertificate, generateRsaKey, issuerOf, parseCertificate, parseCsr, signCertificate, signingKeyOf, type CertificateProfile } from '#pki';
import { COUNTER, NewChip } from '#testing';
import {
  APPLICATIONS, CLA, CardFault, FileNvm, INS, MOST_LE, MemoryNvm, PIN_KINDS, PinRefused, PowerLoss, SW, SlotMemory, SoftwareCard, TRIES, activateChip, authenticate, bindSession, changePin, command,
  encodeCommand, holdsCertificate, isChipKey, listenForCard, openChipRecord, parseCommand, parseResponse, pinFault, plugInto, readCertificate, readChipRecord, readFace, readFourItems, readSerial,
  requestCertificate, setPins, signChallenge, signDocument, terminateChip, triesLeft, unlock, verifySecret, writeCertificate, type CardReader, type KeyKind, type Secret,
} from './index.js';

const SERIAL = 'KIBAN00000000001';
const SESSION = '01234567-89ab-4def-8123-456789abcdef';
const OTHER = '11111111-2222-4333-8444-555555555555';
const GUESSABLE = { birthDate: '1989-03-31', securityCode: '4711' };
const octets = (text: string): Buffer => Buffer.from(text, 'latin1');
const PINS = () => ({ SIGN: octets('AB12C3'), AUTH: octets('1470'), INPUT: octets('2581'), JUKI: octets('2581') });
const faultOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => 'DONE', (error: unknown) => (error instanceof CardFault ? [error.code, error.triesLeft] : error));
const swOf = async (card: CardReader, ...sent: Parameters<typeof command>): Promise<number> => parseResponse(await card.transmit(encodeCommand(command(...sent)))).sw;

const PROFILE: CertificateProfile = {
  id: 'spec', version: 3, signature: 'sha256WithRSAEncryption', key: { modulusBits: 2048 }, subject: [{ type: 'C', value: 'JP' }, { type: 'CN', value: 'spec' }], validity: { maxDays: 400 },
  extensions: [{ critical: true, value: { kind: 'keyUsage', bits: ['digitalSignature'] } }],
};

/** Certifies a PKCS#10 request. */
let certify: (csr: Buffer) => Promise<{ certificate: Buffer; authority: Buffer }>;
/** A personalised card with both certificates, as its memory stood when it left the maker. */
let made: Buffer;
let chipKey: Buffer;

beforeAll(async () => {
  const key = signingKeyOf('ca', await generateRsaKey(2048));
  const [notBefore, notAfter] = [new Date('2016-01-01T00:00:00Z'), new Date('2016-12-31T00:00:00Z')];
  const authority = await signCertificate(buildTbsCertificate({ profile: PROFILE, serial: 1n, issuer: 'self', notBefore, notAfter, spki: key.publicKeySpki }), key);
  certify = async (csr) => {
    const { spki } = parseCsr(csr);
    return { authority, certificate: await signCertificate(buildTbsCertificate({ profile: PROFILE, serial: 2n, issuer: issuerOf(parseCertificate(authority)), notBefore, notAfter, spki }), key) };
  };
  const chip = await NewChip.create(SERIAL);
  const certificates = new Map<KeyKind, { certificate: Buffer; authority: Buffer }>();
  for (const [kind, csr] of await chip.requests(['SIGN', 'AUTH'])) certificates.set(kind, await certify(csr));
  await chip.finish(certificates);
  made = chip.nvm.read(0, 131_072);
  chipKey = chip.chipKey;
});

/** The same card anew. */
function copy(): { card: SoftwareCard; nvm: MemoryNvm } {
  const nvm = new MemoryNvm();
  nvm.write(0, made);
  return { card: new SoftwareCard(new SlotMemory(nvm)), nvm };
}

async function atCounter(): Promise<{ card: SoftwareCard; nvm: MemoryNvm }> {
  const { card, nvm } = copy();
  await authenticate(card, COUNTER, await readSerial(card));
  return { card, nvm };
}

async function withPins(): Promise<{ card: SoftwareCard; nvm: MemoryNvm }> {
  const { card, nvm } = await atCounter();
  await setPins(card, PINS(), GUESSABLE);
  await card.reset();
  return { card, nvm };
}

describe('PIN rules (CARD-4.8)', () => {
  it.each([
    ['SIGN', 'AB12C3', undefined], ['SIGN', 'ABCDEF', 'FORMAT'], ['SIGN', '123456', 'FORMAT'], ['SIGN', 'ab12c3', 'FORMAT'], ['SIGN', 'A1234567890123456', 'FORMAT'], ['SIGN', 'A123456789012345', undefined],
    ['AUTH', '1470', undefined], ['AUTH', '147', 'FORMAT'], ['AUTH', '14A0', 'FORMAT'], ['INPUT', '0000', 'REPEATED'], ['JUKI', '0331', 'BIRTH_DATE'], ['AUTH', '8903', 'BIRTH_DATE'],
    ['AUTH', '4711', 'SECURITY_CODE'],
  ] as const)('CARD-4.8 %s %s: %s', (kind, pin, fault) => {
    expect(pinFault(kind, octets(pin), GUESSABLE)).toBe(fault);
  });

  it('CARD-4.8 the form is that of the published patterns for any octets', () => {
    const printable = fc.string({ unit: fc.constantFrom(...'AZ09az-3B'), maxLength: 18 });
    fc.assert(fc.property(printable, (text) => {
      expect(pinFault('SIGN', octets(text), GUESSABLE) === undefined).toBe(/^(?=.*[A-Z])(?=.*[0-9])[A-Z0-9]{6,16}$/.test(text));
      expect(pinFault('AUTH', octets(text), GUESSABLE) !== 'FORMAT').toBe(/^[0-9]{4}$/.test(text));
    }), { numRuns: 500 });
  });
});

describe('commands (ISO/IEC 7816-4)', () => {
  it('every command is read as it was written, in short and extended form', () => {
    const byte = fc.nat(255);
    const le = fc.option(fc.oneof(fc.integer({ min: 1, max: 256 }), fc.integer({ min: 257, max: MOST_LE })), { nil: undefined });
    fc.assert(fc.property(byte, byte, byte, byte, fc.uint8Array({ maxLength: 700 }), le, (cla, ins, p1, p2, data, wanted) => {
      const sent = { cla, ins, p1, p2, data: Buffer.from(data), le: wanted };
      expect(parseCommand(encodeCommand(sent))).toEqual(sent);
    }));
  });

  it('no octets from outside end the card', async () => {
    const { card } = copy();
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), async (sent) => {
      expect(parseResponse(await card.transmit(Buffer.from(sent))).sw).toBeGreaterThan(0x6000);
    }), { numRuns: 300 });
    await expect(readSerial(card)).resolves.toBe(SERIAL);
  });

  it('status words: unknown class, instruction, application, file, and no file', async () => {
    const { card } = copy();
    expect(await swOf(card, [0x40, 0xa4, 0, 0])).toBe(SW.unknownClass);
    expect(await swOf(card, [CLA.interindustry, 0x01, 0, 0])).toBe(SW.unknownInstruction);
    expect(await swOf(card, [CLA.interindustry, INS.select, 4, 12], Buffer.from('D392F000260100000002', 'hex'))).toBe(SW.fileNotFound);
    expect(await swOf(card, [CLA.interindustry, INS.readBinary, 0, 0], Buffer.alloc(0), 256)).toBe(SW.noCurrentFile);
    expect(await swOf(card, [CLA.interindustry, INS.select, 4, 12], Buffer.from(APPLICATIONS.JPKI_AP, 'hex'))).toBe(SW.ok);
    expect(await swOf(card, [CLA.interindustry, INS.select, 2, 12], Buffer.of(0, 0x77))).toBe(SW.fileNotFound);
    expect(await swOf(card, [CLA.interindustry, INS.select, 2, 12], Buffer.of(0, 0x0a))).toBe(SW.ok);
    expect(await swOf(card, [CLA.interindustry, INS.readBinary, 0x10, 0], Buffer.alloc(0), 256)).toBe(SW.wrongOffset);
    expect(await swOf(card, [CLA.interindustry, INS.updateBinary, 0, 0], Buffer.of(1))).toBe(SW.securityNotSatisfied);
  });
});

describe('secrets and lock-outs (CARD-4.8)', () => {
  it('CARD-4.8 tries: 5 of the signature, 3 of the 4-digit PINs, 10 of A and B; asking uses none; unset ones are blocked', async () => {
    const { card } = await withPins();
    const tries: [Secret, number][] = [['SIGN', 5], ['AUTH', 3], ['INPUT', 3], ['JUKI', 3], ['A', 10], ['B', 10]];
    for (const [secret, left] of [...tries, ...tries]) expect(await triesLeft(card, secret)).toBe(left);
    expect(await triesLeft(card, 'ORDINANCE')).toBe(0);
    expect(await faultOf(verifySecret(card, 'AUTH', octets('9999')))).toEqual(['PIN_WRONG', 2]);
    expect(await faultOf(verifySecret(card, 'AUTH', octets('9999')))).toEqual(['PIN_WRONG', 1]);
    await verifySecret(card, 'AUTH', octets('1470'));
    expect(await triesLeft(card, 'AUTH')).toBe(3);
    for (const left of [2, 1, 0]) expect(await faultOf(verifySecret(card, 'AUTH', octets('9999')))).toEqual([left === 0 ? 'PIN_BLOCKED' : 'PIN_WRONG', left]);
    expect(await faultOf(signChallenge(card, octets('1470'), octets('m')))).toEqual(['PIN_BLOCKED', 0]);
  });

  it('CARD-4.8 a try is taken before the comparison: whoever cuts the power at the first write has lost it, also with the right PIN', async () => {
    const { nvm } = await withPins();
    const kept = new SlotMemory(nvm);
    const cutting = new SoftwareCard({ read: () => kept.read(), write: (value) => {
      kept.write(value);
      throw new PowerLoss();
    } });
    await expect(verifySecret(cutting, 'AUTH', octets('1470'))).rejects.toThrow(PowerLoss);
    expect(await triesLeft(new SoftwareCard(kept), 'AUTH')).toBe(2);
  });

  it('CARD-4.8 only a counter unlocks; the rules hold there too, and PINs are overwritten whatever happens', async () => {
    const { card } = await withPins();
    for (const _try of [1, 2, 3]) await faultOf(verifySecret(card, 'JUKI', octets('0001')));
    const pin = octets('1357');
    expect(await faultOf(setPins(card, { JUKI: pin }, GUESSABLE))).toEqual(['NOT_AUTHORISED', undefined]);
    expect(pin).toEqual(Buffer.alloc(4));
    await authenticate(card, COUNTER, SERIAL);
    const [bad, good] = [octets('0331'), octets('1357')];
    await expect(setPins(card, { INPUT: good, JUKI: bad }, GUESSABLE)).rejects.toThrow(PinRefused);
    expect([bad, good]).toEqual([Buffer.alloc(4), Buffer.alloc(4)]);
    await setPins(card, { JUKI: octets('1357') }, GUESSABLE);
    await verifySecret(card, 'JUKI', octets('1357'));
    await changePin(card, 'INPUT', { from: octets('2581'), to: octets('1358'), guessable: GUESSABLE });
    await verifySecret(card, 'INPUT', octets('1358'));
    for (let left = 9; left >= 0; left -= 1) await faultOf(readFace(card, octets('01033120251235')));
    expect(await faultOf(readFace(card, octets('01033120251234')))).toEqual(['PIN_BLOCKED', 0]);
    await unlock(card, 'B');
    expect(await readFace(card, octets('01033120251234'))).toEqual(octets('face'));
  });

  it('CARD-4.8 what each secret opens, and nothing else', async () => {
    const { card } = await withPins();
    expect(await faultOf(readCertificate(card, 'SIGN'))).toEqual(['NOT_AUTHORISED', undefined]);
    expect((await readCertificate(card, 'AUTH')).length).toBeGreaterThan(500);
    await verifySecret(card, 'B', octets('01033120251234'));
    expect(await faultOf(readFourItems(card, octets('2581')))).not.toBe('NOT_AUTHORISED');
    await card.reset();
    expect(await faultOf(swOf(card, [CLA.interindustry, INS.select, 4, 12], Buffer.from(APPLICATIONS.FACE_AP, 'hex')))).toBe('DONE');
    await swOf(card, [CLA.interindustry, INS.select, 2, 12], Buffer.of(0, 2));
    expect(await swOf(card, [CLA.interindustry, INS.readBinary, 0, 0], Buffer.alloc(0), 256)).toBe(SW.securityNotSatisfied);
  });

  it('CARD-4.8 the counters behave as a simple model, through any sequence of presentations, resets, losses of power and torn writes', async () => {
    const { nvm } = await withPins();
    const start = nvm.read(0, 131_072);
    const names = ['SIGN', 'AUTH', 'INPUT', 'JUKI', 'A', 'B'] as const;
    const values: Record<(typeof names)[number], string> = { SIGN: 'AB12C3', AUTH: '1470', INPUT: '2581', JUKI: '2581', A: '123456789012', B: '01033120251234' };
    const steps = fc.array(fc.record({ secret: fc.constantFrom(...names), right: fc.boolean(), cut: fc.option(fc.nat(9_000), { nil: undefined, freq: 4 }), reset: fc.boolean() }), { maxLength: 14 });
    await fc.assert(fc.asyncProperty(steps, async (run) => {
      nvm.cutAfter(Number.POSITIVE_INFINITY);
      nvm.write(0, start);
      const tested = new SoftwareCard(new SlotMemory(nvm));
      const model = new Map<string, number>(names.map((name) => [name, TRIES[name]]));
      for (const { secret, right, cut, reset } of run) {
        const before = model.get(secret) ?? 0;
        if (reset) await tested.reset();
        if (cut !== undefined) nvm.cutAfter(cut);
        const outcome = await verifySecret(tested, secret, octets(right ? values[secret] : [...values[secret]].toReversed().join(''))).then(() => 'DONE', (error: unknown) => (error instanceof PowerLoss ? 'CUT' : 'REFUSED'));
        nvm.cutAfter(Number.POSITIVE_INFINITY);
        const left = await triesLeft(tested, secret);
        // A cut may cost one try and never gives one back, but for the right secret, which gives back all.
        const expected = outcome === 'CUT' ? [before, before - 1, ...(right ? [TRIES[secret]] : [])] : [before === 0 ? 0 : right ? TRIES[secret] : before - 1];
        expect(expected).toContain(left);
        expect(outcome === 'DONE').toBe(outcome !== 'CUT' && right && before > 0);
        model.set(secret, left);
        for (const other of names) expect(await triesLeft(tested, other)).toBe(model.get(other));
      }
    }), { numRuns: 60 });
  });
});


describe('keys and certificates (CARD-4.5, 4.7, 4.8)', () => {
  it('CARD-4.15 the challenge is signed by the authentication key; the PIN serves until the power goes', async () => {
    const { card } = await withPins();
    const message = octets('KIBAN-KIOSK-1');
    const pin = octets('1470');
    const { signature, certificate } = await signChallenge(card, pin, message);
    expect(verify('sha256', message, new X509Certificate(certificate).publicKey, signature)).toBe(true);
    expect(pin).toEqual(Buffer.alloc(4));
  });

  it('CARD-4.8 one signature a presentation of the signature PIN; what is no DigestInfo is not signed', async () => {
    const { card } = await withPins();
    const message = octets('a document');
    const { signature, certificate } = await signDocument(card, octets('AB12C3'), message);
    expect(verify('sha256', message, new X509Certificate(certificate).publicKey, signature)).toBe(true);
    const info = Buffer.concat([Buffer.from('3031300d060960864801650304020105000420', 'hex'), createHash('sha256').update(message).digest()]);
    expect(await swOf(card, [CLA.own, INS.performSecurityOperation, 0, 0x80], info, 256)).toBe(SW.securityNotSatisfied);
    await verifySecret(card, 'AUTH', octets('1470'));
    await swOf(card, [CLA.interindustry, INS.select, 2, 12], Buffer.of(0, 0x17));
    expect(await swOf(card, [CLA.own, INS.performSecurityOperation, 0, 0x80], message, 256)).toBe(SW.wrongData);
    expect(await swOf(card, [CLA.own, INS.performSecurityOperation, 0, 0x80], info, 256)).toBe(SW.ok);
  });

  it('CARD-4.7 a window: a new pair at the counter, the former serves until the new certificate is written and read back', async () => {
    const { card } = await atCounter();
    await setPins(card, PINS(), GUESSABLE);
    const before = await readCertificate(card, 'AUTH');
    expect(await holdsCertificate(card, 'AUTH', before)).toBe(true);
    const csr = await requestCertificate(card, 'AUTH', SERIAL);
    const strange = await certify(await (await NewChip.create('KIBAN00000000002')).requests(['AUTH']).then((requests) => requests.get('AUTH') ?? Buffer.alloc(0)));
    expect(await faultOf(writeCertificate(card, 'AUTH', strange))).toEqual(['REFUSED', undefined]);
    expect(await holdsCertificate(card, 'AUTH', before)).toBe(true);
    const written = await certify(csr);
    expect(await writeCertificate(card, 'AUTH', written)).toBe(createHash('sha256').update(written.certificate).digest('hex'));
    expect([await holdsCertificate(card, 'AUTH', written.certificate), await holdsCertificate(card, 'AUTH', before)]).toEqual([true, false]);
    await card.reset();
    const { signature } = await signChallenge(card, octets('1470'), octets('m'));
    expect(verify('sha256', octets('m'), createPublicKey({ key: parseCsr(csr).spki, format: 'der', type: 'spki' }), signature)).toBe(true);
    expect(await faultOf(requestCertificate(card, 'AUTH', SERIAL))).toEqual(['NOT_AUTHORISED', undefined]);
  });
});

describe('life of a chip (CARD-3.5)', () => {
  const recordOf = async (card: CardReader): Promise<unknown> => openChipRecord(await readChipRecord(card), chipKey);

  it('CARD-4.7 activated for the session it is bound to, with PINs set, once; the record is signed by the key registered at production', async () => {
    const { card } = await atCounter();
    expect(isChipKey(chipKey)).toBe(true);
    expect(await recordOf(card)).toMatchObject({ cardSerial: SERIAL, state: 'PERSONALISED', bound: undefined, activated: undefined });
    await bindSession(card, SESSION);
    expect(await faultOf(activateChip(card, SESSION))).toEqual(['REFUSED', undefined]);
    await setPins(card, PINS(), GUESSABLE);
    expect(await faultOf(activateChip(card, OTHER))).toEqual(['REFUSED', undefined]);
    for (const _twice of [1, 2]) expect(openChipRecord(await activateChip(card, SESSION), chipKey)).toMatchObject({ state: 'ACTIVATED', bound: SESSION, activated: SESSION, counter: 2 });
    // Another terminal binds it anew: the former session is fenced off, and what it activated stays told.
    expect(openChipRecord(await bindSession(card, OTHER), chipKey)).toMatchObject({ state: 'ACTIVATED', bound: OTHER, activated: SESSION });
    expect(await faultOf(activateChip(card, SESSION))).toEqual(['REFUSED', undefined]);
    const { chipKey: strange } = await NewChip.create('KIBAN00000000003');
    const record = await readChipRecord(card);
    expect(openChipRecord(record, strange)).toBe('SIGNATURE');
    record.writeUInt8(record.readUInt8(30) ^ 1, 30);
    expect([openChipRecord(record, chipKey), openChipRecord(record.subarray(1), chipKey)]).toEqual(['SIGNATURE', 'FORMAT']);
    await card.reset();
    expect(await faultOf(bindSession(card, SESSION))).toEqual(['NOT_AUTHORISED', undefined]);
  });

  it('CARD-3.5 a terminated chip tells only that', async () => {
    const { card } = await atCounter();
    expect(openChipRecord(await terminateChip(card), chipKey)).toMatchObject({ state: 'TERMINATED' });
    await card.reset();
    expect(await recordOf(card)).toMatchObject({ state: 'TERMINATED' });
    expect(await faultOf(readCertificate(card, 'AUTH'))).toEqual(['TERMINATED', undefined]);
  });

  it('CARD-3.5 power cut at any octet of PINs, binding and activation: what was before or what is after, and it goes on', async () => {
    const { nvm: finished } = await atCounter();
    const start = finished.read(0, 131_072);
    const nvm = new MemoryNvm();
    await fc.assert(fc.asyncProperty(fc.nat(60_000), async (cut) => {
      nvm.cutAfter(Number.POSITIVE_INFINITY);
      nvm.write(0, start);
      const card = new SoftwareCard(new SlotMemory(nvm));
      const handOver = async (): Promise<Buffer> => {
        await authenticate(card, COUNTER, await readSerial(card));
        await bindSession(card, SESSION);
        await setPins(card, PINS(), GUESSABLE);
        return activateChip(card, SESSION);
      };
      nvm.cutAfter(cut);
      await handOver().catch((error: unknown) => expect(error).toBeInstanceOf(PowerLoss));
      nvm.cutAfter(Number.POSITIVE_INFINITY);
      await card.reset();
      expect(openChipRecord(await handOver(), chipKey)).toMatchObject({ state: 'ACTIVATED', activated: SESSION });
      for (const kind of PIN_KINDS) expect(await triesLeft(card, kind)).toBe(TRIES[kind]);
      expect(await holdsCertificate(card, 'AUTH')).toBe(true);
    }), { numRuns: 40 });
  });
});

describe('where a card is kept and reached', () => {
  it('a card in a file is the same card later', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kiban-card-'));
    const path = join(folder, 'card');
    new FileNvm(path).write(0, made);
    await faultOf(verifySecret(new SoftwareCard(new SlotMemory(new FileNvm(path))), 'B', octets('01033120251235')));
    expect(await triesLeft(new SoftwareCard(new SlotMemory(new FileNvm(path))), 'B')).toBe(9);
    rmSync(folder, { recursive: true });
  });

  it('a card at the other end of a connection, as vpcd speaks', async () => {
    const reader = await listenForCard(0);
    const { card } = await withPins();
    const socket = await plugInto({ host: '127.0.0.1', port: reader.port }, card);
    await reader.powerOn();
    expect(await readSerial(reader)).toBe(SERIAL);
    const { signature, certificate } = await signChallenge(reader, octets('1470'), octets('m'));
    expect(verify('sha256', octets('m'), new X509Certificate(certificate).publicKey, signature)).toBe(true);
    const asked = readSerial(reader);
    socket.destroy();
    await expect(asked).rejects.toThrow('taken away');
    reader.close();
  });
});
