/** The page at `/playground`: a launcher that is told what stands in the form, and the code for it. */
import type { BatonLauncher } from '../../widget/index.ts'
import { byId, element } from '../element.ts'
import { ATTRIBUTES, codeFor, type Setting, TOKENS } from './settings.ts'
import { tableOfWords } from './words.ts'

const EVENTS = ['baton-open', 'baton-close', 'baton-unread', 'baton-message', 'baton-state', 'baton-feedback'] as const
const KEPT_EVENTS = 8
/** No gateway answers there. The page's own policy lets it look at no other origin. */
const NOWHERE = new URL('nowhere', document.baseURI).href
/** Above what a gateway takes by default (`MAX_CONTENT_BYTES`). */
const TOO_LONG = 40_000

await customElements.whenDefined('baton-launcher')
const launcher = document.querySelector('baton-launcher') as BatonLauncher
const form = byId('settings', HTMLFormElement)
const code = byId('code', HTMLElement)

for (const setting of ATTRIBUTES) byId('attributes', HTMLElement).append(fieldOf(setting))
for (const setting of TOKENS) byId('tokens', HTMLElement).append(fieldOf(setting))
offer('Open', () => launcher.open())
offer('Close', () => launcher.close())
offer('An answer with code', () => ask('How do I scale to more replicas? Show me code.'))
offer('A long answer', () => ask('Tell me a long story.'))
offer('Words in the text box', () => launcher.prefill('I have a question about '))
offer('What to ask next', async () => {
  await launcher.open()
  launcher.chat?.suggest(['And then?', 'Why is that?'])
})
offer('A message too long', () => ask('No end. '.repeat(TOO_LONG / 8)))
offer('No connection, and back', () => {
  if (launcher.getAttribute('server') === NOWHERE) launcher.removeAttribute('server')
  else launcher.setAttribute('server', NOWHERE)
  return launcher.open()
})
for (const name of EVENTS) document.addEventListener(name, ({ detail }) => tell(name, detail))
form.addEventListener('input', apply)
form.addEventListener('reset', () => setTimeout(apply)) // once its fields are empty
byId('copy', HTMLButtonElement).addEventListener('click', () => {
  getSelection()?.selectAllChildren(code)
  navigator.clipboard?.writeText(code.textContent ?? '').catch(() => {}) // what is selected can be copied by hand
})
const words = byId('words', HTMLElement)
words.tabIndex = 0 // scrolls sideways, so the keyboard must reach it
words.append(tableOfWords())
apply()

function apply(): void {
  const [attributes, tokens] = [filledIn(ATTRIBUTES), filledIn(TOKENS)]
  for (const { name } of ATTRIBUTES) {
    const value = attributes.get(name)
    if (value === undefined) launcher.removeAttribute(name)
    else launcher.setAttribute(name, value)
  }
  for (const { name } of TOKENS) launcher.style.setProperty(name, tokens.get(name) ?? null)
  code.textContent = codeFor(new URL('widget.js', document.baseURI).href, attributes, tokens)
}

/** What the form says, by name; an empty value is that of an attribute without one. */
function filledIn(settings: readonly Setting[]): ReadonlyMap<string, string> {
  const said = new FormData(form)
  const values = settings.map(({ name, kind }) => {
    const value = said.get(name)
    if (kind === 'checkbox') return [name, value === null ? null : ''] as const
    return [name, typeof value === 'string' && value.trim() !== '' ? value : null] as const
  })
  return new Map(values.filter((entry): entry is readonly [string, string] => entry[1] !== null))
}

function fieldOf({ name, kind, hint }: Setting): HTMLElement {
  const label = element('label', '', element('span', '', name))
  if (typeof kind === 'string') {
    const input = element('input', '')
    Object.assign(input, { name, type: kind, placeholder: hint, autocomplete: 'off', spellcheck: false })
    label.append(input)
  } else {
    const select = element('select', '', ...kind.map((choice) => new Option(choice || 'default', choice)))
    select.name = name
    label.append(select)
  }
  return label
}

function offer(label: string, work: () => unknown): void {
  const button = element('button', '', label)
  button.type = 'button'
  button.addEventListener('click', () => work())
  byId('tries', HTMLElement).append(button)
}

async function ask(question: string): Promise<void> {
  await launcher.open()
  launcher.send(question).catch(() => {}) // one that fails says so in the chat
}

function tell(name: string, detail: object): void {
  const words = JSON.stringify(detail, (key, value) => (key === 'messages' ? `${value.length} messages` : value))
  const events = byId('events', HTMLElement)
  events.prepend(element('li', '', `${name} ${words.slice(0, 160)}`))
  events.children[KEPT_EVENTS]?.remove()
}
