import { expect, it } from 'vitest'
import { noteBlocks, type NoteBlock } from '@/modules/dashboards/model/note'

/** Blocks in short: bold as `B:`, italic as `I:`, links with where they lead. */
function short(blocks: readonly NoteBlock[]): [string, string[][]][] {
  return blocks.map(({ kind, lines }) => [
    kind,
    lines.map((line) =>
      line.map(({ text, href, isBold, isItalic }) => {
        const letter = isBold ? 'B:' : isItalic ? 'I:' : ''
        return letter + text + (href === null ? '' : ` -> ${href}`)
      }),
    ),
  ])
}

it('reads bold, italic and links', () => {
  expect(
    short(
      noteBlocks('A **very hot** and *dry* day, see [the plan](/alarms) or https://a.example.'),
    ),
  ).toEqual([
    [
      'text',
      [
        [
          'A ',
          'B:very hot',
          ' and ',
          'I:dry',
          ' day, see ',
          'the plan -> /alarms',
          ' or ',
          'https://a.example -> https://a.example',
          '.',
        ],
      ],
    ],
  ])
})

it('reads lists between lines of text', () => {
  expect(short(noteBlocks('Before:\n- one\n* **two**\n1. first\n2) second\n\nend'))).toEqual([
    ['text', [['Before:']]],
    ['points', [['one'], ['B:two']]],
    ['numbers', [['first'], ['second']]],
    ['text', [[], ['end']]],
  ])
})

it.each([
  '2 * 3 * 4',
  'a*b*c',
  '** **',
  '**open',
  '-5 °C',
  '3.5 bar',
  'snake_case_name',
  '[nothing](javascript:alert(1))',
  '[nothing](//elsewhere.example)',
  '<b>bold</b>',
  '# heading',
])('leaves %s as it is', (text) => {
  const [block, ...more] = noteBlocks(text)
  expect(more).toEqual([])
  expect(block?.kind).toBe('text')
  expect(block?.lines.map((line) => line.map((part) => part.text).join(''))).toEqual([text])
  expect(block?.lines.flat().some((part) => part.isBold || part.isItalic || part.href)).toBe(false)
})
