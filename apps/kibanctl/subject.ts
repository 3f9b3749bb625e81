/**
 * What of a stream's subject (`kiban.<context>.>`) a pattern asks for, as a filter that the server accepts (it must lie
 * within the stream); undefined when nothing of it can match.
 */
export function filterWithin(pattern: string, streamSubject: string): string | undefined {
  const [prefix = '', context = ''] = streamSubject.split('.');
  const [first = '', second = '', ...rest] = pattern.split('.');
  if (first === '>') return streamSubject;
  if (first !== prefix && first !== '*') return undefined;
  if (second === '>') return streamSubject;
  if ((second !== context && second !== '*') || rest.length === 0) return undefined;
  return [prefix, context, ...rest].join('.');
}
