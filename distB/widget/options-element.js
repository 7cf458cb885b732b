import { LitElement } from 'lit';
import { home, scriptSays } from './script.js';
import { registerUnit } from './styles/theme.js';
/** What a launcher passes on to its chat. */
const PASSED = [
    ...['server', 'userId', 'token', 'theme', 'storage', 'metadata', 'sound', 'feedback', 'onattach'],
    ...['greeting', 'heading', 'assistant', 'avatar', 'starters'],
];
/** What a chat and its launcher can be told alike, as attributes or properties (W1). What they are not told, the widget's script may say. */
export class OptionsElement extends LitElement {
    static properties = {
        server: {},
        userId: { attribute: 'user-id' },
        token: {},
        theme: { reflect: true },
        lang: { reflect: true },
        greeting: {},
        heading: {},
        assistant: {},
        avatar: {},
        starters: {},
        storage: {},
        metadata: { type: Object },
        sound: { type: Boolean },
        feedback: { type: Boolean },
        onattach: { attribute: false },
    };
    constructor() {
        super();
        registerUnit();
        this.server = scriptSays('server') ?? home();
        this.userId = scriptSays('user-id');
        this.token = scriptSays('token');
        this.theme = oneOf(scriptSays('theme'), ['auto', 'light', 'dark']);
        this.greeting = scriptSays('greeting');
        this.heading = scriptSays('heading');
        this.assistant = scriptSays('assistant');
        this.avatar = scriptSays('avatar');
        this.starters = scriptSays('starters');
        this.storage = oneOf(scriptSays('storage'), ['local', 'session', 'none']);
        this.metadata = objectOf(scriptSays('metadata'));
        this.sound = scriptSays('sound') !== null;
        this.feedback = scriptSays('feedback') !== null;
        this.onattach = null;
    }
    /** Tells `chat` what this one was told. */
    passOn(chat) {
        for (const name of PASSED)
            Reflect.set(chat, name, this[name]);
    }
    /** The languages that are wanted, first the most (W1). */
    get languages() {
        return wantedLanguages(this.lang, this.parentElement);
    }
}
/** Those of an element in `place` whose own language is `lang`, where it has one. */
export function wantedLanguages(lang, place) {
    const page = place?.closest('[lang]') ?? document.documentElement;
    return [lang || scriptSays('lang'), page.getAttribute('lang'), ...navigator.languages];
}
function objectOf(json) {
    try {
        return JSON.parse(json ?? 'null');
    }
    catch {
        console.warn('baton-chat: data-metadata is not JSON');
        return null;
    }
}
export function oneOf(value, allowed) {
    return allowed.find((one) => one === value) ?? allowed[0];
}
//# sourceMappingURL=options-element.js.map