import { css } from 'lit'

/** The visitor's other conversations, over the present one. */
export const listStyles = css`
  .list {
    position: absolute;
    inset: 0;
    padding: calc(0.75 * var(--baton-rem)) var(--baton-rem) max(var(--baton-rem), env(safe-area-inset-bottom));
    background: var(--ground);
    overflow: hidden auto;
    outline-offset: -2px;
  }
  .search {
    width: 100%;
    min-height: calc(2.5 * var(--baton-rem));
    padding: 0 calc(0.75 * var(--baton-rem));
    background: var(--sunken);
    border: 1px solid var(--line);
    border-radius: calc(0.75 * var(--baton-rem));
    color: inherit;
    font: inherit;
    font-size: max(1em, 16px); /* below, iOS zooms the page */
  }
  .search::placeholder {
    color: var(--faint);
    opacity: 1;
  }
  .search::-webkit-search-cancel-button {
    filter: grayscale(1); /* the browser's own is blue */
  }
  .pasts {
    margin: calc(0.5 * var(--baton-rem)) 0;
    padding: 0;
    list-style: none;
  }
  .pasts li {
    display: flex;
    align-items: center;
    min-height: calc(3.5 * var(--baton-rem)); /* also while it is named otherwise: what is under it stays where it is */
    border-radius: calc(0.75 * var(--baton-rem));
    padding-inline-end: calc(0.25 * var(--baton-rem));
  }
  .pasts li:hover,
  .pasts .present {
    background: var(--sunken);
  }
  .past {
    display: grid;
    flex: 1;
    min-width: 0;
    padding: calc(0.5 * var(--baton-rem)) calc(0.75 * var(--baton-rem));
    background: none;
    border: 0;
    border-radius: inherit;
    text-align: start;
    line-height: 1.4;
  }
  .past > span {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .past small {
    font-size: calc(0.8125 * var(--baton-rem));
    color: var(--faint);
  }
  .past b {
    color: var(--accent);
  }
  .pasts .action:hover {
    background: var(--line);
  }
  .undo {
    margin: 0;
    font-size: calc(0.875 * var(--baton-rem));
  }
  /* In sight however long the list is: there are seconds to press it. */
  .undo:has(button) {
    position: sticky;
    bottom: 0;
    padding: calc(0.5 * var(--baton-rem)) 0;
    background: var(--ground);
  }
  .save .question {
    display: inline-flex;
    align-items: center;
    gap: calc(0.375 * var(--baton-rem));
  }
  .thumb-down svg {
    rotate: 180deg;
  }
  [aria-pressed='true'] svg {
    fill: currentColor;
  }
  @media (forced-colors: active) {
    .present {
      border: 1px solid;
    }
  }
  @media print {
    .list {
      display: none;
    }
  }
`
