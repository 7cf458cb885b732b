import { css } from 'lit'

/**
 * The unit of every length here: the visitor's own size of text, as `rem` would be, but on sites that set another size for
 * their `html`. Registered, so that it is computed where it is set and not anew wherever the text is smaller.
 */
export function registerUnit(): void {
  try {
    CSS.registerProperty({ name: '--baton-rem', syntax: '<length>', inherits: true, initialValue: '16px' })
  } catch {
    // another copy of the widget has done it
  }
}

/** What both elements share: isolation from the page, and the colours and sizes that the page may set (`--baton-…`). */
export const themeStyles = css`
  :host {
    all: initial;
    font-size: medium !important;
    white-space: normal !important;
    --baton-rem: 1em;
    color-scheme: light dark !important;
    --ground: var(--baton-ground, light-dark(#ffffff, #17191c));
    --sunken: var(--baton-sunken, light-dark(#f4f3f0, #0f1113));
    --line: var(--baton-line, light-dark(#dedcd7, #383d42));
    --text: var(--baton-text, light-dark(#1c1b19, #ebe9e5));
    --faint: var(--baton-faint, light-dark(#5f5c56, #a8a59f));
    --accent: var(--baton-accent, light-dark(#0f766e, #2dd4bf));
    --on-accent: var(--baton-on-accent, light-dark(#ffffff, #06231f));
    --own: var(--baton-own, light-dark(#e2f1ee, #143531));
    --own-text: var(--baton-own-text, var(--text));
    --warn: var(--baton-warn, light-dark(#854d0e, #fcd34d));
    --warn-ground: var(--baton-warn-ground, light-dark(#fef3c7, #3a2c0b));
    --bad: var(--baton-bad, light-dark(#b42318, #fda29b));
    --radius: var(--baton-radius, var(--baton-rem));
    --mono: var(--baton-font-mono, ui-monospace, 'SF Mono', 'Cascadia Code', Menlo, Consolas, monospace);
  }
  /* A site's rules for everything ("*") reach the element itself, and what is inherited from it: here all of that ends. */
  .root,
  .launcher,
  .trouble {
    all: initial;
    visibility: inherit;
    pointer-events: inherit;
    color-scheme: inherit;
    color: var(--text);
    font: var(--baton-font-size, calc(0.9375 * var(--baton-rem))) / 1.55
      var(--baton-font, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif);
  }
  :host([theme='light']) {
    color-scheme: light !important;
  }
  :host([theme='dark']) {
    color-scheme: dark !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  button {
    font: inherit;
    color: inherit;
    cursor: pointer;
    -webkit-tap-highlight-color: transparent;
  }
  svg {
    width: calc(1.25 * var(--baton-rem));
    height: calc(1.25 * var(--baton-rem));
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.75;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  [hidden] {
    display: none !important;
  }
  /* Only for who does not see it. */
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: 0;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: pre;
  }
`
