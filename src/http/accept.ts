/** Whether an answer is wanted as server-sent events: `Accept` names them, and not JSON rather than them. */
export function wantsEvents(accept = ''): boolean {
  const events = weightOf('text/event-stream', accept)
  return events > 0 && events >= weightOf('application/json', accept)
}

/** The weight of a media type that `Accept` names, by RFC 9110; 0 where it does not. */
function weightOf(type: string, accept: string): number {
  const ranges = accept.split(',').map((range) => range.split(';').map((part) => part.trim().toLowerCase()))
  const [, ...parameters] = ranges.find(([name]) => name === type) ?? [type, 'q=0']
  const weight = parameters.find((parameter) => parameter.startsWith('q='))
  return weight === undefined ? 1 : Number(weight.slice(2))
}
