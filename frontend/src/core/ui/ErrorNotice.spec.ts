// @vitest-environment jsdom
import { mount, RouterLinkStub, type VueWrapper } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { API_FAILURE, ApiError } from '@/core/http/api-error'
import { createMessages } from '@/core/i18n/i18n'
import ErrorNotice from '@/core/ui/ErrorNotice.vue'

const DETAIL = 'the query took too long'

function notice(status: number, code: string): VueWrapper {
  const problem = { title: 'Refused', code, detail: DETAIL, errors: [] }
  return mount(ErrorNotice, {
    props: { error: new ApiError(API_FAILURE.status, 'refused', { status, problem }) },
    global: {
      plugins: [createMessages('es').plugin],
      stubs: { RouterLink: RouterLinkStub },
    },
  })
}

it.each([
  [503, 'database_unavailable', 'no llega a su base de datos'],
  [503, 'timeout', 'contestó con un error (503)'],
  [400, 'invalid_parameter', 'contestó con un error (400)'],
  [500, 'internal_error', 'contestó con un error (500)'],
])(
  'says %i %s in the language on screen, with the code and a retry',
  async (status, code, words) => {
    const shown = notice(status, code)
    expect(shown.text()).toContain(words)
    expect(shown.text()).toContain(code)
    expect(shown.text()).not.toContain(DETAIL)
    await shown.get('button').trigger('click')
    expect(shown.emitted('retry')).toHaveLength(1)
  },
)

it('leads to the plants from what is not there', () => {
  const shown = notice(404, 'not_found')
  expect(shown.find('button').exists()).toBe(false)
  expect(shown.getComponent(RouterLinkStub).props('to')).toEqual({ name: 'fleet' })
})
