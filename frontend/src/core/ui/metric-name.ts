import { h, type FunctionalComponent } from 'vue'

/**
 * The name of a metric, which breaks where it has joints and not in the middle of a word. No
 * template: the blanks between its tags would show between the parts of the name.
 */
export const MetricName: FunctionalComponent<{ name: string }> = ({ name }) =>
  h(
    'span',
    { class: 'break-words' },
    name.split(/(?<=[_.:-])/).flatMap((part, index) => (index === 0 ? [part] : [h('wbr'), part])),
  )
MetricName.props = ['name']
