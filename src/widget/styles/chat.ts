import { css } from 'lit'

/** The frame of the chat: header, banner, the box that scrolls, composer. */
export const chatStyles = css`
  :host {
    display: block;
    height: 32rem;
    overflow: hidden;
    background: var(--ground);
    border: 1px solid var(--line);
    border-radius: var(--radius);
  }
  :host([hidden]) {
    display: none;
  }
  .root {
    display: flex;
    flex-direction: column;
    height: 100%;
  }
  .root > header {
    display: flex;
    align-items: center;
    gap: 0.25rem;
    padding: max(0.625rem, env(safe-area-inset-top)) 0.625rem 0.625rem;
    padding-inline-start: 1rem;
    border-bottom: 1px solid var(--line);
  }
  .heading {
    flex: 1;
    min-width: 0;
    line-height: 1.3;
  }
  h2 {
    margin: 0;
    font-size: 1.0625em;
    font-weight: 650;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .status {
    display: flex;
    align-items: center;
    gap: 0.375rem;
    min-height: 1.3em;
    margin: 0;
    font-size: 0.8125rem;
    color: var(--faint);
  }
  .status > [role='status'] {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .dot {
    flex: none;
    width: 0.5rem;
    height: 0.5rem;
    border-radius: 50%;
    background: var(--faint);
  }
  [data-state='online'] .dot {
    background: var(--accent);
  }
  [data-state='connecting'] .dot,
  [data-state='reconnecting'] .dot {
    background: var(--warn);
  }
  [data-state='offline'] .dot {
    background: var(--bad);
  }
  .icon {
    display: grid;
    place-items: center;
    flex: none;
    width: 2.75rem;
    height: 2.75rem;
    padding: 0;
    background: none;
    border: 0;
    border-radius: 0.75rem;
    color: var(--faint);
  }
  .icon:hover {
    background: var(--sunken);
    color: var(--text);
  }
  .banner {
    margin: 0;
    padding: 0.375rem 1rem;
    font-size: 0.8125rem;
    background: var(--warn-ground);
    color: var(--warn);
    text-wrap: pretty;
  }
  .banner.bad {
    color: var(--bad);
    background: var(--sunken);
  }
  .banner .link {
    min-height: 0;
    color: inherit;
    text-decoration-color: currentColor;
  }
  /* A reconnect of a moment shows nothing, and moves nothing. */
  .banner.late {
    max-height: 6rem;
    overflow: hidden;
    animation: appear 0.2s 1s backwards;
  }
  @keyframes appear {
    from {
      max-height: 0;
      padding-block: 0;
      opacity: 0;
    }
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: 0;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .scroller {
    flex: 1;
    min-height: 0;
    padding: 0 1rem;
    overflow: hidden auto;
    overscroll-behavior: contain;
    scrollbar-width: thin;
    outline-offset: -2px;
  }
  .content {
    max-width: 46rem;
    margin: 0 auto;
    padding: 0.25rem 0 1rem;
  }
  .greeting {
    margin-top: 1rem;
    white-space: pre-line;
    overflow-wrap: anywhere;
    text-wrap: pretty;
  }
  .earlier,
  .ended {
    margin: 1rem 0 0;
    font-size: 0.8125rem;
    text-align: center;
    color: var(--faint);
  }
  .root > footer {
    position: relative;
    padding: 0 0.75rem max(0.75rem, env(safe-area-inset-bottom));
  }
  .composer {
    display: flex;
    align-items: flex-end;
    gap: 0.375rem;
    max-width: 46rem;
    margin: 0 auto;
    padding: 0.3125rem;
    background: var(--ground);
    border: 1px solid var(--line);
    border-radius: 1.625rem;
  }
  .composer:focus-within {
    border-color: var(--accent);
    box-shadow: 0 0 0 1px var(--accent);
  }
  textarea {
    flex: 1;
    min-width: 0;
    min-height: 2.5rem;
    max-height: 9.5rem;
    padding: 0.5rem 0.75rem;
    background: none;
    border: 0;
    outline: 0;
    color: inherit;
    font: inherit;
    font-size: max(1em, 16px); /* below, iOS zooms the page */
    line-height: 1.5;
    resize: none;
    field-sizing: content;
    scrollbar-width: thin;
  }
  textarea:focus-visible {
    outline: 0;
  }
  textarea::placeholder {
    color: var(--faint);
    opacity: 1;
  }
  .round {
    display: grid;
    place-items: center;
    flex: none;
    width: 2.5rem;
    height: 2.5rem;
    padding: 0;
    background: var(--accent);
    border: 0;
    border-radius: 50%;
    color: var(--on-accent);
  }
  .round:disabled {
    background: var(--sunken);
    color: var(--faint);
    cursor: default;
  }
  .jump {
    position: absolute;
    inset-inline: 0;
    bottom: calc(100% + 0.5rem);
    display: flex;
    align-items: center;
    gap: 0.25rem;
    width: max-content;
    min-height: 2.25rem;
    margin: 0 auto;
    padding: 0 0.875rem 0 0.625rem;
    background: var(--ground);
    border: 1px solid var(--line);
    border-radius: 2rem;
    box-shadow: 0 2px 8px rgb(0 0 0 / 18%);
    font-size: 0.8125rem;
  }
  @media (forced-colors: active) {
    .dot,
    .round {
      border: 1px solid;
    }
  }
`
