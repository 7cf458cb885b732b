import { describe, expect, test } from 'vitest'
import { answerTo } from '../../src/demo-model/mind/answer.ts'
import { LANGUAGES, languageOf } from '../../src/demo-model/mind/language.ts'
import { pageAbout, pagesOf } from '../../src/demo-model/mind/library.ts'
import type { Turn } from '../../src/demo-model/mind/prompt.ts'

const user = (text: string): Turn => ({ role: 'user', text })
const assistant = (text: string): Turn => ({ role: 'assistant', text })
const answer = (...texts: string[]) => answerTo(texts.map(user))

describe('[R1] topics of the demo model', () => {
  const topics = pagesOf('en').filter(({ ask }) => ask !== '')

  test('there are many, each of a length worth streaming', () => {
    expect(topics.length).toBeGreaterThan(20)
    for (const { name, variants } of topics) expect(variants[0]?.length, name).toBeGreaterThan(600)
  })

  test.each(topics.map(({ name, ask }) => [ask, name]))('"%s" is answered by %s', (ask, name) => {
    expect(pageAbout('en', ask)?.name).toBe(name)
    expect(answer(ask)).toBe(pagesOf('en').find((page) => page.name === name)?.variants[0])
  })

  test.each([
    ['what is baton', 'baton'],
    ['how does it continue where it stopped?', 'failover'],
    ['what happens to my session when redis dies?', 'outage'],
    ['explain the websocket events so that I can write a rust client', 'protocol'],
    ['do I need sticky sessions?', 'nginx'],
    ['Which environment variables are there?', 'operations'],
    ['how do i embed it in my website', 'widget'],
    ['does it run with vllm?', 'model'],
    ['tell me a joke', 'joke'],
    ['who are you?', 'self'],
  ])('"%s" is answered by %s', (question, name) => {
    expect(pageAbout('en', question)?.name).toBe(name)
  })

  test('"tell me more" goes through pages that are there', () => {
    for (const { next, name } of pagesOf('en')) {
      if (next !== '')
        expect(
          pagesOf('en').map((page) => page.name),
          name,
        ).toContain(next)
    }
    const first = answer('What is Baton?')
    const second = answerTo([user('What is Baton?'), assistant(first), user('Tell me more, please')])
    expect(second).toContain('When a replica dies')
  })

  test('a long text, a count, everything, and an echo', () => {
    expect(answer('Please write a long essay').length).toBeGreaterThan(6000)
    expect(answer('Tell me everything').length).toBeGreaterThan(25_000)
    expect(answer('Count to 12')).toBe('1, 2, 3, 4, 5, 6, 7, 8, 9, 10,\n11, 12')
    expect(answer('Repeat after me: <b>héllo</b>\n👩🏽‍🚀 ')).toBe('<b>héllo</b>\n👩🏽‍🚀 ')
  })

  test('an unknown question is quoted, with topics to ask about', () => {
    const text = answer('Is the $& moon {{question}} made of\ncheese?')
    expect(text).toContain('> Is the $& moon {{question}} made of cheese?')
    expect(topics.filter(({ ask }) => text.includes(`- ${ask}`))).toHaveLength(4)
  })

  test('greetings and thanks vary, and are the same for the same conversation', () => {
    const greetings = ['hi', 'hello', 'hey', 'good morning', 'hey you', 'hello there'].map((text) => answer(text))
    expect(new Set(greetings).size).toBeGreaterThan(1)
    expect(answer('hello')).toBe(answer('hello'))
    expect(answer('Thanks!')).not.toContain('no page')
  })

  test('nothing that a conversation may hold makes it throw', () => {
    for (const turns of [
      [],
      [assistant('x')],
      [{ role: 'system', text: 'x' } as const],
      [user('')],
      [user('\uD83D ?')],
    ]) {
      expect(answerTo(turns).isWellFormed()).toBe(true)
    }
  })
})

describe('[R1] languages of the demo model', () => {
  test.each([
    ['de', 'Was ist Baton?'],
    ['de', 'Was passiert, wenn ein Replikat stirbt?'],
    ['es', '¿Qué pasa cuando muere una réplica?'],
    ['fr', 'Que se passe-t-il quand un réplica meurt ?'],
    ['vi', 'Điều gì xảy ra khi một bản sao chết?'],
    ['zh', '一个副本死掉会怎样？'],
    ['ar', 'ماذا يحدث عندما تموت نسخة؟'],
    ['ja', 'レプリカが落ちたらどうなりますか？'],
    ['ja', 'What is Baton? In Japanese, please.'],
    ['en', 'What happens when the café is über-crowded?'],
    ['en', 'redis'],
  ])('%s: %s', (language, question) => {
    expect(languageOf(question)).toBe(language)
    const known = pagesOf(languageOf(question)).flatMap(({ variants }) => variants)
    if (language !== 'en') expect(known).toContain(answer(question))
  })

  test('each has a greeting, thanks and at least two topics', () => {
    for (const language of LANGUAGES) {
      const names = pagesOf(language).map(({ name }) => name)
      expect(names).toEqual(expect.arrayContaining(['hello', 'thanks', 'failover']))
    }
  })
})

describe('[S7] what was said before comes from the messages alone', () => {
  const talk = [
    user('My name is Ada and my favourite colour is deep green.'),
    assistant('Nice to meet you'),
    user('How does Redis work?'),
    assistant('…'),
  ]

  test('the name, another fact, and neither without the turns', () => {
    expect(answerTo([...talk, user('What is my name?')])).toContain('**Ada**')
    expect(answerTo([...talk, user("what's my favourite colour?")])).toContain('**deep green**')
    expect(answer('What is my name?')).not.toContain('Ada')
    expect(answer('My name is Grace')).toContain('**Grace**')
    expect(answerTo([...talk, user('hello')])).toContain('Ada')
  })

  test('what was asked: all of it, first, last', () => {
    expect(answerTo([...talk, user('What did I ask before?')])).toMatch(
      /1\. My name is Ada[\s\S]*2\. How does Redis work\?/,
    )
    expect(answerTo([...talk, user('What was my first message?')])).toContain('> My name is Ada')
    expect(answerTo([...talk, user('What did I just say?')])).toContain('> How does Redis work?')
    expect(answer('What did I ask before?')).toContain('Nothing yet')
  })

  test.each([
    ['Ich heiße Jürgen.', 'Wie heiße ich?', 'Jürgen'],
    ['Me llamo Íñigo', '¿Cómo me llamo?', 'Íñigo'],
    ['Je m’appelle Zoé', 'Comment je m’appelle ?', 'Zoé'],
    ['Tôi tên là Nguyễn', 'Tôi tên là gì?', 'Nguyễn'],
    ['我叫小明', '我叫什么名字？', '小明'],
    ['اسمي ليلى', 'ما اسمي؟', 'ليلى'],
    ['私の名前はさくらです', '私の名前は何ですか？', 'さくら'],
  ])('%s … %s', (given, asked, name) => {
    expect(answer(given)).toContain(`**${name}**`)
    expect(answerTo([user(given), assistant('…'), user(asked)])).toContain(`**${name}**`)
    expect(answer(asked)).not.toContain(name)
  })
})
