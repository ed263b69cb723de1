import { computed, type ComputedRef } from 'vue'
import type { WidgetContent } from '@/contract/dashboards'
import { formatNumber } from '@/core/format/format-value'
import { useNumberLocale } from '@/core/i18n/i18n'
import type { Limits, Span } from '@/modules/dashboards/model/options'
import { useDashboard } from '@/modules/dashboards/view/dashboard-context'
import {
  limitsOnScale,
  onScale,
  spanOnScale,
  type OnScale,
} from '@/modules/dashboards/widgets/scale'
import type { WidgetReading } from '@/modules/dashboards/widgets/use-widget-reading'

export interface ScaleOptions {
  min: number
  max: number
  normal: Span
  limits: Limits
  setpointMetric: string | null
}

export interface ScaleView {
  value: ComputedRef<OnScale | null>
  normal: ComputedRef<[number, number] | null>
  limits: ComputedRef<number[]>
  setpoint: ComputedRef<number | null>
  ends: ComputedRef<{ min: string; max: string }>
}

/** A value, its normal span and its limits on a scale from 0 to 1. */
export function useScale(
  { number, reading }: WidgetReading,
  options: () => ScaleOptions,
  widget: () => WidgetContent,
): ScaleView {
  const dashboard = useDashboard()
  const locale = useNumberLocale()
  const endText = (value: number): string => {
    const decimals = Number.isInteger(value) ? 0 : Math.max(1, reading.value.decimals)
    return formatNumber(value, 'float', decimals, locale.value)
  }
  return {
    value: computed(() =>
      number.value === null ? null : onScale(number.value, options().min, options().max),
    ),
    normal: computed(() => spanOnScale(options().normal, options().min, options().max)),
    limits: computed(() => limitsOnScale(options().limits, options().min, options().max)),
    setpoint: computed(() => {
      const metric = options().setpointMetric
      if (metric === null || metric === widget().metricId) return null
      const value = dashboard.cells.value.get(metric)?.reading.value.value
      if (typeof value !== 'number' && typeof value !== 'bigint') return null
      return onScale(Number(value), options().min, options().max).at
    }),
    ends: computed(() => ({ min: endText(options().min), max: endText(options().max) })),
  }
}
