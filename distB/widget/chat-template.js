import { html, nothing } from 'lit';
import { CLIP, CLOSE, DOWN, icon, LIST, NEW, SEND, STOP } from './icons.js';
import { isEmpty } from './questions.js';
/** The chat's frame. What is in the log is not its own: `ConversationView` keeps that. */
export function chatTemplate(model, act) {
    const { locale, state, assistant, closable, hasPast, past } = model;
    const { strings } = locale;
    const heading = model.heading ?? assistant ?? strings.title;
    return html `
    <div
      class="root" part="root" dir=${locale.dir} lang=${locale.tag}
      @dragover=${(event) => model.files !== null && event.preventDefault()} @drop=${(event) => dropped(event, act)}
    >
      <header part="header">
        ${avatar(model)}
        <div class="heading">
          <h2 part="title"><slot name="title">${heading}</slot></h2>
          <p class="status" part="status" data-state=${state.connection}>
            <span class="dot" aria-hidden="true"></span><span role="status">${statusOf(model)}</span>
          </p>
        </div>
        ${hasPast ? listButton(model, act) : nothing}
        ${iconButton('new', strings.newConversation, NEW, act.begin)}
        ${closable ? iconButton('close', strings.closeChat, CLOSE, act.dismiss) : nothing}
      </header>
      <div class="under">
      <div class="talk" ?inert=${past !== null}>
      ${banner(model, act)}
      <div class="scroller" part="scroller" tabindex="0" role="group" aria-label=${heading}>
        <p class="earlier" ?hidden=${!model.loadingOlder}>${strings.earlier}</p>
        <div class=${isEmpty(state) ? 'content fresh' : 'content'}>
          <div class="greeting body" part="greeting" dir="auto" ?hidden=${!isAtStart(state)}></div>
          <div part="welcome" ?hidden=${!isEmpty(state)}><slot name="welcome"></slot></div>
          <div class="log" part="log" role="log" aria-label=${strings.conversation} @said=${act.said}></div>
          ${questions(model, act)}
          <p class="ended" part="note" ?hidden=${state.ended === null}>
            ${state.ended === 'cleared' ? strings.cleared : strings.expired}
          </p>
        </div>
      </div>
      <p class="unseen" aria-live="polite">${unseenWords(model)}</p>
      ${composer(model, act)}
      </div>
      <div
        class="list" part="list" role="region" tabindex="-1" aria-label=${strings.conversations} ?hidden=${past === null}
        @keydown=${(event) => leave(event, act)}
      >${past}</div>
      </div>
    </div>
  `;
}
function dropped(event, act) {
    const files = event.dataTransfer?.files;
    if (files === undefined || files.length === 0)
        return;
    event.preventDefault(); // else the browser leaves the page for the file
    act.attach(files);
}
function attachButton(label, act) {
    const chosen = ({ target }) => {
        const input = target;
        act.attach(input.files);
        input.value = '';
    };
    return html `<label class="icon attach" part="attach" title=${label}>
    ${icon(CLIP)}<input class="unseen" type="file" multiple aria-label=${label} @change=${chosen}>
  </label>`;
}
function pressed(event, act) {
    const composes = event.isComposing || event.keyCode === 229; // Safari ends the composition before it tells of the key
    if (event.key === 'Enter' && !event.shiftKey && !composes)
        act.submit(event);
}
/** Escape leads back to the conversation, and not yet out of the panel. */
function leave(event, act) {
    if (event.key !== 'Escape')
        return;
    event.preventDefault(); // else a phone's panel closes
    event.stopPropagation();
    act.list();
}
function listButton({ locale, past }, act) {
    const label = locale.strings.conversations;
    return html `<button
    type="button" class="icon" part="conversations" aria-label=${label} title=${label} aria-expanded=${past !== null} @click=${act.list}
  >${icon(LIST)}</button>`;
}
/** The assistant's picture, or, where there is none or it cannot be had, the first letter of its name. */
function avatar({ assistant, avatar }) {
    if (assistant === null && avatar === null)
        return nothing;
    const [letter = ''] = (assistant ?? '').trim();
    return html `<span class="avatar" part="avatar" aria-hidden="true">
    ${letter.toLocaleUpperCase()}${avatar === null ? nothing : html `<img src=${avatar} alt="">`}
  </span>`;
}
function questions({ questions, locale }, act) {
    const asks = questions.map((question) => {
        return html `<button type="button" class="question" part="question" dir="auto" @click=${() => act.ask(question)}>${question}</button>`;
    });
    return html `<div class="questions" part="questions" role="group" aria-label=${locale.strings.suggestions} ?hidden=${asks.length === 0}>
    ${asks}
  </div>`;
}
function composer({ locale, state, following, hasDraft, files }, act) {
    const { strings } = locale;
    // While an answer streams, what is typed can be sent as well: it waits for its turn.
    return html `
    <footer part="footer">
      <button type="button" class="jump" part="jump" ?hidden=${following} @click=${act.jump}>
        ${icon(DOWN)}<span>${strings.jump}</span>
      </button>
      ${files}
      <form class="composer" part="composer" @submit=${act.submit}>
        ${files === null ? nothing : attachButton(strings.attach, act)}
        <textarea
          part="input" rows="1" dir="auto" autocomplete="off" enterkeyhint="send"
          aria-label=${strings.message} placeholder=${strings.placeholder}
          @input=${act.typed} @keydown=${(event) => pressed(event, act)} @paste=${(event) => act.attach(event.clipboardData?.files)}
        ></textarea>
        <slot name="tools"></slot>
        <button
          type="button" class="round" part="stop" aria-label=${strings.stop} title=${strings.stop}
          ?hidden=${!state.answering} @click=${act.stop}
        >${icon(STOP)}</button>
        <button
          type="submit" class="round" part="send" aria-label=${strings.send} title=${strings.send}
          ?hidden=${state.answering && !hasDraft} ?disabled=${!hasDraft}
        >${icon(SEND)}</button>
      </form>
    </footer>
  `;
}
function banner(model, act) {
    const [kind, text] = bannerOf(model);
    const { strings } = model.locale;
    const retry = html `<button type="button" class="link" part="link" @click=${act.reach}>${strings.retry}</button>`;
    const canRetry = text === strings.unreachable || text === strings.refused;
    return html `<p class="banner ${kind}" part="banner" ?hidden=${text === ''}>${text} ${canRetry ? retry : nothing}</p>`;
}
function bannerOf({ problem, unreachable, state, locale }) {
    const { connection, backend, session } = state;
    const { strings } = locale;
    if (problem !== '')
        return ['bad', problem];
    if (connection === 'offline')
        return ['', offlineText(state, strings)];
    if (unreachable)
        return ['', strings.unreachable];
    if (connection === 'reconnecting')
        return ['late', strings.reconnecting];
    return ['', backend === 'memory' && session !== null ? strings.notSafe : ''];
}
function statusOf({ problem, unreachable, locale: { strings }, state }) {
    const { connection } = state;
    if (problem !== '')
        return problem;
    if (connection === 'online')
        return strings.connected;
    if (connection === 'idle')
        return '';
    if (connection === 'offline')
        return offlineText(state, strings);
    if (unreachable)
        return strings.unreachable;
    return connection === 'reconnecting' ? strings.reconnecting : strings.connecting;
}
/** What goes on, for who does not see it: each change of it is read out once. */
function unseenWords({ said, state, locale: { strings } }) {
    if (said !== '')
        return said;
    if (state.activity !== null)
        return strings[state.activity.kind];
    return state.answering ? strings.answering : '';
}
function offlineText({ error }, strings) {
    return error !== null && !error.retryable ? strings.refused : strings.offline;
}
function isAtStart({ messages }) {
    return messages.length === 0 || messages[0]?.seq === 1;
}
function iconButton(part, label, drawing, onClick) {
    return html `<button type="button" class="icon" part=${part} aria-label=${label} title=${label} @click=${onClick}>
    ${icon(drawing)}
  </button>`;
}
//# sourceMappingURL=chat-template.js.map