/** A piece of a note: plain text, or an address that can be followed. */
export interface TextPart {
  text: string
  href: string | null
}

const ADDRESS = /https?:\/\/[^\s<>"']+/g
/** A sentence ends behind an address, not within it. */
const TAIL = /[.,;:!?)\]]+$/

/** A note in pieces, so that addresses in it become links and nothing in it becomes markup. */
export function textParts(text: string): TextPart[] {
  const parts: TextPart[] = []
  let end = 0
  for (const match of text.matchAll(ADDRESS)) {
    const address = match[0].replace(TAIL, '')
    const href = toLink(address)
    if (href === null) continue
    if (match.index > end) parts.push({ text: text.slice(end, match.index), href: null })
    parts.push({ text: address, href })
    end = match.index + address.length
  }
  if (end < text.length) parts.push({ text: text.slice(end), href: null })
  return parts
}

/** What may be followed: a page elsewhere, or one of this server. Anything else, such as `javascript:`, is none. */
export function toLink(text: string): string | null {
  const address = text.trim()
  // Browsers leave out tabs and line breaks, and what is left may be another address.
  if (/\s/.test(address)) return null
  // A second slash, or a backslash that browsers take for one, would name another server.
  if (/^\/(?![/\\])/.test(address)) return address
  if (!/^https?:\/\//i.test(address)) return null
  return URL.canParse(address) ? address : null
}

/** Whether it leads to a page of this server. */
export function isLocalLink(href: string): boolean {
  return href.startsWith('/')
}
