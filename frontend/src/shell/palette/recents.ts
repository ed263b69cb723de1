import * as v from 'valibot'
import { FINDING_KINDS, type Finding } from '@/shell/palette/finding'

const KEY = 'vigia.recent'
const MOST = 6

const recentsSchema = v.object({
  email: v.string(),
  items: v.array(
    v.object({
      key: v.string(),
      kind: v.picklist(FINDING_KINDS),
      text: v.string(),
      detail: v.string(),
      path: v.string(),
    }),
  ),
})

/** Where this user went last, the latest first; what somebody else left on this device is not told. */
export function readRecents(
  email: string,
  storage: Pick<Storage, 'getItem'> = localStorage,
): Finding[] {
  try {
    const stored = v.parse(recentsSchema, JSON.parse(storage.getItem(KEY) ?? ''))
    return stored.email === email ? stored.items : []
  } catch {
    return []
  }
}

export function addRecent(
  email: string,
  finding: Finding,
  storage: Pick<Storage, 'getItem' | 'setItem'> = localStorage,
): void {
  const others = readRecents(email, storage).filter(({ key }) => key !== finding.key)
  try {
    storage.setItem(KEY, JSON.stringify({ email, items: [finding, ...others].slice(0, MOST) }))
  } catch {
    // Without storage nothing is recent.
  }
}
