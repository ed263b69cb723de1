import type { MessageContext, MessageFunction } from 'vue-i18n'

/** `{name}` is filled in, `{'…'}` stands for itself. */
const PLACEHOLDER = /\{\s*(?:'([^']*)'|(\w+))\s*\}/
/** Between the forms for one and for many; not one that stands for itself. */
const FORMS = /\|(?![^{]*\})/

const compiled = new Map<string, MessageFunction<string>>()

/**
 * What the words of this page use of the language of messages: names and plural forms. The compiler that comes with
 * vue-i18n knows more, and would be a twentieth of what a browser fetches before the first page. That another may be
 * given is called experimental there: a test holds this one against theirs, word for word.
 */
export function compileMessage(message: unknown): MessageFunction<string> {
  const text = String(message)
  let found = compiled.get(text)
  if (!found) {
    const forms = text.split(FORMS).map((form) => partsOf(form.trim()))
    found = ({ plural, named }: MessageContext<string>) => {
      const said = forms.map((parts) =>
        parts
          .map((part) => (typeof part === 'string' ? part : String(named(part.name) ?? '')))
          .join(''),
      )
      return said.length > 1 ? plural(said) : (said[0] ?? '')
    }
    compiled.set(text, found)
  }
  return found
}

type Part = string | { name: string }

function partsOf(form: string): Part[] {
  const parts: Part[] = []
  let rest = form
  for (let match = PLACEHOLDER.exec(rest); match; match = PLACEHOLDER.exec(rest)) {
    const [placeholder, literal, name] = match
    parts.push(rest.slice(0, match.index), name === undefined ? (literal ?? '') : { name })
    rest = rest.slice(match.index + placeholder.length)
  }
  return [...parts, rest]
}
