import { differences, type DraftField, type RuleDraft } from '@/modules/rules/rule-draft'

export const SIDE = { mine: 'mine', theirs: 'theirs' } as const
export type Side = (typeof SIDE)[keyof typeof SIDE]

/** One field that two people left differently. */
export interface Disagreement {
  field: DraftField
  /** Both changed it: nobody but the reader can tell which is meant. */
  isContested: boolean
  /** Whose is taken unless the reader chooses: who changed it meant it. */
  proposed: Side
}

/** What differs between two edits that began from the same. */
export function disagreements(base: RuleDraft, mine: RuleDraft, theirs: RuleDraft): Disagreement[] {
  const byMe = new Set(differences(base, mine))
  const byThem = new Set(differences(base, theirs))
  return differences(mine, theirs).map((field) => ({
    field,
    isContested: byMe.has(field) && byThem.has(field),
    proposed: byMe.has(field) ? SIDE.mine : SIDE.theirs,
  }))
}

/** One draft of two, field by field as it was chosen. */
export function merge(
  mine: RuleDraft,
  theirs: RuleDraft,
  chosen: Partial<Record<DraftField, Side>>,
): RuleDraft {
  const taken = (Object.keys(chosen) as DraftField[]).filter(
    (field) => chosen[field] === SIDE.theirs,
  )
  return { ...mine, ...Object.fromEntries(taken.map((field) => [field, theirs[field]])) }
}
