export const SET_PASSWORD_PATH = '/set-password'

/**
 * The token of a password link, taken out of the address before anything else reads it: whoever holds
 * it may choose the password, so it stays neither on screen nor in the history. It comes as the
 * fragment, which no browser sends and no server logs.
 */
export function takeLinkToken({
  location,
  history,
}: Pick<Window, 'location' | 'history'>): string | null {
  const { pathname, search, hash } = location
  // As the router reads a path: a slash at the end and capitals make no difference.
  if (pathname.replace(/\/$/, '').toLowerCase() !== SET_PASSWORD_PATH || hash === '') return null
  history.replaceState(null, '', pathname + search)
  return hash.slice(1)
}
