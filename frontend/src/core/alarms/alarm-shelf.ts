import type { Alarm } from '@/contract/alarms'
import type { AlarmOrder } from '@/core/alarms/alarm-filter'

/** A list of alarms and what has come since: a list never moves under the reader's hand. */
export interface AlarmShelf {
  /** In order. */
  shown: readonly Alarm[]
  /** New ones that wait until they are asked for, in order. */
  waiting: readonly Alarm[]
  /** The server has older ones than the last that is shown. */
  hasMore: boolean
  /** Something that is shown does not belong there any more, or more came than is kept. */
  isOutdated: boolean
}

export const EMPTY_SHELF: AlarmShelf = {
  shown: [],
  waiting: [],
  hasMore: false,
  isOutdated: false,
}

/** More that wait than this are asked for anew. */
export const MOST_WAITING = 200

export interface Rules {
  order: AlarmOrder
  isMatch: (alarm: Alarm) => boolean
}

/** The first page. */
export function shelfOf(page: readonly Alarm[], hasMore: boolean): AlarmShelf {
  return { shown: page, waiting: [], hasMore, isOutdated: false }
}

/** The next page. */
export function append(shelf: AlarmShelf, page: readonly Alarm[], hasMore: boolean): AlarmShelf {
  const known = new Set([...shelf.shown, ...shelf.waiting].map(({ id }) => id))
  const added = page.filter(({ id }) => !known.has(id))
  return { ...shelf, shown: [...shelf.shown, ...added], hasMore }
}

/** What was heard: what is shown changes where it stands, and what is new waits. */
export function hear(shelf: AlarmShelf, heard: readonly Alarm[], rules: Rules): AlarmShelf {
  const news = new Map<string, Alarm>()
  for (const alarm of heard) {
    const before = news.get(alarm.id)
    if (!before || alarm.version >= before.version) news.set(alarm.id, alarm)
  }
  const renew = (alarm: Alarm): Alarm => {
    const next = news.get(alarm.id)
    news.delete(alarm.id)
    return next && next.version >= alarm.version ? next : alarm
  }
  const shown = shelf.shown.map(renew)
  const waiting = shelf.waiting.map(renew).filter(rules.isMatch)
  const last = shown.at(-1)
  for (const alarm of news.values()) {
    // What comes after the last one will come with its page.
    const isFurtherDown = shelf.hasMore && last !== undefined && rules.order(alarm, last) > 0
    if (rules.isMatch(alarm) && !isFurtherDown) waiting.push(alarm)
  }
  waiting.sort(rules.order)
  return {
    ...shelf,
    shown,
    waiting: waiting.slice(0, MOST_WAITING),
    isOutdated: shelf.isOutdated || waiting.length > MOST_WAITING,
  }
}

/** What the server has now, from the top; what is shown and not among it is not what was asked for any more. */
export function compare(
  shelf: AlarmShelf,
  fresh: readonly Alarm[],
  hasMore: boolean,
  rules: Rules,
): AlarmShelf {
  const ids = new Set(fresh.map(({ id }) => id))
  const last = fresh.at(-1)
  const isCovered = (alarm: Alarm): boolean =>
    !hasMore || (last !== undefined && rules.order(alarm, last) <= 0)
  const isGone = shelf.shown.some(
    (alarm) => rules.isMatch(alarm) && isCovered(alarm) && !ids.has(alarm.id),
  )
  const next = hear(shelf, fresh, rules)
  return { ...next, isOutdated: next.isOutdated || isGone }
}

/** Shows what waited. */
export function release(shelf: AlarmShelf, order: AlarmOrder): AlarmShelf {
  if (shelf.waiting.length === 0) return shelf
  return { ...shelf, shown: [...shelf.shown, ...shelf.waiting].sort(order), waiting: [] }
}
