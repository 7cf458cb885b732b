import { css } from 'lit'

/** The button in the corner, and the panel that it opens. The corner is the lower right one in every language (W1). */
export const launcherStyles = css`
  :host {
    position: fixed;
    right: max(var(--baton-inset, 1.25rem), env(safe-area-inset-right));
    bottom: max(var(--baton-inset, 1.25rem), env(safe-area-inset-bottom));
    z-index: var(--baton-z-index, 2147483000);
  }
  :host([hidden]) {
    display: none;
  }
  .launcher {
    position: relative;
    display: grid;
    place-items: center;
    width: var(--baton-launcher-size, 3.5rem);
    height: var(--baton-launcher-size, 3.5rem);
    padding: 0;
    background: var(--accent);
    border: 0;
    border-radius: 50%;
    color: var(--on-accent);
    box-shadow:
      0 1px 3px rgb(0 0 0 / 20%),
      0 6px 20px rgb(0 0 0 / 22%);
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
    position: absolute;
    right: 0;
    bottom: calc(100% + 0.5rem);
    width: max-content;
    max-width: 16rem;
    margin: 0;
    padding: 0.5rem 0.75rem;
    background: var(--ground);
    border: 1px solid var(--line);
    border-radius: 0.75rem;
    box-shadow: 0 2px 8px rgb(0 0 0 / 18%);
    font-size: 0.875rem;
  }
  .launcher svg {
    width: 1.625rem;
    height: 1.625rem;
  }
  .badge {
    position: absolute;
    inset-block-start: -0.25rem;
    inset-inline-end: -0.25rem;
    min-width: 1.375rem;
    height: 1.375rem;
    padding: 0 0.375rem;
    background: light-dark(#b42318, #fda29b);
    color: light-dark(#ffffff, #2b0704);
    border: 2px solid var(--ground);
    border-radius: 1rem;
    font-size: 0.75rem;
    font-weight: 600;
    line-height: 1.125rem;
    text-align: center;
  }
  dialog {
    position: fixed;
    inset: auto max(var(--baton-inset, 1.25rem), env(safe-area-inset-right))
      max(var(--baton-inset, 1.25rem), env(safe-area-inset-bottom)) auto;
    width: var(--baton-panel-width, 25rem);
    height: min(var(--baton-panel-height, 42rem), 100dvh - 2 * var(--baton-inset, 1.25rem));
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
  dialog::backdrop {
    background: none;
  }
  baton-chat {
    height: 100%;
    border-radius: inherit;
  }
  @media (max-width: 40rem), (max-height: 28rem) {
    dialog {
      inset: var(--visible-top, 0) 0 auto;
      width: 100%;
      height: var(--visible-height, 100dvh);
      border-radius: 0;
    }
    baton-chat {
      border: 0;
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    dialog[open] {
      animation: rise 0.16s ease-out;
    }
    @keyframes rise {
      from {
        opacity: 0;
        transform: translateY(0.75rem);
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
