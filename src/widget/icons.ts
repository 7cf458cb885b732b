import { html, svg, type TemplateResult } from 'lit'

const icon = (content: TemplateResult): TemplateResult =>
  html`<svg viewBox="0 0 20 20" aria-hidden="true" focusable="false">${content}</svg>`

export const chatIcon = icon(
  svg`<path d="M4 4.5h12a1.5 1.5 0 0 1 1.5 1.5v7a1.5 1.5 0 0 1-1.5 1.5H9l-4 3v-3H4A1.5 1.5 0 0 1 2.5 13V6A1.5 1.5 0 0 1 4 4.5Z"/><path d="M6.5 8h7M6.5 11h4.5"/>`,
)
export const closeIcon = icon(svg`<path d="m5 5 10 10M15 5 5 15"/>`)
export const newIcon = icon(
  svg`<path d="M9 4H5a1.5 1.5 0 0 0-1.5 1.5V15A1.5 1.5 0 0 0 5 16.5h9.5A1.5 1.5 0 0 0 16 15v-4M8 12l.5-2.5L15 3l2 2-6.5 6.5Z"/>`,
)
export const sendIcon = icon(svg`<path d="M10 16V4M5 9l5-5 5 5"/>`)
export const stopIcon = icon(svg`<rect x="5.5" y="5.5" width="9" height="9" rx="1.5" fill="currentColor"/>`)
export const downIcon = icon(svg`<path d="M10 4v12M5 11l5 5 5-5"/>`)
