import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PkiError } from '../pki-error.js';
import type { Pkcs11Library } from './pkcs11-library.js';
import { type Pkcs11Settings, Pkcs11Token } from './pkcs11-token.js';

const settings: Pkcs11Settings = { module: '/m.so', token: 'ca', pin: '4321', sessions: 2, waiting: 3 };

const noInfo = { manufacturerID: '', model: '', serialNumber: '' };

function unused(): never {
  throw new Error('not called in these tests');
}

/** A token that notes what is asked of it and fails as it is told. */
class Scripted {
  readonly calls: string[] = [];
  fault: string | undefined;
  loginFault: string | undefined;
  label = 'ca';
  labelAfter = 'ca';
  /** Sessions of others. */
  strangers = 0;
  #sessions = 0;

  readonly library: Pkcs11Library = {
    C_Initialize: () => void this.calls.push('initialise'),
    C_Finalize: () => {
      this.calls.push('finalise');
      this.label = this.labelAfter;
    },
    C_GetSlotList: () => {
      this.calls.push('slots');
      this.fail();
      return [Buffer.from('empty'), Buffer.from('slot')];
    },
    C_GetTokenInfo: (slot) => ({ ...noInfo, sessionCount: this.strangers, label: slot.equals(Buffer.from('slot')) ? this.label.padEnd(32, '\0') : '' }),
    C_OpenSession: () => {
      this.#sessions += 1;
      this.calls.push(`open ${this.#sessions}`);
      return Buffer.from(String(this.#sessions));
    },
    C_CloseSession: (session) => void this.calls.push(`close ${session.toString()}`),
    C_Login: (session, _user, pin) => {
      this.calls.push(`login ${session.toString()} ${pin}`);
      if (this.loginFault !== undefined) throw new Error(this.loginFault);
    },
    C_FindObjectsInit: unused,
    C_FindObjects: unused,
    C_FindObjectsFinal: unused,
    C_GetAttributeValue: unused,
    C_CreateObject: unused,
    C_DestroyObject: unused,
    C_GenerateKeyPairAsync: unused,
    C_SignInit: unused,
    C_SignAsync: unused,
  };

  readonly load = async (): Promise<Pkcs11Library> => this.library;

  fail(): void {
    if (this.fault !== undefined) throw new Error(this.fault);
  }
}

const scripted = (more: Partial<Pkcs11Settings> = {}): { script: Scripted; token: Pkcs11Token } => {
  const script = new Scripted();
  return { script, token: new Pkcs11Token({ ...settings, ...more }, script.load) };
};

describe('sessions of a token (JPKI 4.16)', () => {
  it('are used by as many as there are; the others wait in order, and more than may wait are refused', async () => {
    const { script, token } = scripted();
    const order: number[] = [];
    const ends: (() => void)[] = [];
    let running = 0;
    const work = (n: number) => async (): Promise<void> => {
      running += 1;
      order.push(n);
      await new Promise<void>((resolve) => ends.push(resolve));
      running -= 1;
    };
    const all = [1, 2, 3, 4, 5].map((n) => token.use(work(n)));
    await expect(token.use(work(6))).rejects.toMatchObject({ code: 'TOKEN_BUSY' });
    for (let n = 0; n < 5; n += 1) {
      await turn();
      expect(running).toBe(Math.min(2, 5 - n));
      ends.shift()?.();
    }
    await Promise.all(all);
    expect(order).toEqual([1, 2, 3, 4, 5]);
    expect(script.calls.filter((call) => call.startsWith('open'))).toHaveLength(2);
    await token.use(() => undefined);
  });

  it('need at least one', () => {
    for (const wrong of [{ sessions: 0 }, { sessions: 1.5 }, { waiting: -1 }]) expect(() => scripted(wrong)).toThrow(PkiError);
  });

  it('a library that goes on failing begins anew at the next call, unless others have sessions', async () => {
    for (const strangers of [0, 1]) {
      const { script, token } = scripted();
      script.strangers = strangers;
      const failing = (): never => {
        throw new Error('CKR_GENERAL_ERROR');
      };
      await expect(token.use(failing)).rejects.toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
      const renewals = (): string[] => script.calls.splice(0).filter((call) => call.startsWith('finalise') || call.startsWith('initialise'));
      renewals();
      await token.use(() => undefined);
      expect(renewals()).toEqual(strangers === 0 ? ['finalise', 'initialise'] : []);
      await token.use(() => undefined);
      expect(renewals()).toEqual([]);
    }
  });

  const ended = [
    'SESSION_HANDLE_INVALID', 'SESSION_CLOSED', 'DEVICE_REMOVED', 'DEVICE_ERROR', 'TOKEN_NOT_PRESENT', 'USER_NOT_LOGGED_IN',
    'CRYPTOKI_NOT_INITIALIZED', 'VENDOR_DEFINED',
  ];
  it.each(ended)('that end by CKR_%s are replaced, with those beside them, and the work is done', async (name) => {
    const { script, token } = scripted();
    await Promise.all([token.use(() => turn()), token.use(() => turn())]);
    let tries = 0;
    const answer = await token.use(() => {
      tries += 1;
      if (tries === 1) throw new Error(`CKR_${name}`);
      return 'signed';
    });
    expect(answer).toBe('signed');
    expect(script.calls.slice(-5).sort()).toEqual(['close 1', 'close 2', 'login 3 4321', 'open 3', 'slots']);
  });

  it('that end do not repeat what may not be repeated', async () => {
    const { token } = scripted();
    const work = vi.fn(() => {
      throw new Error('CKR_DEVICE_REMOVED');
    });
    await expect(token.use(work, false)).rejects.toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('stay when the engine itself refuses, and are closed after any other error, which goes through', async () => {
    const { script, token } = scripted();
    const fault = async (error: Error): Promise<void> => {
      await expect(token.use(() => Promise.reject(error))).rejects.toBe(error);
    };
    await fault(new PkiError('KEY_NOT_FOUND', 'no key'));
    expect(script.calls).not.toContain('close 1');
    await fault(new TypeError('wrong call'));
    expect(script.calls).toContain('close 1');
  });

  it('share the login of the process', async () => {
    const { script, token } = scripted();
    script.loginFault = 'CKR_USER_ALREADY_LOGGED_IN';
    expect(await token.use(() => 'signed')).toBe('signed');
  });

  it('end with the store, those at work afterwards', async () => {
    const { script, token } = scripted();
    await token.use(() => undefined);
    const last = token.use(() => turn());
    await turn();
    token.close();
    await last;
    expect(script.calls.at(-1)).toBe('close 1');
    await expect(token.use(() => undefined)).rejects.toMatchObject({ code: 'KEY_STORE' });
  });
});

describe('a token', () => {
  it('that refuses the PIN is never asked again', async () => {
    for (const name of ['INCORRECT', 'LOCKED', 'EXPIRED']) {
      const { script, token } = scripted();
      script.loginFault = `CKR_PIN_${name}`;
      const answer = { code: 'KEY_STORE', message: expect.not.stringContaining('4321') };
      for (let n = 0; n < 10; n += 1) await expect(token.use(() => undefined)).rejects.toMatchObject(answer);
      expect(script.calls.filter((call) => call.startsWith('login'))).toHaveLength(1);
      expect(script.calls).toContain('close 1');
    }
  });

  it('that is not in a slot is away', async () => {
    const { token } = scripted({ token: 'another' });
    await expect(token.use(() => undefined)).rejects.toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
  });

  it('that came after the library was initialised is found, unless others would lose their sessions by it', async () => {
    const { script, token } = scripted();
    script.label = 'none yet';
    script.strangers = 1;
    await expect(token.use(() => undefined)).rejects.toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
    expect(script.calls).not.toContain('finalise');
    script.strangers = 0;
    expect(await token.use(() => 'signed')).toBe('signed');
    expect(script.calls.filter((call) => call.endsWith('ise'))).toEqual(['finalise', 'initialise']);
  });

  it('that refuses one request is not away', async () => {
    const { script, token } = scripted();
    const refuse = vi.fn(() => {
      throw new Error('CKR_KEY_FUNCTION_NOT_PERMITTED');
    });
    const answer = { code: 'KEY_STORE', message: expect.stringContaining('CKR_KEY_FUNCTION') };
    for (let n = 0; n < 10; n += 1) await expect(token.use(refuse)).rejects.toMatchObject(answer);
    expect(refuse).toHaveBeenCalledTimes(10);
    expect(script.calls).toContain('open 10');
  });
});

describe('a library that hangs', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('keeps its sessions, not those who asked or wait; what was given up is not done later', async () => {
    const { token } = scripted();
    const ends: (() => void)[] = [];
    const hang = vi.fn(() => new Promise<void>((resolve) => ends.push(resolve)));
    const all = Promise.allSettled([1, 2, 3, 4, 5].map(() => token.use(hang)));
    await vi.advanceTimersByTimeAsync(30_000);
    for (const answer of await all) expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'TOKEN_UNAVAILABLE' } });
    await expect(token.use(hang)).rejects.toMatchObject({ code: 'TOKEN_UNAVAILABLE', message: expect.stringContaining('left alone') });
    for (const end of ends) end();
    await turn();
    expect(hang).toHaveBeenCalledTimes(2);
    expect(await token.use(() => 'signed')).toBe('signed');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('has all the time it needs for what may not be repeated', async () => {
    const { token } = scripted();
    let end: ((made: string) => void) | undefined;
    const made = token.use(() => new Promise<string>((resolve) => (end = resolve)), false);
    await vi.advanceTimersByTimeAsync(120_000);
    end?.('made');
    expect(await made).toBe('made');
  });
});

describe('the circuit breaker', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const refused = { code: 'TOKEN_UNAVAILABLE' };

  it('leaves a token alone after five failures in a row, then sends one call to see', async () => {
    const { script, token } = scripted();
    script.fault = 'CKR_TOKEN_NOT_PRESENT';
    for (let n = 0; n < 5; n += 1) await expect(token.use(() => undefined)).rejects.toMatchObject(refused);
    const asked = script.calls.length;
    await expect(token.use(() => undefined)).rejects.toMatchObject(refused);
    vi.advanceTimersByTime(4_999);
    await expect(token.use(() => undefined)).rejects.toMatchObject(refused);
    expect(script.calls).toHaveLength(asked);

    vi.advanceTimersByTime(1);
    await expect(token.use(() => undefined)).rejects.toMatchObject(refused);
    expect(script.calls.length).toBeGreaterThan(asked);
    const probed = script.calls.length;
    await expect(token.use(() => undefined)).rejects.toMatchObject(refused);
    expect(script.calls).toHaveLength(probed);

    script.fault = undefined;
    vi.advanceTimersByTime(5_000);
    const probe = token.use(() => turn('signed'));
    await expect(token.use(() => undefined)).rejects.toMatchObject(refused);
    expect(await probe).toBe('signed');
    expect(await token.use(() => 'signed')).toBe('signed');
  });

  it('counts failures in a row only, and an answer of the engine as an answer', async () => {
    const { script, token } = scripted();
    for (const answer of [() => undefined, () => Promise.reject(new PkiError('KEY_NOT_FOUND', 'no key')), () => undefined]) {
      script.fault = 'CKR_DEVICE_REMOVED';
      const away = (): never => {
        throw new Error('CKR_DEVICE_REMOVED');
      };
      for (let n = 0; n < 4; n += 1) await expect(token.use(away)).rejects.toMatchObject(refused);
      script.fault = undefined;
      await token.use(answer).catch(() => undefined);
    }
    expect(await token.use(() => 'signed')).toBe('signed');
  });
});
