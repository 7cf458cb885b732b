/** A process that is a member and nothing else: `node replica-member.ts <address> <leaseMs> <url> …`. Says `up` to its parent. */
import { silentLog } from '../../src/ports/log.ts'
import { RedisBus } from '../../src/store/redis/bus.ts'
import { connectRedis } from '../../src/store/redis/connect.ts'
import { RedisMembership } from '../../src/store/redis/membership.ts'

const [address = '', leaseMs, ...urls] = process.argv.slice(2)
const connections = await connectRedis({ REDIS_URL: urls }, silentLog)
await new RedisBus(connections, { address, log: silentLog }).start()
const membership = new RedisMembership(connections, { address, leaseMs: Number(leaseMs) })
await membership.start()
setInterval(() => void membership.renew().catch(() => {}), Number(leaseMs) / 3)
process.once('disconnect', () => process.exit())
process.send?.('up')
