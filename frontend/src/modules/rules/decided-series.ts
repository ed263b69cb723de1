import { MODE, type Mode, type Rule } from '@/contract/rules'
import { MIN_PRIORITY } from '@/modules/rules/precedence'
import { draftOf, emptyDraft, type RuleDraft } from '@/modules/rules/rule-draft'

/** A draft that is never saved, and whose dry run names the series that a rule decides. */
export interface Probe {
  draft: RuleDraft
  replaces?: string
}

/** Another mode than this one, so that every series the rule decides for counts as touched. */
function otherThan(mode: Mode): Mode {
  return mode === MODE.none ? MODE.raw : MODE.none
}

export function probeOf(rule: Rule): Probe {
  return { draft: { ...draftOf(rule), mode: otherThan(rule.mode) }, replaces: rule.id }
}

/** The weakest rule there can be: it takes what no other takes. */
export function probeOfDefault(defaultMode: Mode): Probe {
  const weakest = { name: '-', priority: MIN_PRIORITY, mode: otherThan(defaultMode) }
  return { draft: { ...emptyDraft(), ...weakest } }
}
