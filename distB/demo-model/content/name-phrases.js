const NAME = String.raw `([\p{L}\p{M}'’-]{1,40})`;
const phrase = (before) => new RegExp(String.raw `(?<!\p{L})(?:${before})\s*${NAME}`, 'iu');
export const NAME_PHRASES = {
    de: {
        given: phrase('ich heiße|ich heisse|mein name ist'),
        asked: /wie heiße ich|wie heisse ich|wie ist mein name|wer bin ich/iu,
        unknown: 'Deinen Namen hast du in diesem Gespräch noch nicht genannt. Schreib *„Ich heiße …“* und frag noch einmal.',
        known: (name) => `Du heißt **${name}**. Ich selbst merke mir nichts: Das steht in den früheren Nachrichten, die mir das Gateway aus Redis mitgibt.`,
        noted: (name) => `Freut mich, **${name}**! 👋 Lade die Seite neu oder beende das Replikat und frag dann: *„Wie heiße ich?“*`,
    },
    es: {
        given: phrase('me llamo|mi nombre es'),
        asked: /cómo me llamo|como me llamo|cuál es mi nombre|quién soy/iu,
        unknown: 'Todavía no me has dicho tu nombre en esta conversación. Escribe *«Me llamo …»* y vuelve a preguntar.',
        known: (name) => `Te llamas **${name}**. Yo no recuerdo nada: está en los mensajes anteriores que la pasarela me entrega desde Redis.`,
        noted: (name) => `¡Encantado, **${name}**! 👋 Recarga la página o mata la réplica y pregunta: *«¿Cómo me llamo?»*`,
    },
    fr: {
        given: phrase("je m['’]appelle|mon nom est"),
        asked: /comment (?:je m['’]appelle|m['’]appell[eé])|quel est mon nom|qui suis-je/iu,
        unknown: 'Tu ne m’as pas encore dit ton nom dans cette conversation. Écris *« Je m’appelle … »* et repose la question.',
        known: (name) => `Tu t’appelles **${name}**. Moi, je ne retiens rien : c’est dans les messages précédents que la passerelle me transmet depuis Redis.`,
        noted: (name) => `Enchanté, **${name}** ! 👋 Recharge la page ou tue le réplica, puis demande : *« Comment je m’appelle ? »*`,
    },
    vi: {
        given: phrase('tên (?:của )?(?:tôi|mình|em) là|(?:tôi|mình|em) tên là'),
        asked: /tên (?:của )?(?:tôi|mình|em) là gì|(?:tôi|mình|em) tên (?:là )?gì/iu,
        unknown: 'Bạn chưa cho tôi biết tên trong cuộc trò chuyện này. Hãy viết *“Tôi tên là …”* rồi hỏi lại.',
        known: (name) => `Bạn tên là **${name}**. Bản thân tôi không nhớ gì cả: điều đó nằm trong các tin nhắn trước mà cổng lấy từ Redis gửi cho tôi.`,
        noted: (name) => `Rất vui được gặp bạn, **${name}**! 👋 Hãy tải lại trang hoặc tắt bản sao đang phục vụ rồi hỏi: *“Tôi tên là gì?”*`,
    },
    zh: {
        given: phrase('我叫(?!什么|甚麼)|我的名字(?:是|叫)(?!什么|甚麼)'),
        asked: /我叫(?:什么|甚麼)|我的名字(?:是|叫)(?:什么|甚麼)|我是谁/u,
        unknown: '在这段对话里你还没有告诉我你的名字。先写“我叫……”，再问一次。',
        known: (name) => `你叫**${name}**。我自己什么都不记得：这写在网关从 Redis 取出、随问题一起交给我的旧消息里。`,
        noted: (name) => `很高兴认识你，**${name}**！👋 刷新页面，或者杀掉正在服务的副本，然后问我：“我叫什么名字？”`,
    },
    ar: {
        given: phrase('اسمي(?: هو)?'),
        asked: /ما (?:هو )?اسمي|من أنا/u,
        unknown: 'لم تخبرني باسمك في هذه المحادثة بعد. اكتب «اسمي …» ثم اسأل مرة أخرى.',
        known: (name) => `اسمك **${name}**. أنا نفسي لا أتذكر شيئًا: هذا مكتوب في الرسائل السابقة التي تسلمها لي البوابة من Redis.`,
        noted: (name) => `تشرفت بك يا **${name}**! 👋 أعد تحميل الصفحة أو أوقف النسخة التي تخدمك ثم اسأل: «ما اسمي؟»`,
    },
    ja: {
        given: /(?:私の名前は|名前は)([\p{L}\p{M}ー]{1,20}?)(?:です|と(?:いい|言い|申し)ます|。|$)/u,
        asked: /名前は(?:何|なん)|名前を覚えて|私は(?:誰|だれ)/u,
        unknown: 'この会話ではまだお名前を聞いていません。「私の名前は…です」と書いてから、もう一度聞いてください。',
        known: (name) => `お名前は**${name}**さんです。私自身は何も覚えていません。ゲートウェイが Redis から渡してくれた前のメッセージに書いてあります。`,
        noted: (name) => `はじめまして、**${name}**さん！👋 ページを再読み込みするか、レプリカを止めてから「私の名前は何ですか？」と聞いてみてください。`,
    },
};
//# sourceMappingURL=name-phrases.js.map