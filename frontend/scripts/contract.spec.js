import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { TYPES, contractTypes } from './contract-types.js'

test('the types of the API are those of docs/openapi.json', async () => {
  const types = await contractTypes()
  const same = readFileSync(TYPES, 'utf8') === types
  expect(same, 'src/contract/openapi.ts is stale: cargo xtask gen').toBe(true)
}, 30_000)
