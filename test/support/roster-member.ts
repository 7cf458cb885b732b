/** A process that lives in the roster and nothing else: `node roster-member.ts <address> <leaseMs> <url> …`. Says `up` to its parent. */
import { silentLog } from '../../src/ports/log.ts'
import { connectRedis } from '../../src/store/redis/connect.ts'
import { RedisReplicaLink } from '../../src/store/redis/replica-link.ts'
import { RedisRoster } from '../../src/store/redis/roster.ts'

const [address = '', leaseMs, ...urls] = process.argv.slice(2)
const connections = await connectRedis({ REDIS_URL: urls }, silentLog)
await new RedisReplicaLink(connections, { address, log: silentLog }).start()
const roster = new RedisRoster(connections, { address, leaseMs: Number(leaseMs), log: silentLog })
await roster.start()
setInterval(() => void roster.renew().catch(() => {}), Number(leaseMs) / 3)
process.once('disconnect', () => process.exit())
process.send?.('up')
