import { readdirSync } from 'node:fs'
import { defineConfigWithVueTs, vueTsConfigs } from '@vue/eslint-config-typescript'
import pluginVue from 'eslint-plugin-vue'
import pluginA11y from 'eslint-plugin-vuejs-accessibility'

const SOURCES = '{ts,vue}'

/** Forbids imports by alias; relative imports may not leave their folder, so the alias is all there is. */
function forbidImports(...patterns) {
  return {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          { regex: '^\\.\\./', message: 'Leave a folder by its alias: @/…' },
          ...patterns.map(([regex, message]) => ({ regex, message })),
        ],
      },
    ],
  }
}

const modules = readdirSync('src/modules', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)

export default defineConfigWithVueTs(
  // The types of the API are generated.
  { ignores: ['dist', 'test-results', 'playwright-report', 'src/contract/openapi.ts'] },
  pluginVue.configs['flat/essential'],
  pluginA11y.configs['flat/recommended'],
  vueTsConfigs.strict,
  vueTsConfigs.stylistic,
  {
    files: ['**/*.{ts,vue}'],
    rules: {
      '@typescript-eslint/explicit-function-return-type': ['error', { allowExpressions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use an object `as const`.' },
        { selector: 'ExportAllDeclaration', message: 'No barrels: import from the file itself.' },
        {
          selector: 'ExportNamedDeclaration[source]',
          message: 'No barrels: import from the file itself.',
        },
      ],
      'no-console': ['error', { allow: ['warn'] }],
      eqeqeq: 'error',
      'max-lines': ['error', { max: 400 }],
    },
  },
  {
    files: ['**/*.vue'],
    rules: {
      'max-lines': ['error', { max: 250 }],
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/block-order': ['error', { order: ['script', 'template', 'style'] }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/define-macros-order': 'error',
      'vue/no-v-html': 'error',
      // An inline style attribute is refused by the Content-Security-Policy; bindings are not.
      'vue/no-static-inline-styles': 'error',
      'vuejs-accessibility/anchor-has-content': ['error', { accessibleChildren: ['MetricName'] }],
      'vuejs-accessibility/heading-has-content': ['error', { accessibleChildren: ['MetricName'] }],
      'vuejs-accessibility/label-has-for': ['error', { required: { some: ['nesting', 'id'] } }],
    },
  },
  {
    files: [`src/contract/**/*.${SOURCES}`],
    rules: forbidImports(['^@/(?!contract/)', 'contract knows nothing of ours.']),
  },
  {
    files: [`src/core/**/*.${SOURCES}`],
    rules: forbidImports(['^@/(?!core/|contract/)', 'core may only import core and contract.']),
  },
  {
    files: [`src/shell/**/*.${SOURCES}`],
    rules: forbidImports(['^@/(?!shell/|core/)', 'shell may only import shell and core.']),
  },
  ...modules.map((name) => ({
    files: [`src/modules/${name}/**/*.${SOURCES}`],
    rules: forbidImports([
      `^@/(?!modules/${name}/|core/|contract/)`,
      'a module may only import itself, core and contract.',
    ]),
  })),
  {
    files: [`src/pages/**/*.${SOURCES}`],
    rules: forbidImports([
      '^@/(?!pages/|modules/|core/)',
      'pages may only import modules and core.',
    ]),
  },
  {
    // Specs, and loops over the columns of a chart, where the index is in range by construction.
    files: ['**/*.spec.ts', 'e2e/**/*.ts', 'src/modules/trend/*.ts', 'src/core/trend/*.{ts,vue}'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
)
