// Spellings of one name: `card-issuance` is CardIssuance, cardIssuance, card_issuance and "Card issuance".

const words = (name) => name.split(/[-.]/);
const capital = (word) => word.slice(0, 1).toUpperCase() + word.slice(1);

export const pascal = (name) => words(name).map(capital).join('');
export const camel = (name) => pascal(name).replace(/^./, (first) => first.toLowerCase());
export const snake = (name) => words(name).join('_');
export const sentence = (name) => capital(words(name).join(' '));

/** `stop-order` is answered at `/stop-orders`, `entry` at `/entries`. */
export const plural = (name) => (/[^aeiou]y$/.test(name) ? name.replace(/y$/, 'ies') : /(s|x|ch|sh)$/.test(name) ? `${name}es` : `${name}s`);
