import { expect, it } from 'vitest'
import { chunksOf, fieldOfDetail, hexLines, layOutPayload } from '@/modules/quarantine/payload'

const texts = (payload: string, index: number | null = null, detail = ''): string[] =>
  layOutPayload(payload, index, detail).lines.map(({ text, mark }) => `${mark}|${text}`)

it('keeps every number and text as it was written', () => {
  const payload = '{"value":9007199254740993,"huge":1e999,"text":"a\\"b, {c}","list":[1, 2.50]}'
  expect(texts(payload)).toEqual([
    'none|{',
    'none|  "value": 9007199254740993,',
    'none|  "huge": 1e999,',
    'none|  "text": "a\\"b, {c}",',
    'none|  "list": [1, 2.50]',
    'none|}',
  ])
})

it('marks the sample that is meant, and its field', () => {
  const payload =
    '{"schemaVersion":2,"samples":[{"plcId":"a","value":1},{"plcId":"b","value":"x"}]}'
  expect(texts(payload, 1, 'value is a string, dataType is float')).toEqual([
    'none|{',
    'none|  "schemaVersion": 2,',
    'none|  "samples": [',
    'none|    { "plcId": "a", "value": 1 },',
    'sample|    {',
    'sample|      "plcId": "b",',
    'field|      "value": "x"',
    'sample|    }',
    'none|  ]',
    'none|}',
  ])
})

it('marks a field of the message when the whole of it is meant', () => {
  expect(texts('{"plant":"x","value":1}', null, 'plant is x, topic says planta-1')).toEqual([
    'none|{',
    'field|  "plant": "x",',
    'none|  "value": 1',
    'none|}',
  ])
})

it('breaks what is longer than a line', () => {
  const long = JSON.stringify({ a: ['x'.repeat(60), 'y'.repeat(60)] })
  expect(texts(long)).toHaveLength(6)
  expect(texts('{"a":{},"b":[]}')).toEqual([
    'none|{',
    'none|  "a": {},',
    'none|  "b": []',
    'none|}',
  ])
})

it('shows what is no JSON as it came', () => {
  const shown = layOutPayload('{"value":\n nope', null, 'payload is not JSON')
  expect(shown.isJson).toBe(false)
  expect(shown.lines.map(({ text }) => text)).toEqual(['{"value":', ' nope'])
  expect(layOutPayload('', null, '').lines).toHaveLength(1)
})

it('follows a message of two thousand samples, and gives up on depths nobody means', () => {
  const samples = Array.from({ length: 2_000 }, (_, index) => ({ plcId: 'plc', value: index }))
  const { lines } = layOutPayload(JSON.stringify({ samples }), 1_500, 'value is 1')
  expect(chunksOf(lines)).toHaveLength(5)
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  expect(layOutPayload(deep, null, '').lines).toHaveLength(1)
})

it.each([
  ['plant is x, topic says planta-1', 'plant'],
  ['sample 3: value is a string', 'value'],
  ['schemaVersion is 3, 1 and 2 are supported', 'schemaVersion'],
  ['', null],
])('finds the field in %j', (detail, field) => {
  expect(fieldOfDetail(detail)).toBe(field)
})

it('shows bytes that are no text', () => {
  expect(hexLines(btoa('\u0000AB\u00ff'))).toEqual([`0000  ${'00 41 42 ff'.padEnd(47)}  ·AB·`])
  expect(hexLines(btoa('x'.repeat(40)))).toHaveLength(3)
})
