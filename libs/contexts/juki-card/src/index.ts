export { jukiCardModule } from './juki-card.module.js';
