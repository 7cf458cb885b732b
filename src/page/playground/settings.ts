/** What the widget can be told, as the playground offers it. */
export interface Setting {
  readonly name: string
  /** A list of choices, or the kind of an input. */
  readonly kind: 'text' | 'checkbox' | readonly string[]
  /** What stands in an empty field: the default, or an example. */
  readonly hint: string
}

const setting = (name: string, hint = '', kind: Setting['kind'] = 'text'): Setting => ({ name, kind, hint })

export const ATTRIBUTES: readonly Setting[] = [
  setting('assistant', 'Ada'),
  setting('avatar', 'https://…/ada.png'),
  setting('heading', 'Chat'),
  setting('greeting', 'How can I help?'),
  setting('starters', 'Where is my order?|What does it cost?'),
  setting('theme', '', ['', 'light', 'dark']),
  setting('lang', '', ['', 'en', 'de', 'es', 'fr', 'vi', 'zh', 'ar']),
  setting('position', '', ['', 'bottom-left']),
  setting('label', 'Need help?'),
  setting('sound', '', 'checkbox'),
  setting('feedback', '', 'checkbox'),
]

export const TOKENS: readonly Setting[] = [
  setting('--baton-accent', 'light-dark(#0f766e, #2dd4bf)'),
  setting('--baton-on-accent', 'light-dark(#ffffff, #06231f)'),
  setting('--baton-ground', 'light-dark(#ffffff, #17191c)'),
  setting('--baton-sunken', 'light-dark(#f4f3f0, #0f1113)'),
  setting('--baton-line', 'light-dark(#dedcd7, #383d42)'),
  setting('--baton-text', 'light-dark(#1c1b19, #ebe9e5)'),
  setting('--baton-faint', 'light-dark(#5f5c56, #a8a59f)'),
  setting('--baton-own', 'light-dark(#e2f1ee, #143531)'),
  setting('--baton-own-text', 'light-dark(#1c1b19, #ebe9e5)'),
  setting('--baton-warn', 'light-dark(#854d0e, #fcd34d)'),
  setting('--baton-warn-ground', 'light-dark(#fef3c7, #3a2c0b)'),
  setting('--baton-bad', 'light-dark(#b42318, #fda29b)'),
  setting('--baton-radius', '1rem'),
  setting('--baton-font', 'system-ui'),
  setting('--baton-font-size', '0.9375rem'),
  setting('--baton-font-mono', 'ui-monospace'),
  setting('--baton-panel-width', '25rem'),
  setting('--baton-panel-height', '42rem'),
  setting('--baton-launcher-size', '3.5rem'),
  setting('--baton-inset', '1.25rem'),
  setting('--baton-inset-x', '1.25rem'),
  setting('--baton-inset-y', '1.25rem'),
  setting('--baton-z-index', '2147483000'),
]

/** What has to be put into a site for these values; those that are empty are left out. */
export function codeFor(script: string, attributes: ReadonlyMap<string, string>, tokens: ReadonlyMap<string, string>) {
  const said = [...attributes].map(([name, value]) => ` data-${name}${value === '' ? '' : `="${escaped(value)}"`}`)
  const tag = `<script type="module" src="${script}" data-launcher${said.join('')}></script>`
  const looks = [...tokens].map(([name, value]) => `  ${name}: ${value};\n`)
  return looks.length === 0 ? tag : `${tag}\n<style>\nbaton-launcher {\n${looks.join('')}}\n</style>`
}

function escaped(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
}
