/** `baton/react`: the client SDK as a hook. */
export * from '../client/index.ts'
export { type Baton, useBaton } from './use-baton.ts'
