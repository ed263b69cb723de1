import { beforeEach, expect, it, vi } from 'vitest'
import { takeLinkToken } from '@/core/session/link-token'

const replaceState = vi.fn()

beforeEach(() => {
  replaceState.mockReset()
})

function take(address: string): string | null {
  const location = new URL(address, 'https://vigia.example')
  return takeLinkToken({ location, history: { replaceState } } as unknown as Window)
}

it.each([
  ['/set-password#vgp_a-b_c', '/set-password'],
  ['/set-password/#vgp_a-b_c', '/set-password/'],
  ['/Set-Password#vgp_a-b_c', '/Set-Password'],
  ['/set-password?lang=es#vgp_a-b_c', '/set-password?lang=es'],
])('takes the token out of %s', (address, left) => {
  expect(take(address)).toBe('vgp_a-b_c')
  expect(replaceState).toHaveBeenCalledExactlyOnceWith(null, '', left)
})

it.each(['/set-password', '/set-password#', '/', '/plc/a/b/c#top', '/set-password/x#top'])(
  'leaves %s as it is',
  (address) => {
    expect(take(address)).toBeNull()
    expect(replaceState).not.toHaveBeenCalled()
  },
)
