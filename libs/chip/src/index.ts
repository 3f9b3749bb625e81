export { CLA, INS, MOST_LE, command, encodeCommand, encodeResponse, parseCommand, parseResponse, type Command, type Response } from './apdu/apdu.js';
export { SW, triesOf } from './apdu/status-word.js';
export { CHIP_STATES, chipRecordOf, isChipKey, openChipRecord, type ChipRecord, type ChipState } from './card/chip-record.js';
export { APPLICATIONS, TRIES, type Application, type KeyKind, type Secret } from './card/layout.js';
export { SoftwareCard } from './card/software-card.js';
export { FileNvm, MemoryNvm, PowerLoss } from './memory/nvm.js';
export { SlotMemory, type CardMemory, type Nvm } from './memory/slot-memory.js';
export { PIN_KINDS, pinFault, type Guessable, type PinFault, type PinKind } from './pin.js';
export { authenticate, authorityOf, type CardAuthority } from './terminal/authority.js';
export { CardFault, ReaderFault, type CardFaultCode, type CardReader, type OpenedReader, type ReaderFaultCode } from './terminal/card-reader.js';
export { LedgerRefusal, handOver, type HandoverLedger, type HandoverWork, type SessionAnswer, type WindowCertificate } from './terminal/hand-over.js';
export { holdsCertificate, readCertificate, requestCertificate, signChallenge, signDocument, writeCertificate, type SignedChallenge } from './terminal/keys.js';
export {
  activateChip, bindSession, initialiseChip, personalise, readChipRecord, readFace, readFourItems, readSerial, requestCertificates, terminateChip, type Personalisation,
} from './terminal/life.js';
export { READER_SETTING, openReader } from './terminal/open-reader.js';
export { openPcscReader, type PcscCard, type PcscContext, type PcscDriver, type PcscReader } from './terminal/pcsc.js';
export { PinRefused, changePin, setPins, triesLeft, unlock, verifySecret, type ChosenPins } from './terminal/pins.js';
export { listenForCard, plugInto, type ListeningReader } from './terminal/vpcd.js';
