import { fileURLToPath } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'
import { format, resolveConfig } from 'prettier'

/** The kept file. */
export const TYPES = fileURLToPath(new URL('../src/contract/openapi.ts', import.meta.url))

const DOCUMENT = new URL('../../docs/openapi.json', import.meta.url)
const HEAD = '// Made from docs/openapi.json by `cargo xtask gen`. Do not edit.\n\n'

/** The types of the API, as text. */
export async function contractTypes() {
  const tree = await openapiTS(DOCUMENT, {
    alphabetize: true,
    rootTypes: true,
    rootTypesNoSchemaPrefix: true,
  })
  const style = await resolveConfig(TYPES)
  return format(HEAD + astToString(tree), { ...style, parser: 'typescript' })
}
