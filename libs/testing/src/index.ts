export * from './estate.js';
