/** The header that says the name and the password in a URL; none where there are none. */
export function basicAuth({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '' && password === '') return {}
  const pair = `${decoded(username)}:${decoded(password)}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

/** A URL with its name and password taken out into a header: with them in it fetch asks nothing, and its error quotes them. */
export function withoutPassword(address: string): {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
} {
  const url = new URL(address)
  const headers = basicAuth(url)
  url.username = ''
  url.password = ''
  return { url, headers }
}

/** A URL leaves a lone `%` as it is. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
