import { computed, type ComputedRef } from 'vue'
import type { WidgetContent } from '@/contract/dashboards'
import {
  readOptions,
  type OPTION_SCHEMAS,
  type OptionsOf,
} from '@/modules/dashboards/model/options'

/** What a widget reads of its options. */
export function useWidgetOptions<Type extends keyof typeof OPTION_SCHEMAS>(
  type: Type,
  widget: () => WidgetContent,
): ComputedRef<OptionsOf<Type>> {
  return computed(() => readOptions(type, widget().options).values)
}
