/** Where nobody asked for anything else. */
const HOME = '/'
/** Only to read an address by the rules of a browser; never asked. */
const HERE = 'http://here.invalid'

/**
 * Where to go after a login. The wish comes from the address, which anybody may have written: it is
 * followed only if it is a path of this site. A second slash would begin the name of another one,
 * and a browser reads more than `/` as a slash and leaves tabs out.
 */
export function nextPath(wish: unknown): string {
  if (typeof wish !== 'string' || !/^\/(?![/\\])/.test(wish)) return HOME
  try {
    const { origin, pathname, search, hash } = new URL(wish, HERE)
    const isHere = origin === HERE && !pathname.startsWith('//')
    return isHere ? pathname + search + hash : HOME
  } catch {
    return HOME
  }
}

/** The wish as a query, left out where it goes without saying. */
export function nextQuery(fullPath: string): { next?: string } {
  return fullPath === HOME ? {} : { next: fullPath }
}
