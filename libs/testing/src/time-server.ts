import { createSocket } from 'node:dgram';

/** 1900 to 1970. */
const TO_UNIX_S = 2_208_988_800;

/** An NTP answer (RFC 5905 7.3) of a server whose clock shows `at` as the question comes, and `heldMs` later as it answers. */
export function timeAnswer(question: Buffer, at: number, { heldMs = 0, first = 0x24, stratum = 2 } = {}): Buffer {
  const answer = Buffer.alloc(48);
  [answer[0], answer[1]] = [first, stratum];
  question.copy(answer, 24, 40, 48);
  for (const [place, instant] of [[32, at], [40, at + heldMs]] as const) {
    answer.writeUInt32BE((Math.floor(instant / 1_000) + TO_UNIX_S) % 2 ** 32, place);
    answer.writeUInt32BE(Math.floor(((instant % 1_000) / 1_000) * 2 ** 32), place + 4);
  }
  return answer;
}

/** A time server of this machine; undefined for no answer. */
export function startTimeServer(answer: (question: Buffer) => Buffer | undefined): Promise<{ readonly port: number; stop(): void }> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.on('message', (question, { port, address }) => {
      const text = answer(question);
      if (text !== undefined) socket.send(text, port, address);
    });
    socket.bind(0, '127.0.0.1', () => resolve({ port: socket.address().port, stop: () => void socket.close() }));
  });
}
