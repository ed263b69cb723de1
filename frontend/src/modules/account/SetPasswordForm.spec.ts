// @vitest-environment jsdom
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { shallowRef } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { API_FAILURE, ApiError } from '@/core/http/api-error'
import { createMessages } from '@/core/i18n/i18n'
import { SESSION, type Session } from '@/core/session/session'
import { CLOCK, type Clock } from '@/core/time/clock'
import SetPasswordForm from '@/modules/account/SetPasswordForm.vue'

const NOW = 1_736_359_200_000
const PASSWORD = 'mezcla lenta de avena'
const setPassword = vi.fn<Session['setPassword']>()
const tick = shallowRef(NOW)
let form: VueWrapper

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
  setPassword.mockReset()
  form = mount(SetPasswordForm, {
    attachTo: document.body,
    props: { token: 'vgp_1' },
    global: {
      plugins: [createPinia(), createMessages('es').plugin],
      provide: {
        [SESSION as symbol]: { setPassword } as Partial<Session>,
        [CLOCK as symbol]: { tick, now: () => tick.value } as Partial<Clock>,
      },
    },
  })
})
afterEach(() => {
  form.unmount()
  vi.useRealTimers()
})

function refusal(
  status: number,
  code: string,
  facts: { wait?: number; field?: string } = {},
): ApiError {
  const errors = facts.field === undefined ? [] : [{ field: facts.field, detail: 'no good' }]
  return new ApiError(API_FAILURE.status, 'refused', {
    status,
    problem: { title: null, detail: null, code, errors },
    retryAfterSeconds: facts.wait ?? null,
  })
}

async function submit(password = PASSWORD, repeat = password): Promise<void> {
  await form.get('input[name=new-password]').setValue(password)
  await form.get('input[name=repeat-password]').setValue(repeat)
  await form.get('form').trigger('submit')
  await flushPromises()
}

const button = (): HTMLButtonElement => form.get<HTMLButtonElement>('[type=submit]').element
const focused = (): string | null | undefined => document.activeElement?.getAttribute('name')

it('hands on the password with the token, once', async () => {
  expect(focused()).toBe('new-password')
  for (const field of form.findAll('input')) {
    expect(field.attributes()).toMatchObject({ type: 'password', autocomplete: 'new-password' })
  }
  let answer = (): void => undefined
  setPassword.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)))
  await submit()
  await form.get('form').trigger('submit')
  expect(setPassword).toHaveBeenCalledExactlyOnceWith('vgp_1', PASSWORD)
  expect(button().disabled).toBe(true)
  answer()
  await flushPromises()
  expect(form.emitted('done')).toHaveLength(1)
})

it.each([
  ['corta', 'corta', 'hacen falta 12', 'new-password'],
  ['x'.repeat(129), 'x'.repeat(129), 'más de 128', 'new-password'],
  [PASSWORD, 'mezcla lenta', 'no son iguales', 'repeat-password'],
])('does not ask the server about %s and %s', async (password, repeat, text, field) => {
  await submit(password, repeat)
  expect(form.text()).toContain(text)
  expect(focused()).toBe(field)
  expect(setPassword).not.toHaveBeenCalled()
})

it('says beside the field that the password is weak, in the language on screen', async () => {
  setPassword.mockRejectedValueOnce(refusal(422, 'invalid_body', { field: 'newPassword' }))
  await submit()
  expect(form.text()).toContain('no acepta esta contraseña')
  expect(form.text()).not.toContain('no good')
  expect(focused()).toBe('new-password')
  expect(form.find('[role=alert]').exists()).toBe(false)

  setPassword.mockResolvedValueOnce()
  await submit()
  expect(form.emitted('done')).toHaveLength(1)
})

it('tells that the link is spent', async () => {
  setPassword.mockRejectedValueOnce(refusal(410, 'link_expired'))
  await submit()
  expect(form.emitted('spent')).toHaveLength(1)
  expect(form.emitted('done')).toBeUndefined()
})

it.each([
  [refusal(422, 'invalid_body', { field: 'token' }), 'contestó con un error (422)'],
  [refusal(503, 'database_unavailable'), 'no llega a su base de datos'],
  [new ApiError(API_FAILURE.network, 'no answer'), 'El servidor no responde'],
])('says what failed, and keeps what was typed: %s', async (error, text) => {
  setPassword.mockRejectedValueOnce(error)
  await submit()
  expect(form.get('[role=alert]').text()).toContain(text)
  expect(form.get<HTMLInputElement>('input').element.value).toBe(PASSWORD)
  expect(button().disabled).toBe(false)
})

it.each([
  [75, '1 min 15 s'],
  [undefined, '30 s'],
])('waits after too many attempts: %s', async (wait, text) => {
  setPassword.mockRejectedValueOnce(
    refusal(429, 'too_many_attempts', wait === undefined ? {} : { wait }),
  )
  await submit()
  expect(form.get('[role=alert]').text()).toContain(text)
  expect(button().disabled).toBe(true)
  vi.setSystemTime(Date.now() + (wait ?? 30) * 1_000)
  tick.value = Date.now()
  await flushPromises()
  expect(form.get('[role=status]').text()).toContain('Ya puede probar')
  expect(button().disabled).toBe(false)
})
