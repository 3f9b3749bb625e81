export { jukiNetModule } from './juki-net.module.js';
