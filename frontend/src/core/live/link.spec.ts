import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { reconnectDelay } from '@/core/live/backoff'
import { createLink, type Link, type LinkSocket, type LinkStatus } from '@/core/live/link'

class FakeSocket implements LinkSocket {
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  sent: string[] = []
  closed = false
  send(text: string): void {
    this.sent.push(text)
  }
  close(): void {
    this.closed = true
  }
}

let sockets: FakeSocket[]
let statuses: LinkStatus[]
let link: Link
const received: string[] = []
const opened = vi.fn()
const lost = vi.fn()

const newest = (): FakeSocket => sockets.at(-1)!
const phase = (): string => statuses.at(-1)?.phase ?? 'connecting'
function goLive(): void {
  newest().onopen?.()
  newest().onmessage?.({ data: '{"type":"tick"}' })
}

beforeEach(() => {
  vi.useFakeTimers()
  sockets = []
  statuses = []
  received.length = 0
  opened.mockClear()
  lost.mockClear()
  link = createLink({
    openSocket: () => {
      sockets.push(new FakeSocket())
      return newest()
    },
    onOpen: opened,
    onMessage: (text) => received.push(text),
    onStatus: (status) => statuses.push(status),
    onLost: lost,
    random: () => 1,
  })
  link.start()
})
afterEach(() => {
  link.stop()
  vi.useRealTimers()
})

describe('link', () => {
  it('is live with the first message, not with the open socket', () => {
    newest().onopen?.()
    expect(opened).toHaveBeenCalledOnce()
    expect(phase()).toBe('connecting')
    newest().onmessage?.({ data: 'a' })
    expect(phase()).toBe('live')
    expect(received).toEqual(['a'])
  })

  it('is silent after 3 s without a message and live again with the next', () => {
    goLive()
    vi.advanceTimersByTime(2_900)
    expect(phase()).toBe('live')
    vi.advanceTimersByTime(300)
    expect(phase()).toBe('silent')
    newest().onmessage?.({ data: 'a' })
    expect(phase()).toBe('live')
    expect(sockets).toHaveLength(1)
  })

  it('gives a silent connection up and reconnects', () => {
    goLive()
    vi.advanceTimersByTime(10_000)
    expect(newest().closed).toBe(true)
    expect(phase()).toBe('polling')
    vi.advanceTimersByTime(600)
    expect(sockets).toHaveLength(2)
  })

  it('is closed at once and backs off while it fails', () => {
    goLive()
    newest().onclose?.({ code: 1006 })
    expect(phase()).toBe('closed')
    const waits = [500, 1_000, 2_000]
    for (const [index, wait] of waits.entries()) {
      vi.advanceTimersByTime(wait - 1)
      expect(sockets).toHaveLength(index + 1)
      vi.advanceTimersByTime(1)
      expect(sockets).toHaveLength(index + 2)
      newest().onclose?.({ code: 1006 })
    }
    expect(phase()).toBe('closed')
    vi.advanceTimersByTime(1_500)
    expect(phase()).toBe('polling')
  })

  it('gives up on a socket that never opens', () => {
    vi.advanceTimersByTime(8_000)
    expect(newest().closed).toBe(true)
    expect(phase()).toBe('polling')
  })

  it('starts the back-off anew after it was live', () => {
    for (let failures = 0; failures < 4; failures++) {
      newest().onclose?.({ code: 1006 })
      vi.advanceTimersByTime(4_000)
    }
    expect(phase()).toBe('polling')
    goLive()
    expect(phase()).toBe('live')
    newest().onclose?.({ code: 1006 })
    expect(phase()).toBe('closed')
    expect(statuses.at(-1)!.retryAt).toBe(Date.now() + 500)
  })

  it('polls when nothing was heard for 5 s, while a socket that passes nothing is tried on', () => {
    newest().onopen?.()
    vi.advanceTimersByTime(4_900)
    expect(phase()).toBe('connecting')
    vi.advanceTimersByTime(100)
    expect(phase()).toBe('polling')
    expect(newest().closed).toBe(false)
    vi.advanceTimersByTime(60_000)
    expect(phase()).toBe('polling')
    expect(sockets.length).toBeGreaterThan(2)
    goLive()
    vi.advanceTimersByTime(2_000)
    expect(phase()).toBe('live')
  })

  it('polls 5 s after the last word of a link that fell silent', () => {
    goLive()
    vi.advanceTimersByTime(4_900)
    expect(phase()).toBe('silent')
    vi.advanceTimersByTime(400)
    expect(phase()).toBe('polling')
    newest().onmessage?.({ data: 'a' })
    expect(phase()).toBe('live')
  })

  it('polls at once after a hidden while where it polled before it', () => {
    vi.advanceTimersByTime(5_000)
    link.setVisible(false)
    vi.advanceTimersByTime(60_000)
    expect(phase()).toBe('paused')
    link.setVisible(true)
    expect(phase()).toBe('polling')
    expect(newest().closed).toBe(false)
    goLive()
    expect(phase()).toBe('live')
  })

  it('sees the silence whatever becomes of the clock', () => {
    goLive()
    vi.setSystemTime(Date.now() - 3_600_000)
    vi.advanceTimersByTime(3_300)
    expect(phase()).toBe('silent')
  })

  it('pauses after a grace when hidden and reconnects when visible', () => {
    goLive()
    link.setVisible(false)
    vi.advanceTimersByTime(2_000)
    link.setVisible(true)
    expect(sockets).toHaveLength(1)
    link.setVisible(false)
    vi.advanceTimersByTime(2_000)
    newest().onmessage?.({ data: 'still here' })
    vi.advanceTimersByTime(3_000)
    expect(phase()).toBe('paused')
    expect(newest().closed).toBe(true)
    vi.advanceTimersByTime(600_000)
    expect(sockets).toHaveLength(1)
    link.setVisible(true)
    expect(sockets).toHaveLength(2)
    expect(phase()).toBe('connecting')
  })

  it('retries at once when asked to, and only when it waits', () => {
    goLive()
    link.retryNow()
    expect(sockets).toHaveLength(1)
    newest().onclose?.({ code: 1006 })
    link.retryNow()
    expect(sockets).toHaveLength(2)
  })

  it('says how a connection was lost', () => {
    newest().onclose?.({ code: 1006 })
    expect(lost).toHaveBeenLastCalledWith({ code: 1006, wasOpen: false })
    link.retryNow()
    goLive()
    newest().onclose?.({ code: 4401 })
    expect(lost).toHaveBeenLastCalledWith({ code: 4401, wasOpen: true })
  })

  it('stays stopped until it is started, and starts once', () => {
    goLive()
    link.start()
    expect(sockets).toHaveLength(1)
    newest().onclose?.({ code: 4401 })
    link.stop()
    link.setVisible(false)
    link.setVisible(true)
    link.retryNow()
    vi.advanceTimersByTime(600_000)
    expect(sockets).toHaveLength(1)
    link.start()
    expect(sockets).toHaveLength(2)
    expect(phase()).toBe('connecting')
  })

  it('sends only over an open socket', () => {
    expect(link.send('x')).toBe(false)
    newest().onopen?.()
    expect(link.send('x')).toBe(true)
    expect(newest().sent).toEqual(['x'])
  })
})

describe('reconnectDelay', () => {
  it.each([
    [1, 0, 250],
    [1, 1, 500],
    [3, 1, 2_000],
    [20, 0, 7_500],
    [20, 1, 15_000],
  ])('failure %i, random %f: %i ms', (failures, random, expected) => {
    expect(reconnectDelay(failures, () => random)).toBe(expected)
  })
})
