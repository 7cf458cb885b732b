/** What the launcher says, in one language. `{n}` stands for what is put there. */
export interface LauncherStrings {
  title: string
  openChat: string
  unread: string
  cannotOpen: string
}

/** What the widget says, in one language. `{n}`, `{name}`, `{reason}` and `{time}` stand for what is put there. */
export interface Strings extends LauncherStrings {
  closeChat: string
  newConversation: string
  conversation: string
  you: string
  assistant: string
  greeting: string
  message: string
  placeholder: string
  send: string
  stop: string
  regenerate: string
  copy: string
  copyCode: string
  copied: string
  jump: string
  retry: string
  discard: string
  sources: string
  earlier: string
  connected: string
  connecting: string
  reconnecting: string
  notConnected: string
  offline: string
  refused: string
  notSafe: string
  waiting: string
  notSent: string
  tooLong: string
  tooMany: string
  busy: string
  stopped: string
  broken: string
  expired: string
  cleared: string
  failed: string
  thinking: string
  searching: string
  retrying: string
  resuming: string
  cutOff: string
  goOn: string
  filtered: string
  empty: string
  brokenWait: string
  unreachable: string
  answering: string
  failedEmpty: string
  copyDetails: string
  showAll: string
  showLess: string
  reasoning: string
  suggestions: string
  conversations: string
  search: string
  noneFound: string
  rename: string
  delete: string
  deleted: string
  undo: string
  save: string
  new: string
  good: string
  bad: string
  attach: string
  attachments: string
  remove: string
}
