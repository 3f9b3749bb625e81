import type { GuestDoor } from '#platform';

/** The door for what everybody may ask, or asks by what the address itself proves (TRN-4.8, 4.9): it looks at nobody. */
export const anyone: GuestDoor = { scheme: {}, takesJson: true, admit: async () => ({ clientId: 'anyone', kind: 'guest', organisation: 'anyone' }) };

/** The same for forms, which come as a stream. */
export const anyoneByForm: GuestDoor = { ...anyone, takesJson: false };
