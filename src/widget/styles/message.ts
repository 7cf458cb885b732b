import { css } from 'lit'

/** The messages, and the markdown in them. */
export const messageStyles = css`
  .message {
    display: flex;
    flex-direction: column;
    margin-top: 1.125rem;
  }
  .message.far {
    content-visibility: auto;
    contain-intrinsic-size: auto 6rem;
  }
  .body {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .body.raw {
    white-space: pre-wrap;
  }
  .user {
    align-items: flex-end;
  }
  .user .body {
    max-width: 88%;
    padding: 0.4375rem 0.875rem;
    background: var(--own);
    color: var(--own-text);
    border-radius: 1.125rem;
    border-end-end-radius: 0.25rem;
    white-space: pre-wrap;
  }
  .failed .body {
    border: 1px solid var(--bad);
  }
  .foot {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 0.75rem;
    margin-top: 0.125rem;
    font-size: 0.8125rem;
    color: var(--faint);
  }
  .foot:empty {
    display: none;
  }
  .foot .time {
    margin-inline-start: auto;
  }
  .activity {
    margin-top: 0.25rem;
    font-size: 0.875rem;
    color: var(--faint);
  }
  .message:has(.activity) .tail::after,
  .message:has(.activity) .tail *::after {
    display: none !important;
  }
  .reasoning summary {
    width: max-content;
    cursor: pointer;
  }
  .reasoning div {
    max-height: 12rem;
    margin-top: 0.25rem;
    padding-inline-start: 0.875rem;
    border-inline-start: 3px solid var(--line);
    overflow: auto;
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
  .note.bad {
    color: var(--bad);
  }
  .link,
  .copy-code {
    min-height: 1.75rem;
    padding: 0 0.125rem;
    background: none;
    border: 0;
    border-radius: 0.25rem;
    color: var(--faint);
    font-size: 0.8125rem;
    text-decoration: underline;
    text-decoration-color: var(--line);
    text-underline-offset: 0.2em;
  }
  .link:hover,
  .copy-code:hover {
    color: var(--text);
  }
  [data-done]::after {
    content: ' ✓';
  }
  .sources {
    display: flex;
    flex-wrap: wrap;
    gap: 0.375rem;
    width: 100%;
    margin: 0.375rem 0;
    padding: 0;
    list-style: none;
  }
  .sources li {
    max-width: 100%;
    padding: 0.0625rem 0.625rem;
    border: 1px solid var(--line);
    border-radius: 1rem;
    overflow-wrap: anywhere;
  }
  .sources a {
    color: var(--accent);
    text-decoration: none;
  }
  .sources a:hover {
    text-decoration: underline;
  }

  .tail {
    display: contents;
  }
  .streaming .tail:empty::after,
  .streaming .tail > :is(p, h3):last-child::after,
  .streaming .tail > :is(ul, ol):last-child > li:last-child:not(:has(p, ul, ol, pre))::after {
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
    .streaming .tail:empty::after,
    .streaming .tail > :last-child::after,
    .streaming .tail > :last-child > li:last-child::after {
      animation: pulse 0.7s ease-in-out infinite alternate;
    }
  }
  @keyframes pulse {
    to {
      opacity: 0.25;
    }
  }

  .assistant .body > :first-child,
  .tail:first-child > :first-child {
    margin-top: 0;
  }
  .assistant .body > :last-child {
    margin-bottom: 0.25em;
  }
  .assistant .body :is(p, ul, ol, blockquote, table),
  .code {
    margin: 0.625em 0;
  }
  .body h3 {
    margin: 1.125em 0 0.375em;
    font-size: 1.0625em;
    line-height: 1.3;
  }
  .body [data-depth='1'] {
    font-size: 1.2em;
  }
  .body [data-depth='2'] {
    font-size: 1.125em;
  }
  .body :is(ul, ol) {
    padding-inline-start: 1.5rem;
  }
  .assistant .body li > :is(p, ul, ol) {
    margin: 0.25em 0;
  }
  .body li::marker {
    color: var(--faint);
  }
  .body a {
    color: var(--accent);
    text-underline-offset: 0.15em;
  }
  .body blockquote {
    padding-inline-start: 0.875rem;
    border-inline-start: 3px solid var(--line);
    color: var(--faint);
  }
  .body hr {
    margin: 1.25em 0;
    border: 0;
    border-top: 1px solid var(--line);
  }
  .body code {
    padding: 0.1em 0.35em;
    background: var(--sunken);
    border-radius: 0.3em;
    font: 0.875em / 1.5 var(--mono);
  }
  .code {
    background: var(--sunken);
    border: 1px solid var(--line);
    border-radius: 0.75rem;
    overflow: clip;
  }
  .code-head {
    display: flex;
    justify-content: space-between;
    align-items: center;
    padding: 0.125rem 0.5rem 0 0.875rem;
    font-size: 0.75rem;
    color: var(--faint);
  }
  .code pre {
    margin: 0;
    padding: 0.25rem 0.875rem 0.75rem;
    overflow-x: auto;
    overflow-wrap: normal;
    scrollbar-width: thin;
    outline-offset: -2px;
  }
  .code pre code {
    padding: 0;
    background: none;
  }
  .body table {
    display: block;
    width: max-content;
    max-width: 100%;
    border-collapse: collapse;
    font-size: 0.9375em;
    overflow-x: auto;
    overflow-wrap: normal;
  }
  .body :is(th, td) {
    padding: 0.375rem 0.75rem;
    border-bottom: 1px solid var(--line);
    text-align: start;
  }
  .body th {
    white-space: nowrap;
  }

  .hljs-comment,
  .hljs-quote,
  .hljs-meta {
    color: var(--faint);
  }
  .hljs-keyword,
  .hljs-selector-tag,
  .hljs-name,
  .hljs-section,
  .hljs-deletion {
    color: light-dark(#a3195b, #ff9ecb);
  }
  .hljs-string,
  .hljs-regexp,
  .hljs-addition,
  .hljs-attr {
    color: light-dark(#166534, #86efac);
  }
  .hljs-number,
  .hljs-literal,
  .hljs-symbol,
  .hljs-attribute {
    color: light-dark(#9a3412, #fdba74);
  }
  .hljs-title,
  .hljs-built_in,
  .hljs-type,
  .hljs-selector-class,
  .hljs-selector-id {
    color: light-dark(#1e4fa3, #93c5fd);
  }
  @media (forced-colors: active) {
    .user .body {
      border: 1px solid;
    }
  }
`
