// Writes src/contract/openapi.ts, the types of the API, from docs/openapi.json.
import { writeFileSync } from 'node:fs'
import { TYPES, contractTypes } from './contract-types.js'

writeFileSync(TYPES, await contractTypes())
