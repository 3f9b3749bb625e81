export { numberingModule } from './numbering.module.js';
