import { expect, it } from 'vitest'
import { rank, wordsOf, type Finding, type FindingKind } from '@/shell/palette/finding'

function finding(kind: FindingKind, text: string, detail = ''): Finding {
  return { key: `${kind}/${detail}/${text}`, kind, text, detail, path: '/' }
}

const FINDINGS = [
  finding('page', 'Plantas'),
  finding('plant', 'Planta Córdoba', 'granix · planta-2'),
  finding('plc', 'plc-1', 'planta-1 · granix'),
  finding('plc', 'plc-10', 'planta-1 · granix'),
  finding('plc', 'plc-2', 'planta-2 · granix'),
  finding('gateway', 'granix-cb-gw-01', 'planta-2 · granix'),
  finding('metric', 'temp_head', 'plc-1 · planta-1 · granix'),
  finding('metric', 'oil_temp', 'plc-2 · planta-2 · granix'),
]

const found = (query: string, recent: Finding[] = []): string[] =>
  rank(FINDINGS, query, recent).map(({ text }) => text)

it.each<[string, string, string[]]>([
  ['the whole name before its beginning', 'plc-1', ['plc-1', 'plc-10', 'temp_head']],
  ['the beginning before a part, a part before a piece', 'temp', ['temp_head', 'oil_temp']],
  ['without accents', 'cordoba', ['Planta Córdoba']],
  ['capitals', 'PLANTA CÓR', ['Planta Córdoba']],
  ['by name and place together', 'planta-2 temp', ['oil_temp']],
  ['numbers by their size', 'plc-', ['plc-1', 'plc-2', 'plc-10', 'oil_temp', 'temp_head']],
  [
    'pages before what is in the plants',
    'planta',
    [
      'Plantas',
      'Planta Córdoba',
      'plc-1',
      'plc-2',
      'plc-10',
      'granix-cb-gw-01',
      'oil_temp',
      'temp_head',
    ],
  ],
  ['nothing that does not fit every word', 'plc-1 granix nothing', []],
])('finds %s', (_name, query, expected) => {
  expect(found(query)).toEqual(expected)
})

it('puts what was gone to before its equals, the last one first', () => {
  const recent = [
    finding('plc', 'plc-10', 'planta-1 · granix'),
    finding('plc', 'plc-2', 'planta-2 · granix'),
  ]
  expect(found('plc-', recent).slice(0, 3)).toEqual(['plc-10', 'plc-2', 'plc-1'])
  // But not before what fits better.
  expect(found('plc-1', recent)[0]).toBe('plc-1')
})

it('shows a place once, wherever it was found', () => {
  expect(rank([...FINDINGS, ...FINDINGS], 'plc-2', [])).toHaveLength(2)
})

it('has no words where there are only blanks', () => {
  expect(wordsOf('  ')).toEqual([])
  expect(wordsOf(' Horno  2 ')).toEqual(['horno', '2'])
})
