/** The page at `/admin`: what operators look at and do, over `/admin/api`. */
import { byId } from '../element.ts'
import { api, Refusal, token } from './console-api.ts'
import { Overview } from './overview.ts'
import { Sessions } from './sessions.ts'

const EVERY_MS = 2000
/** For as long as what came of an act is to be read. */
const NEWS_MS = 6000

const [status, entry, leave] = [byId('status', HTMLElement), byId('entry', HTMLFormElement), byId('leave', HTMLElement)]
const consoleElement = byId('console', HTMLElement)
const input = byId('token', HTMLInputElement)
let newsUntil = 0

function tell(words: string, isNews = true): void {
  if (!isNews && performance.now() < newsUntil) return
  if (isNews) newsUntil = performance.now() + NEWS_MS
  status.textContent = words
}

async function perform(what: string, act: () => Promise<unknown>, question?: string): Promise<void> {
  if (question !== undefined && !confirm(question)) return
  try {
    await act()
    if (what !== '') tell(what)
    await refresh()
  } catch (error) {
    fail(error)
  }
}

function fail(error: unknown): void {
  if (error instanceof Refusal && error.code === 'unauthorized') close('This token opens nothing.')
  else tell(error instanceof Refusal ? error.message : 'The replica does not answer.')
}

const sessions = new Sessions(perform)
const overview = new Overview(perform, (sessionId) => sessions.look(sessionId))

async function refresh(): Promise<void> {
  const state = await api.state()
  overview.show(state)
  tell(`As ${state.replica} saw it at ${new Date(state.now).toLocaleTimeString()}`, false)
}

async function watch(): Promise<void> {
  if (token.get() !== null && !document.hidden) await refresh().catch(fail)
  setTimeout(watch, EVERY_MS)
}

function open(): void {
  const isIn = token.get() !== null
  entry.hidden = isIn
  for (const shown of [consoleElement, leave]) shown.hidden = !isIn
  if (!isIn) input.focus()
}

function close(words: string): void {
  token.forget()
  tell(words)
  open()
}

entry.addEventListener('submit', (event) => {
  event.preventDefault()
  token.set(input.value.trim())
  input.value = ''
  newsUntil = 0 // what the last token opened is none any more
  refresh().then(open, fail)
})
leave.addEventListener('click', () => close(''))
open()
void watch()
