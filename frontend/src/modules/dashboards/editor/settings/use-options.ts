import { computed, type ComputedRef } from 'vue'
import type { WidgetContent } from '@/contract/dashboards'
import type { Editor } from '@/modules/dashboards/editor/use-editor'
import {
  readOptions,
  writeOptions,
  type OPTION_SCHEMAS,
  type OptionsOf,
} from '@/modules/dashboards/model/options'

export interface OptionsForm<Type extends keyof typeof OPTION_SCHEMAS> {
  options: ComputedRef<OptionsOf<Type>>
  set: <Key extends keyof OptionsOf<Type> & string>(key: Key, value: OptionsOf<Type>[Key]) => void
}

/** The options of the widget that is being configured. Each change is one of the document. */
export function useOptions<Type extends keyof typeof OPTION_SCHEMAS>(
  type: Type,
  editor: Editor,
  widget: () => WidgetContent,
): OptionsForm<Type> {
  return {
    options: computed(() => readOptions(type, widget().options).values),
    set: (key, value) => {
      const changes = { [key]: value } as Partial<OptionsOf<Type>>
      const options = writeOptions(type, widget().options, changes)
      editor.change(widget().widgetKey, { options }, `options.${key}`)
    },
  }
}
