import { request } from 'undici'

const { OPENAI_BASE_URL } = process.env

/** Asks the provider and hands over each token's text with its offset, then tells of the end. */
export async function streamAnswer(
  prompt: string,
  token: (offset: number, text: string) => void,
  end: () => void,
): Promise<void> {
  const { body } = await request(`${OPENAI_BASE_URL}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'bench', stream: true, messages: [{ role: 'user', content: prompt }] }),
  })
  let offset = 0
  let rest = ''
  body.setEncoding('utf8')
  body.on('data', (chunk: string) => {
    const events = (rest + chunk).split('\n\n')
    rest = events.pop() ?? ''
    for (const event of events) {
      const data = event.slice('data: '.length)
      if (data === '[DONE]') continue
      const text = JSON.parse(data).choices[0]?.delta.content
      if (!text) continue
      token(offset, text)
      offset += text.length
    }
  })
  body.on('end', end)
}
