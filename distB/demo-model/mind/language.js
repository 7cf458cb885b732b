/** The languages that the content is written in. */
export const LANGUAGES = ['en', 'de', 'es', 'fr', 'vi', 'zh', 'ar', 'ja'];
/** A script that gives its language away. Kana before Han: Japanese has both. */
const SCRIPTS = [
    ['ja', /[\p{Script=Hiragana}\p{Script=Katakana}]/u],
    ['zh', /\p{Script=Han}/u],
    ['ar', /\p{Script=Arabic}/u],
    ['vi', /[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/iu],
];
/** "in German, please": the language is asked for by name. */
const NAMED = [
    ['en', /\b(?:in english|auf englisch|en inglés|en anglais)\b/iu],
    ['de', /\b(?:in german|auf deutsch)\b/iu],
    ['es', /\b(?:in spanish|en español)(?!\p{L})/iu],
    ['fr', /\b(?:in french|en français)(?!\p{L})/iu],
    ['vi', /\bin vietnamese\b|tiếng việt/iu],
    ['zh', /\bin chinese\b|用中文|说中文/iu],
    ['ar', /\bin arabic\b|بالعربية/iu],
    ['ja', /\bin japanese\b|日本語で/iu],
];
/** Words and letters that tell languages of one script apart; each hit counts once. */
const HINTS = [
    [
        'en',
        /(?<!\p{L})(?:the|is|are|what|how|why|does|do|my|your|you|it|of|and|to|me|tell|about|hello|hi|thanks|can|when)(?!\p{L})/giu,
    ],
    [
        'de',
        /[äöüß]|(?<!\p{L})(?:was|wie|warum|ist|sind|der|die|das|den|ein|eine|und|nicht|ich|du|mir|mein|heiße|hallo|danke|guten|bitte|wenn|kann|über|funktioniert|passiert|erzähl)(?!\p{L})/giu,
    ],
    [
        'es',
        /[ñ¿¡]|(?<!\p{L})(?:qué|que|cómo|como|por|para|es|son|el|la|los|las|una|un|y|mi|hola|gracias|buenos|buenas|funciona|cuando|pasa|llamo|puedes|sobre)(?!\p{L})/giu,
    ],
    [
        'fr',
        /[çœèê]|(?<!\p{L})(?:qu|quoi|que|comment|pourquoi|est|sont|le|la|les|une|un|et|je|tu|mon|bonjour|salut|merci|avec|pour|quand|fonctionne|passe|appelle|sur|des|du)(?!\p{L})/giu,
    ],
    ['vi', /(?<!\p{L})(?:xin|chào|là|gì|tôi|bạn|không|cảm|thế|nào|hoạt|động)(?!\p{L})/giu],
];
/** The language to answer `text` in: the one it asks for, else the one it is written in, else English. */
export function languageOf(text) {
    const sample = text.slice(0, 500);
    for (const [language, name] of [...NAMED, ...SCRIPTS])
        if (name.test(sample))
            return language;
    const scores = HINTS.map(([language, hint]) => ({ language, score: new Set(sample.toLowerCase().match(hint)).size }));
    return scores.reduce((best, next) => (next.score > best.score ? next : best)).language;
}
//# sourceMappingURL=language.js.map