import { css } from 'lit'

/** The button in the corner, and the panel that it opens. The corner is the lower right one in every language (W1). */
export const launcherStyles = css`
  :host {
    position: fixed; /* its content has its own place; this takes none of the site's */
    z-index: var(--baton-z-index, 2147483000);
    --inset: var(--baton-inset, calc(1.25 * var(--baton-rem)));
    --inset-x: var(--baton-inset-x, var(--inset));
    --inset-y: var(--baton-inset-y, var(--inset));
    --left: auto;
    --right: calc(max(var(--inset-x), env(safe-area-inset-right)) + var(--beyond-right, 0px));
    --bottom: calc(max(var(--inset-y), env(safe-area-inset-bottom)) + var(--beyond-bottom, 0px));
  }
  :host([position='bottom-left']) {
    --left: calc(max(var(--inset-x), env(safe-area-inset-left)) + var(--beyond-left, 0px));
    --right: auto;
  }
  :host([hidden]) {
    display: none;
  }
  .launcher {
    position: fixed;
    inset: auto var(--right) var(--bottom) var(--left);
    z-index: var(--baton-z-index, 2147483000);
    display: flex;
    justify-content: center;
    align-items: center;
    gap: calc(0.625 * var(--baton-rem));
    --size: var(--baton-launcher-size, calc(3.5 * var(--baton-rem)));
    min-width: var(--size);
    height: var(--size);
    padding: 0;
    background: var(--accent);
    border: 0;
    border-radius: calc(var(--size) / 2);
    color: var(--on-accent);
    cursor: pointer;
    box-shadow:
      0 1px 3px rgb(0 0 0 / 20%),
      0 6px 20px rgb(0 0 0 / 22%);
  }
  .launcher:has(.label:not([hidden])) {
    padding: 0 calc(1.25 * var(--baton-rem));
  }
  .launcher[data-away] {
    opacity: 0;
    pointer-events: none;
    visibility: hidden;
    transition: visibility 0s 0.2s; /* by then the focus has left it */
  }
  .label {
    max-width: calc(16 * var(--baton-rem));
    font-weight: 600;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .launcher ::slotted(*) {
    width: calc(1.625 * var(--baton-rem));
    height: calc(1.625 * var(--baton-rem));
  }
  .launcher[aria-busy='true'] svg {
    animation: wait 0.6s ease-in-out infinite alternate;
  }
  @keyframes wait {
    to {
      opacity: 0.3;
    }
  }
  .trouble {
    position: fixed;
    inset: auto var(--right) calc(var(--bottom) + calc(4 * var(--baton-rem))) var(--left);
    width: max-content;
    max-width: calc(16 * var(--baton-rem));
    margin: 0;
    padding: calc(0.5 * var(--baton-rem)) calc(0.75 * var(--baton-rem));
    background: var(--ground);
    border: 1px solid var(--line);
    border-radius: calc(0.75 * var(--baton-rem));
    box-shadow: 0 2px 8px rgb(0 0 0 / 18%);
    font-size: calc(0.875 * var(--baton-rem));
  }
  .launcher svg {
    width: calc(1.625 * var(--baton-rem));
    height: calc(1.625 * var(--baton-rem));
  }
  .badge {
    position: absolute;
    inset-block-start: calc(-0.25 * var(--baton-rem));
    inset-inline-end: calc(-0.25 * var(--baton-rem));
    min-width: calc(1.375 * var(--baton-rem));
    height: calc(1.375 * var(--baton-rem));
    padding: 0 calc(0.375 * var(--baton-rem));
    background: light-dark(#b42318, #fda29b);
    color: light-dark(#ffffff, #2b0704);
    border: 2px solid var(--ground);
    border-radius: var(--baton-rem);
    font-size: calc(0.75 * var(--baton-rem));
    font-weight: 600;
    line-height: calc(1.125 * var(--baton-rem));
    text-align: center;
  }
  dialog {
    position: fixed;
    inset: auto var(--right) var(--bottom) var(--left);
    z-index: var(--baton-z-index, 2147483000);
    width: var(--baton-panel-width, calc(25 * var(--baton-rem)));
    height: min(var(--baton-panel-height, calc(42 * var(--baton-rem))), 100dvh - var(--inset-y) - var(--inset));
    max-width: none;
    max-height: none;
    margin: 0;
    padding: 0;
    background: none;
    border: 0;
    border-radius: var(--radius);
    box-shadow:
      0 2px 6px rgb(0 0 0 / 12%),
      0 16px 48px rgb(0 0 0 / 24%);
  }
  dialog[data-away] {
    opacity: 0;
    pointer-events: none;
  }
  dialog::backdrop {
    background: none;
  }
  baton-chat {
    height: 100%;
  }
  @media (max-width: 40rem), (max-height: 28rem) {
    dialog {
      inset: var(--visible-top, 0) auto auto var(--visible-left, 0);
      width: var(--visible-width, 100%);
      height: var(--visible-height, 100dvh);
      border-radius: 0;
    }
    baton-chat::part(root) {
      border: 0;
      border-radius: 0;
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    dialog[open] {
      animation: rise 0.16s ease-out;
    }
    @keyframes rise {
      from {
        opacity: 0;
        transform: translateY(calc(0.75 * var(--baton-rem)));
      }
    }
    .launcher {
      transition: transform 0.12s;
    }
    .launcher:hover {
      transform: scale(1.05);
    }
  }
  @media (forced-colors: active) {
    .launcher,
    dialog {
      border: 1px solid;
    }
  }
  @media print {
    :host {
      display: none;
    }
  }
`
