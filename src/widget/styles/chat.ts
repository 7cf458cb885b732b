import { css } from 'lit'

/** The frame of the chat: header, banner, the box that scrolls, composer. */
export const chatStyles = css`
  :host {
    display: block;
    height: calc(32 * var(--baton-rem));
  }
  :host([hidden]) {
    display: none;
  }
  .root {
    display: flex;
    flex-direction: column;
    height: 100%;
    overflow: hidden;
    background: var(--ground);
    border: 1px solid var(--line);
    border-radius: var(--radius);
  }
  .root > header {
    display: flex;
    align-items: center;
    gap: calc(0.25 * var(--baton-rem));
    padding: max(0.625 * var(--baton-rem), env(safe-area-inset-top)) calc(0.625 * var(--baton-rem)) calc(0.625 * var(--baton-rem));
    padding-inline-start: var(--baton-rem);
    border-bottom: 1px solid var(--line);
  }
  .avatar {
    position: relative;
    display: grid;
    place-items: center;
    flex: none;
    width: calc(2.25 * var(--baton-rem));
    height: calc(2.25 * var(--baton-rem));
    margin-inline-end: calc(0.375 * var(--baton-rem));
    background: var(--accent);
    border-radius: 50%;
    color: var(--on-accent);
    font-weight: 650;
    overflow: hidden;
  }
  .avatar img {
    position: absolute;
    width: 100%;
    height: 100%;
    object-fit: cover;
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
    gap: calc(0.375 * var(--baton-rem));
    min-height: 1.3em;
    margin: 0;
    font-size: calc(0.8125 * var(--baton-rem));
    color: var(--faint);
  }
  .status > [role='status'] {
    min-width: 1px; /* something without a size is not found by who looks for what is seen */
    min-height: 1px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .dot {
    flex: none;
    width: calc(0.5 * var(--baton-rem));
    height: calc(0.5 * var(--baton-rem));
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
    width: calc(2.75 * var(--baton-rem));
    height: calc(2.75 * var(--baton-rem));
    padding: 0;
    background: none;
    border: 0;
    border-radius: calc(0.75 * var(--baton-rem));
    color: var(--faint);
  }
  .icon:hover,
  .icon[aria-expanded='true'] {
    background: var(--sunken);
    color: var(--text);
  }
  .banner {
    margin: 0;
    padding: calc(0.375 * var(--baton-rem)) var(--baton-rem);
    font-size: calc(0.8125 * var(--baton-rem));
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
  .under {
    position: relative;
    flex: 1;
    min-height: 0;
  }
  .talk {
    display: flex;
    flex-direction: column;
    height: 100%;
  }
  .scroller {
    flex: 1;
    min-height: 0;
    padding: 0 var(--baton-rem);
    overflow: hidden auto;
    overscroll-behavior: contain;
    scrollbar-width: thin;
    outline-offset: -2px;
  }
  .content {
    max-width: calc(46 * var(--baton-rem));
    margin: 0 auto;
    padding: calc(0.25 * var(--baton-rem)) 0 var(--baton-rem);
  }
  .greeting {
    margin-top: var(--baton-rem);
    text-wrap: pretty;
  }
  /* Nothing was said yet: large words, and what can be asked under them, close to the hand. */
  .fresh {
    display: flex;
    flex-direction: column;
    min-height: 100%;
  }
  .fresh .greeting {
    margin-top: auto;
    padding-top: calc(1.5 * var(--baton-rem));
    font-size: 1.3em;
    font-weight: 600;
    line-height: 1.35;
  }
  /* As above; what stands below does not move. */
  .log:empty {
    min-height: 1px;
    margin-bottom: -1px;
  }
  .questions {
    display: flex;
    flex-wrap: wrap;
    gap: calc(0.5 * var(--baton-rem));
    margin-top: calc(0.875 * var(--baton-rem));
  }
  .question {
    max-width: 100%;
    min-height: calc(2.25 * var(--baton-rem));
    padding: calc(0.375 * var(--baton-rem)) calc(0.875 * var(--baton-rem));
    background: none;
    border: 1px solid var(--line);
    border-radius: calc(1.125 * var(--baton-rem));
    color: var(--accent);
    font-size: 0.9375em;
    line-height: 1.4;
    text-align: start;
    overflow-wrap: anywhere;
  }
  .question:hover {
    background: var(--sunken);
    border-color: var(--accent);
  }
  .earlier,
  .ended {
    margin: var(--baton-rem) 0 0;
    font-size: calc(0.8125 * var(--baton-rem));
    text-align: center;
    color: var(--faint);
  }
  .talk > footer {
    position: relative;
    padding: 2px calc(0.75 * var(--baton-rem)) max(0.75 * var(--baton-rem), env(safe-area-inset-bottom));
  }
  .files {
    display: flex;
    flex-wrap: wrap;
    gap: calc(0.375 * var(--baton-rem));
    max-width: calc(46 * var(--baton-rem));
    margin: 0 auto calc(0.375 * var(--baton-rem));
    padding: 0;
    list-style: none;
    font-size: calc(0.8125 * var(--baton-rem));
  }
  .files li {
    display: flex;
    align-items: center;
    gap: calc(0.375 * var(--baton-rem));
    max-width: 100%;
    padding: calc(0.125 * var(--baton-rem));
    padding-inline-start: calc(0.625 * var(--baton-rem));
    background: var(--sunken);
    border-radius: calc(0.75 * var(--baton-rem));
  }
  .files bdi {
    max-width: calc(12 * var(--baton-rem));
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .files img {
    width: calc(2.5 * var(--baton-rem));
    height: calc(2.5 * var(--baton-rem));
    margin-inline-start: calc(-0.5 * var(--baton-rem));
    border-radius: calc(0.625 * var(--baton-rem));
    object-fit: cover;
  }
  .coming > :not(button) {
    opacity: 0.5;
  }
  .attach {
    width: calc(2.5 * var(--baton-rem));
    height: calc(2.5 * var(--baton-rem));
    border-radius: 50%;
    cursor: pointer;
  }
  .attach svg {
    stroke-width: 1.5;
  }
  .attach:focus-within {
    outline: 2px solid var(--accent);
  }
  /* What is scrolled out of sight fades. */
  .talk > footer::before {
    position: absolute;
    inset: auto 0 100%;
    height: calc(1.25 * var(--baton-rem));
    background: linear-gradient(transparent, var(--ground));
    content: '';
    pointer-events: none;
  }
  .composer {
    display: flex;
    align-items: flex-end;
    gap: calc(0.375 * var(--baton-rem));
    max-width: calc(46 * var(--baton-rem));
    margin: 0 auto;
    padding: calc(0.3125 * var(--baton-rem));
    background: var(--ground);
    border: 1px solid var(--line);
    border-radius: calc(1.625 * var(--baton-rem));
  }
  .composer:focus-within {
    border-color: var(--accent);
    box-shadow: 0 0 0 1px var(--accent);
  }
  textarea {
    flex: 1;
    min-width: 0;
    min-height: calc(2.5 * var(--baton-rem));
    max-height: calc(9.5 * var(--baton-rem));
    padding: calc(0.5 * var(--baton-rem)) calc(0.75 * var(--baton-rem));
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
  .attach + textarea {
    padding-inline-start: 0;
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
    width: calc(2.5 * var(--baton-rem));
    height: calc(2.5 * var(--baton-rem));
    padding: 0;
    background: var(--accent);
    border: 0;
    border-radius: 50%;
    color: var(--on-accent);
  }
  .round[part='stop'] svg {
    fill: currentColor;
  }
  .round:disabled {
    background: var(--sunken);
    color: var(--faint);
    cursor: default;
  }
  .jump {
    position: absolute;
    inset-inline: 0;
    bottom: calc(100% + calc(0.5 * var(--baton-rem)));
    display: flex;
    align-items: center;
    gap: calc(0.25 * var(--baton-rem));
    width: max-content;
    min-height: calc(2.25 * var(--baton-rem));
    margin: 0 auto;
    padding: 0 calc(0.875 * var(--baton-rem)) 0 calc(0.625 * var(--baton-rem));
    background: var(--ground);
    border: 1px solid var(--line);
    border-radius: calc(2 * var(--baton-rem));
    box-shadow: 0 2px 8px rgb(0 0 0 / 18%);
    font-size: calc(0.8125 * var(--baton-rem));
  }
  /* A phone on its side: what little height there is belongs to the words. */
  @media (max-height: 28rem) {
    .root > header {
      padding-block: max(0.125 * var(--baton-rem), env(safe-area-inset-top)) calc(0.125 * var(--baton-rem));
    }
    .talk > footer {
      padding-bottom: max(0.375 * var(--baton-rem), env(safe-area-inset-bottom));
    }
  }
  @media print {
    :host {
      height: auto !important;
    }
    .root,
    .talk {
      display: block;
      height: auto;
    }
    .root,
    .scroller {
      overflow: visible;
    }
    .talk > footer,
    .questions,
    .icon,
    .status,
    .banner {
      display: none;
    }
  }
  @media (forced-colors: active) {
    /* Neither the colour of its border nor a shadow is left there. */
    .composer:focus-within {
      outline: 2px solid Highlight;
    }
    .dot,
    .round {
      border: 1px solid;
    }
  }
`
