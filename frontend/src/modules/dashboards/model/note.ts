import { textParts, toLink } from '@/modules/dashboards/model/text-parts'

/** A piece of a line, and how it is shown. */
export interface NotePart {
  text: string
  href: string | null
  isBold: boolean
  isItalic: boolean
}
type Line = readonly NotePart[]

/** Lines of text as they stand, or the points of a list. */
export interface NoteBlock {
  kind: 'text' | 'points' | 'numbers'
  lines: Line[]
}

const POINT = /^\s*[-*]\s+(?=\S)/
const NUMBER = /^\s*\d{1,3}[.)]\s+(?=\S)/
/** Whatever does not end, or has nothing in it, is what it is: a star. */
const LINK = /\[(?<name>[^[\]]+)\]\((?<to>[^()\s]+)\)/
const BOLD = /\*\*(?<bold>[^\s*](?:[^*]*[^\s*])?)\*\*/
const ITALIC = /(?<![*\p{L}\p{N}])\*(?<italic>[^\s*](?:[^*]*[^\s*])?)\*(?![*\p{L}\p{N}])/u
const MARKED = new RegExp(`${LINK.source}|${BOLD.source}|${ITALIC.source}`, 'gu')

/**
 * The little of Markdown that a note on a wall needs: bold, italic, links and flat lists. It becomes
 * parts and never markup; anything else stays the text it is.
 */
export function noteBlocks(text: string): NoteBlock[] {
  const blocks: NoteBlock[] = []
  for (const line of text.split(/\r?\n/)) {
    const kind = POINT.test(line) ? 'points' : NUMBER.test(line) ? 'numbers' : 'text'
    const last = blocks.at(-1)
    const block: NoteBlock = last?.kind === kind ? last : { kind, lines: [] }
    if (block !== last) blocks.push(block)
    const content = kind === 'text' ? line : line.replace(kind === 'points' ? POINT : NUMBER, '')
    block.lines.push(partsOf(content))
  }
  return blocks
}

function partsOf(line: string): NotePart[] {
  const parts: NotePart[] = []
  let end = 0
  const addPlain = (text: string): void => {
    for (const part of textParts(text)) parts.push({ ...part, isBold: false, isItalic: false })
  }
  for (const match of line.matchAll(MARKED)) {
    const { name, to, bold, italic } = match.groups ?? {}
    const href = to === undefined ? null : toLink(to)
    if (name !== undefined && href === null) continue
    addPlain(line.slice(end, match.index))
    const text = name ?? bold ?? italic ?? ''
    parts.push({ text, href, isBold: bold !== undefined, isItalic: italic !== undefined })
    end = match.index + match[0].length
  }
  addPlain(line.slice(end))
  return parts
}
