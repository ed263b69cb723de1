/** What the log tells of, by what it was done to, in the order of the filter. */
export const ACTIONS = {
  user: [
    'create',
    'invite',
    'update',
    'delete',
    'link_password',
    'set_password',
    'change_password',
  ],
  session: ['create', 'refuse', 'end', 'end_all'],
  api_key: ['create', 'revoke'],
  tenant: ['create', 'rename'],
  plant: ['create', 'update', 'delete'],
  gateway: ['create', 'update', 'move', 'delete'],
  plc: ['rename'],
  rule: ['create', 'update', 'delete'],
  dashboard: [
    'create',
    'import',
    'duplicate',
    'update',
    'add_widget',
    'update_widget',
    'remove_widget',
    'reorder',
    'restore',
    'delete',
  ],
  alarm: ['acknowledge'],
  rejection: ['replay', 'delete'],
} as const

export type Subject = keyof typeof ACTIONS
/** `user_create`: a dot would divide the key of a message. */
export type ActionKey = {
  [Kind in Subject]: `${Kind}_${(typeof ACTIONS)[Kind][number]}`
}[Subject]

export const SUBJECTS = Object.keys(ACTIONS) as Subject[]

const KEYS: ReadonlySet<string> = new Set(
  Object.entries(ACTIONS).flatMap(([kind, verbs]) => verbs.map((verb) => `${kind}_${verb}`)),
)

/** The action under which its words are kept; null for one that this page knows nothing of. */
export function keyOfAction(action: string): ActionKey | null {
  const key = action.replace('.', '_')
  return KEYS.has(key) ? (key as ActionKey) : null
}
