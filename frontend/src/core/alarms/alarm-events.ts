import type { Alarm } from '@/contract/alarms'
import type { AlarmMessage } from '@/contract/websocket'
import type { Live } from '@/core/live/live'

/** An alarm of the live feed as REST shows it. */
export function alarmOf({ alarmType, ...facts }: AlarmMessage): Alarm {
  return { ...facts, type: alarmType }
}

interface Listener {
  heard: (alarm: Alarm) => void
  /** There were more than this client was told of. */
  missed: () => void
}

/** Tells of alarms that are new or changed; what is returned ends it. */
export function listenToAlarms(live: Pick<Live, 'on'>, listener: Listener): () => void {
  const releases = [
    live.on('alarm', (message) => {
      listener.heard(alarmOf(message))
    }),
    live.on('lagged', ({ alarms }) => {
      if (alarms !== null && alarms > 0) listener.missed()
    }),
  ]
  return () => {
    for (const release of releases) release()
  }
}
