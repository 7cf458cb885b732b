// Asks once, writes the answer as it comes, then says what becomes of a message that no frame can carry.
import { BatonClient, ClientError } from '@baton-chat/client'

const [url, question] = process.argv.slice(2)
const client = new BatonClient({ url })
await client.open()
const { answer } = await client.send(question)
let shown = 0
await client.follow(answer.id, ({ content }) => {
  process.stdout.write(content.slice(shown))
  shown = content.length
})
const tooLarge = await client.send('x'.repeat(200_000)).catch((error) => error)
process.stdout.write(tooLarge instanceof ClientError ? `\n${tooLarge.code}` : '')
client.close()
