/** What of a payload is meant: the sample, and in it (or in a message of one sample) the field. */
export const MARK = { none: 'none', sample: 'sample', field: 'field' } as const
export type Mark = (typeof MARK)[keyof typeof MARK]

export interface Line {
  text: string
  mark: Mark
}

export interface ShownPayload {
  lines: Line[]
  /** It is JSON and was laid out anew; otherwise the lines are as they came. */
  isJson: boolean
}

interface Node {
  /** `{` or `[`; empty for a value, whose text is kept to the letter. */
  open: string
  text: string
  children: { key: string; node: Node }[]
  /** How long it is on one line: told without writing it, for it may be deep and long. */
  length: number
}

/** Up to so many characters a list or object stays on one line. */
const LINE_LENGTH = 110
const INDENT = '  '
/** What is nested deeper was made to be a nuisance, and is shown as it came. */
const MAX_DEPTH = 200
const CLOSE: Readonly<Record<string, string>> = { '{': '}', '[': ']' }
const SPACE = /[ \t\r\n]*/y
const TOKEN = /"(?:[^"\\]|\\.)*"|[^\s,:[\]{}]+/y

/** Reads JSON that is known to be good, keeping each number and text as it was written. */
function read(text: string): Node {
  let at = 0
  const space = (): void => {
    SPACE.lastIndex = at
    SPACE.test(text)
    at = SPACE.lastIndex
  }
  const token = (): string => {
    TOKEN.lastIndex = at
    const found = TOKEN.exec(text)?.[0] ?? ''
    at += found.length
    return found
  }
  const value = (): Node => {
    space()
    const open = text[at] ?? ''
    const close = CLOSE[open]
    if (close === undefined) {
      const text = token()
      return { open: '', text, children: [], length: text.length }
    }
    const children: Node['children'] = []
    let length = 4
    at += 1
    space()
    while (at < text.length && text[at] !== close) {
      let key = ''
      if (open === '{') {
        key = token()
        space()
        at += 1
      }
      const node = value()
      children.push({ key, node })
      length += key.length + node.length + 4
      space()
      if (text[at] === ',') at += 1
      space()
    }
    at += 1
    return { open, text: '', children, length }
  }
  return value()
}

function inOneLine({ open, text, children }: Node): string {
  if (open === '') return text
  const parts = children.map(({ key, node }) => (key ? `${key}: ` : '') + inOneLine(node))
  const inside = parts.join(', ')
  return open === '{' && inside ? `{ ${inside} }` : `${open}${inside}${CLOSE[open] ?? ''}`
}

/** What is to be marked: a sample, or a message, and the field of it that is wrong. */
interface Target {
  sample: Node | null
  /** Of whom the field is. */
  owner: Node
  field: string | null
}

function layOut(
  node: Node,
  target: Target,
  depth: number,
  [before, after]: [before: string, after: string],
  inherited: Mark,
): Line[] {
  if (depth > MAX_DEPTH) throw new RangeError('nested too deep')
  const mark = node === target.sample ? MARK.sample : inherited
  const line = (text: string): Line => ({ text: INDENT.repeat(depth) + text, mark })
  const isOpened =
    depth === 0 ||
    node === target.sample ||
    (target.sample !== null && node.children.some((child) => child.node === target.sample))
  const fits = before.length + node.length < LINE_LENGTH
  if (node.children.length === 0 || (!isOpened && fits)) {
    return [line(before + inOneLine(node) + after)]
  }
  const last = node.children.length - 1
  const children = node.children.flatMap(({ key, node: child }, index) => {
    const isField = node === target.owner && target.field !== null && key === target.field
    const around: [string, string] = [key ? `${key}: ` : '', index < last ? ',' : '']
    return layOut(child, target, depth + 1, around, isField ? MARK.field : mark)
  })
  return [line(before + node.open), ...children, line((CLOSE[node.open] ?? '') + after)]
}

function child(node: Node | undefined, key: string): Node | undefined {
  return node?.children.findLast((each) => each.key === JSON.stringify(key))?.node
}

/** The field that the words of a rejection begin with: `plant is x, topic says planta-1`. */
export function fieldOfDetail(detail: string): string | null {
  return /^(?:sample \d+: )?([A-Za-z]+) /.exec(detail)?.[1] ?? null
}

/** Lays a payload out to be read, nothing of it changed but the space between, with what is wrong marked. */
export function layOutPayload(
  payload: string,
  sampleIndex: number | null,
  detail: string,
): ShownPayload {
  try {
    JSON.parse(payload)
    const root = read(payload)
    const samples = child(root, 'samples')
    const sample = sampleIndex === null ? undefined : samples?.children[sampleIndex]?.node
    const name = fieldOfDetail(detail)
    const field = name === null ? null : JSON.stringify(name)
    const target = { sample: sample ?? null, owner: sample ?? root, field }
    return { lines: layOut(root, target, 0, ['', ''], MARK.none), isJson: true }
  } catch {
    // It is no JSON, or nested deeper than can be followed.
    const lines = payload.split('\n').map((text) => ({ text, mark: MARK.none }))
    return { lines, isJson: false }
  }
}

export interface Chunk {
  text: string
  mark: Mark
}

/** Lines with the same mark in one piece: a message of two thousand samples is three pieces, not as many. */
export function chunksOf(lines: readonly Line[]): Chunk[] {
  const chunks: Chunk[] = []
  for (const { text, mark } of lines) {
    const last = chunks.at(-1)
    if (last?.mark === mark) last.text += `\n${text}`
    else chunks.push({ text, mark })
  }
  return chunks
}

/** The bytes of a payload that is no text, sixteen a line, as far as they help. */
export function hexLines(base64: string, most = 512): string[] {
  const bytes = Array.from(atob(base64).slice(0, most), (each) => each.charCodeAt(0))
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.slice(at, at + 16)
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const text = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·'))
    lines.push(`${at.toString(16).padStart(4, '0')}  ${hex.padEnd(47)}  ${text.join('')}`)
  }
  return lines
}
