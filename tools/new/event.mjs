import { camel, sentence } from './names.mjs';

const LIST = /(export const \w+Events = \[)([\s\S]*?)(\] as const;)/;
const IMPORTS = ["import { defineEvent } from '#kernel';", "import { z } from 'zod';"];

/** The text of a contract's events.ts with one event more; undefined when the file has no list of events or has the event already. */
export function withEvent(text, context, name) {
  const list = LIST.exec(text);
  const constant = camel(name);
  if (list === null || text.includes(`'${name}'`) || new RegExp(`\\bconst ${constant}\\b`).test(text)) return undefined;
  const definition = `export const ${constant} = defineEvent('${context}', '${name}', {
  summary: '${sentence(name)}',
  data: z.object({ ${camel(name.split('.')[0])}Id: z.uuid() }),
});
`;
  const [whole, head, events, tail] = list;
  const longer = `${head}${withName(events, constant)}${tail}`;
  const start = beforeComment(text, list.index);
  const changed = `${text.slice(0, start)}${definition}\n${text.slice(start, list.index)}${longer}${text.slice(list.index + whole.length)}`;
  const missing = IMPORTS.filter((line) => !text.includes(line));
  return missing.length === 0 ? changed : `${missing.join('\n')}\n${missing.length === IMPORTS.length ? '\n' : ''}${changed}`;
}

function withName(names, constant) {
  if (names.trim() === '') return constant;
  return names.includes('\n') ? `${names.trimEnd().replace(/,?$/, ',')}\n  ${constant},\n` : `${names}, ${constant}`;
}

/** A docstring stays with the list that it describes. */
function beforeComment(text, index) {
  const comment = /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n$/.exec(text.slice(0, index));
  return comment === null ? index : comment.index;
}
