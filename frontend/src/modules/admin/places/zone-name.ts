import { h, type FunctionalComponent } from 'vue'

/** The name of a time zone, which breaks after its slashes. No template: the blanks between tags would show. */
export const ZoneName: FunctionalComponent<{ name: string }> = ({ name }) =>
  h(
    'span',
    { class: 'break-words' },
    name.split(/(?<=\/)/).flatMap((part, index) => (index === 0 ? [part] : [h('wbr'), part])),
  )
ZoneName.props = ['name']
