import { css } from 'lit'

/** The messages: what is around their words, and what shows that more of them is to come. */
export const messageStyles = css`
  .message {
    display: flex;
    flex-direction: column;
    margin-top: calc(1.125 * var(--baton-rem));
  }
  @media (prefers-reduced-motion: no-preference) {
    .message[data-new] {
      animation: arrive 0.25s ease-out;
    }
  }
  /* Less than the padding under the last message: the box that scrolls grows by nothing. */
  @keyframes arrive {
    from {
      opacity: 0;
      translate: 0 calc(0.5 * var(--baton-rem));
    }
  }
  .message.far {
    content-visibility: auto;
    contain-intrinsic-size: auto calc(6 * var(--baton-rem));
  }
  .body {
    min-width: 0;
    overflow-wrap: anywhere;
    /* Marks stacked on a letter stay in their own message. */
    overflow: clip;
    overflow-clip-margin: 0.375em;
  }
  .body.raw {
    white-space: pre-wrap;
  }
  .user {
    align-items: flex-end;
  }
  .user .body {
    max-width: 88%;
    padding: calc(0.4375 * var(--baton-rem)) calc(0.875 * var(--baton-rem));
    background: var(--own);
    color: var(--own-text);
    border-radius: calc(1.125 * var(--baton-rem));
    border-end-end-radius: calc(0.25 * var(--baton-rem));
    white-space: pre-wrap;
  }
  .body[data-folded='true'] {
    max-height: calc(11 * var(--baton-rem));
    mask-image: linear-gradient(#000 70%, transparent);
  }
  .user .body:empty {
    display: none;
  }
  .foot .files {
    width: 100%;
    max-width: none;
    justify-content: flex-end;
    margin: calc(0.375 * var(--baton-rem)) 0 0;
  }
  .foot .files li {
    padding: 0;
    background: none;
  }
  .foot .files li > * {
    display: flex;
    align-items: center;
    gap: calc(0.375 * var(--baton-rem));
    min-width: 0;
    padding: calc(0.375 * var(--baton-rem)) calc(0.75 * var(--baton-rem));
    padding-inline-start: calc(0.5 * var(--baton-rem));
    border: 1px solid var(--line);
    border-radius: calc(0.75 * var(--baton-rem));
    color: var(--text);
    text-decoration: none;
  }
  .foot .files a:hover {
    background: var(--sunken);
    border-color: var(--accent);
  }
  .foot .files svg {
    color: var(--faint);
    stroke-width: 1.5;
  }
  .failed .body {
    border: 1px solid var(--bad);
  }
  .foot {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 calc(0.5 * var(--baton-rem));
    margin-top: calc(0.125 * var(--baton-rem));
    font-size: calc(0.8125 * var(--baton-rem));
    color: var(--faint);
  }
  .user .foot {
    justify-content: flex-end;
  }
  .foot:empty {
    display: none;
  }
  .foot .time {
    margin-inline-start: auto;
  }
  .activity {
    margin-top: calc(0.25 * var(--baton-rem));
    font-size: calc(0.875 * var(--baton-rem));
    color: var(--faint);
  }
  [data-busy] .body:empty::after,
  [data-busy] .body > :is(p, h3)::after,
  [data-busy] .body > :is(ul, ol) > li::after {
    display: none !important;
  }
  .reasoning {
    margin-bottom: calc(0.75 * var(--baton-rem));
    font-size: calc(0.875 * var(--baton-rem));
    color: var(--faint);
  }
  .reasoning summary {
    width: max-content;
    cursor: pointer;
  }
  .reasoning div {
    max-height: calc(12 * var(--baton-rem));
    margin-top: calc(0.25 * var(--baton-rem));
    padding-inline-start: calc(0.875 * var(--baton-rem));
    border-inline-start: 3px solid var(--line);
    overflow: auto;
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
  .note.bad {
    color: var(--bad);
  }
  .action {
    display: grid;
    place-items: center;
    width: calc(1.875 * var(--baton-rem));
    height: calc(1.875 * var(--baton-rem));
    padding: 0;
    background: none;
    border: 0;
    border-radius: calc(0.5 * var(--baton-rem));
    color: var(--faint);
  }
  .action svg {
    width: calc(1.0625 * var(--baton-rem));
    height: calc(1.0625 * var(--baton-rem));
    stroke-width: 1.5;
  }
  .action:hover {
    background: var(--sunken);
    color: var(--text);
  }
  .code-head .action:hover {
    background: var(--line);
  }
  @media (pointer: coarse) {
    .action {
      width: calc(2.25 * var(--baton-rem));
      height: calc(2.25 * var(--baton-rem));
    }
  }
  .link {
    min-height: calc(1.75 * var(--baton-rem));
    padding: 0 calc(0.125 * var(--baton-rem));
    background: none;
    border: 0;
    border-radius: calc(0.25 * var(--baton-rem));
    color: var(--faint);
    font-size: calc(0.8125 * var(--baton-rem));
    text-decoration: underline;
    text-decoration-color: var(--line);
    text-underline-offset: 0.2em;
  }
  .link:hover {
    color: var(--text);
  }
  .assistant .foot > .action:first-of-type {
    margin-inline-start: calc(-0.375 * var(--baton-rem)); /* its drawing, not its box, begins where the words do */
  }
  .assistant .foot > .action + .action {
    margin-inline-start: calc(-0.375 * var(--baton-rem));
  }
  .sources {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, calc(9.5 * var(--baton-rem))), 1fr));
    gap: calc(0.5 * var(--baton-rem));
    width: 100%;
    margin: calc(0.5 * var(--baton-rem)) 0;
    padding: 0;
    list-style: none;
    counter-reset: source;
  }
  .sources li {
    display: grid;
    counter-increment: source;
  }
  .sources li > * {
    display: grid;
    grid-template-columns: auto 1fr;
    align-content: start;
    gap: 0 calc(0.5 * var(--baton-rem));
    min-width: 0;
    padding: calc(0.5 * var(--baton-rem)) calc(0.625 * var(--baton-rem));
    background: var(--sunken);
    border: 1px solid transparent;
    border-radius: calc(0.625 * var(--baton-rem));
    line-height: 1.35;
    text-decoration: none;
    color: var(--text);
  }
  .sources li > *::before {
    grid-row: span 2;
    color: var(--faint);
    content: counter(source);
  }
  .sources a > * {
    min-width: 0;
    overflow: hidden;
    overflow-wrap: anywhere;
  }
  .sources a > span {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }
  .sources small {
    font-size: calc(0.75 * var(--baton-rem));
    color: var(--faint);
  }
  .sources a:hover {
    border-color: var(--accent);
  }

  /* Nothing has come yet: three dots. Then the end of what has come. */
  .streaming .body:empty::after {
    display: block;
    width: 2em;
    height: 1.55em;
    background: radial-gradient(circle closest-side, var(--faint) 95%, transparent) 0 / 33% 0.45em repeat-x;
    background-position-y: center;
    content: '';
  }
  .streaming .body > :is(p, h3):last-child::after,
  .streaming .body > :is(ul, ol):last-child > li:last-child:not(:has(p, ul, ol, pre))::after {
    display: inline-block;
    width: 0.5em;
    height: 1em;
    margin-inline-start: 0.15em;
    background: var(--accent);
    border-radius: 2px;
    content: '';
    vertical-align: -0.15em;
  }
  @media (prefers-reduced-motion: no-preference) {
    [data-state='connecting'] .dot,
    [data-state='reconnecting'] .dot,
    .activity > span,
    .activity summary,
    .streaming .body:empty::after,
    .streaming .body > :is(p, h3):last-child::after,
    .streaming .body > :is(ul, ol):last-child > li:last-child::after {
      animation: pulse 0.7s ease-in-out infinite alternate;
    }
  }
  @keyframes pulse {
    to {
      opacity: 0.25;
    }
  }
  @media print {
    .message.far {
      content-visibility: visible;
    }
    .foot .link,
    .action {
      display: none;
    }
    .body[data-folded] {
      max-height: none;
      mask-image: none;
    }
  }
  @media (forced-colors: active) {
    .user .body {
      border: 1px solid;
    }
  }
`
