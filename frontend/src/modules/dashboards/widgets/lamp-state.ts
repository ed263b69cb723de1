import type { MetricValue } from '@/contract/common'

export type LampState = 'on' | 'off' | 'unknown'

/**
 * Whether a lamp is on. Without a value it waits for, it is on for true and for any number but zero;
 * a text then says nothing.
 */
export function lampState(
  value: MetricValue,
  { onValue, invert }: { onValue: string; invert: boolean },
): LampState {
  if (value === null) return 'unknown'
  let isOn: boolean
  if (onValue !== '') isOn = String(value) === onValue
  else if (typeof value === 'string') return 'unknown'
  else if (typeof value === 'boolean') isOn = value
  else isOn = Number(value) !== 0
  return isOn === invert ? 'off' : 'on'
}
