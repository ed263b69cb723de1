// @vitest-environment jsdom
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { shallowRef } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { API_FAILURE, ApiError } from '@/core/http/api-error'
import { createMessages } from '@/core/i18n/i18n'
import { SESSION, type Session } from '@/core/session/session'
import { CLOCK, type Clock } from '@/core/time/clock'
import LoginForm from '@/modules/account/LoginForm.vue'

const NOW = 1_736_359_200_000
const signIn = vi.fn<Session['signIn']>()
const tick = shallowRef(NOW)
let form: VueWrapper

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
  signIn.mockReset()
  form = mount(LoginForm, {
    attachTo: document.body,
    global: {
      plugins: [createPinia(), createMessages('es').plugin],
      provide: {
        [SESSION as symbol]: { signIn } as Partial<Session>,
        [CLOCK as symbol]: { tick, now: () => tick.value } as Partial<Clock>,
      },
    },
  })
})
afterEach(() => {
  form.unmount()
  vi.useRealTimers()
})

function refusal(status: number, code: string, retryAfterSeconds: number | null = null): ApiError {
  const problem = { title: null, detail: null, code, errors: [] }
  return new ApiError(API_FAILURE.status, 'refused', { status, problem, retryAfterSeconds })
}

async function submit(email: string, password: string): Promise<void> {
  await form.get('input[name=email]').setValue(email)
  await form.get('input[name=password]').setValue(password)
  await form.get('form').trigger('submit')
  await flushPromises()
}

async function waitSeconds(seconds: number): Promise<void> {
  vi.setSystemTime(Date.now() + seconds * 1_000)
  tick.value = Date.now()
  await flushPromises()
}

const button = (): HTMLButtonElement => form.get<HTMLButtonElement>('[type=submit]').element
const focused = (): string | null | undefined => document.activeElement?.getAttribute('name')

it('begins at the e-mail and hands both on', async () => {
  expect(focused()).toBe('email')
  signIn.mockReturnValueOnce(new Promise(() => undefined))
  await submit('  ana@granix.example ', ' secret ')
  expect(signIn).toHaveBeenCalledWith('ana@granix.example', ' secret ')
  expect(button().disabled).toBe(true)
})

it('asks for what is missing before it asks the server', async () => {
  await submit(' ', 'secret')
  expect(form.text()).toContain('Escriba su correo')
  expect(focused()).toBe('email')
  await submit('ana@granix.example', '')
  expect(form.text()).toContain('Escriba su contraseña')
  expect(focused()).toBe('password')
  expect(signIn).not.toHaveBeenCalled()
})

it.each([
  [refusal(401, 'invalid_credentials'), 'no son correctos'],
  [refusal(422, 'invalid_body'), 'Revise el correo'],
  [refusal(503, 'database_unavailable'), 'no llega a su base de datos'],
  [refusal(502, ''), 'contestó con un error (502)'],
  [new ApiError(API_FAILURE.network, 'no answer'), 'El servidor no responde'],
])('says what failed: %s', async (error, text) => {
  signIn.mockRejectedValueOnce(error)
  await submit('ana@granix.example', 'secret')
  expect(form.get('[role=alert]').text()).toContain(text)
  expect(button().disabled).toBe(false)
})

it('leads back to the password when it was wrong', async () => {
  signIn.mockRejectedValueOnce(refusal(401, 'invalid_credentials'))
  await submit('ana@granix.example', 'secret')
  expect(focused()).toBe('password')
})

it('counts down after too many attempts, for that address alone', async () => {
  signIn.mockRejectedValue(refusal(429, 'too_many_attempts', 75))
  await submit('ana@granix.example', 'secret')
  expect(form.get('[role=alert]').text()).toContain('1 min 15 s')
  expect(button().disabled).toBe(true)
  await waitSeconds(16)
  expect(form.get('[role=alert]').text()).toContain('59 s')

  await form.get('input[name=email]').setValue('luis@granix.example')
  expect(button().disabled).toBe(false)
  await form.get('input[name=email]').setValue('Ana@granix.example')
  expect(button().disabled).toBe(true)

  await waitSeconds(59)
  expect(button().disabled).toBe(false)
  expect(form.get('[role=status]').text()).toContain('Ya puede probar')
})

it('shows the password on demand', async () => {
  const field = form.get<HTMLInputElement>('input[name=password]')
  await field.setValue('secret')
  await form.get('[aria-label="Mostrar la contraseña"]').trigger('click')
  expect(field.element.type).toBe('text')
  expect(field.element.value).toBe('secret')
  await form.get('[aria-label="Ocultar la contraseña"]').trigger('click')
  expect(field.element.type).toBe('password')
})
