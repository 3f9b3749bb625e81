import type { GuestDoor } from '#platform';

/** The door for what everybody may ask who holds the paper, or a token that was given for it (CARD-4.16): it looks at nobody. */
export const anyone: GuestDoor = { scheme: {}, takesJson: true, admit: async () => ({ clientId: 'anyone', kind: 'guest', organisation: 'anyone' }) };

/** The same for pictures and forms, which come as a stream. */
export const anyoneByUpload: GuestDoor = { ...anyone, takesJson: false };
