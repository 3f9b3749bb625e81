export { jukiNetModule } from './juki-net.module.js';
export { writeFrame } from './batch/frame.js';
export { placeKey } from './resident/place-key.js';
