/** The parts of a chat that a site can style through the launcher, too. */
export const CHAT_PARTS =
  `root header avatar title status conversations new close list past search files attach banner scroller greeting welcome \
questions question log note message message-user message-assistant body activity reasoning foot code sources time link action \
footer jump composer input send stop`.split(' ')
