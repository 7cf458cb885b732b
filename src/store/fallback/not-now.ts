/** Another answer streams in the session, or it changed meanwhile: to be tried again. */
export class NotNow extends Error {
  override readonly name = 'NotNow'
}
