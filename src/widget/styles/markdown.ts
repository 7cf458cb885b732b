import { css } from 'lit'

/** The markdown in the messages, and the code in that. */
export const markdownStyles = css`
  .assistant .body > :first-child {
    margin-top: 0;
  }
  .assistant .body > :last-child {
    margin-bottom: 0.25em;
  }
  .assistant .body :is(p, ul, ol, blockquote, table),
  .code {
    margin-block: 0.625em;
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
  /* What is cut off at the edge of a message is not to be a number's first digit. */
  .body :is(ul, ol) {
    --digits: 2;
    padding-inline-start: calc(1.5 * var(--baton-rem) + (var(--digits) - 2) * 1ch);
  }
  .assistant .body li > :is(p, ul, ol) {
    margin: 0.25em 0;
  }
  .body [data-digits] {
    --digits: 10;
  }
  .body [data-digits='3'] {
    --digits: 3;
  }
  .body [data-digits='4'] {
    --digits: 4;
  }
  .body li::marker {
    color: var(--faint);
  }
  .body a {
    color: var(--accent);
    unicode-bidi: isolate;
    text-underline-offset: 0.15em;
  }
  .body blockquote {
    margin-inline: 0;
    padding-inline-start: calc(0.875 * var(--baton-rem));
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
    border-radius: calc(0.75 * var(--baton-rem));
    overflow: clip;
  }
  .code-head {
    display: flex;
    justify-content: space-between;
    align-items: center;
    padding: calc(0.125 * var(--baton-rem)) calc(0.5 * var(--baton-rem)) 0 calc(0.875 * var(--baton-rem));
    font-size: calc(0.75 * var(--baton-rem));
    color: var(--faint);
  }
  /* The shades stand off by a pixel: what covers them at the ends is as wide as its content, rounded. */
  .code pre,
  .body table {
    --shade: light-dark(rgb(0 0 0 / 16%), rgb(0 0 0 / 60%));
    background:
      linear-gradient(to right, var(--under) 40%, transparent) 0 0 / 2.5em 100% no-repeat local,
      linear-gradient(to left, var(--under) 40%, transparent) 100% 0 / 2.5em 100% no-repeat local,
      linear-gradient(to right, var(--shade), transparent) 1px 0 / 0.75em 100% no-repeat,
      linear-gradient(to left, var(--shade), transparent) calc(100% - 1px) 0 / 0.75em 100% no-repeat;
  }
  .code pre {
    --under: var(--sunken);
    margin: 0;
    padding: calc(0.25 * var(--baton-rem)) calc(0.875 * var(--baton-rem)) calc(0.75 * var(--baton-rem));
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
    --under: var(--ground);
    display: block;
    width: max-content;
    max-width: 100%;
    margin-inline: 0 auto; /* by its own direction, not by that of the answer */
    border-collapse: collapse;
    font-size: 0.9375em;
    overflow-x: auto;
    overflow-wrap: normal;
  }
  .body :is(th, td) {
    padding: calc(0.375 * var(--baton-rem)) calc(0.75 * var(--baton-rem));
    border-bottom: 1px solid var(--line);
    text-align: start;
  }
  .body [align='center'] {
    text-align: center;
  }
  .body [align='right'] {
    text-align: right;
  }
  .body [align='left'] {
    text-align: left;
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
  @media print {
    .code pre,
    .body table {
      overflow: visible;
      white-space: pre-wrap;
    }
    .code pre {
      overflow-wrap: anywhere;
    }
    .body table {
      display: table;
      width: auto;
      overflow-wrap: anywhere;
    }
    .body :is(table, th) {
      white-space: normal;
    }
  }
`
