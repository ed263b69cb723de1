import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import type { Duplex } from 'node:stream'
import { dashboard, history, METRICS, PLC, site, snapshot, state, USER } from './world.ts'

/**
 * A backend of fixtures with a WebSocket of its own. Playwright's mocked one runs within the page,
 * and its work would be counted as the page's.
 */
export class PerfServer {
  private readonly server: Server
  private readonly sockets = new Set<Duplex>()
  private readonly timers: NodeJS.Timeout[] = []

  constructor() {
    this.server = createServer((request, response) => {
      answer(request, response)
    })
    this.server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
      this.accept(request, socket)
    })
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    const { port } = this.server.address() as AddressInfo
    this.timers.push(setInterval(() => this.say({ type: 'tick' }), 1_000))
    return `http://127.0.0.1:${String(port)}`
  }

  stop(): void {
    this.timers.forEach(clearInterval)
    this.sockets.forEach((socket) => socket.destroy())
    this.server.close()
  }

  /** Sends every metric so many times a second, in so many messages for one round of all. */
  stream(perSecond: number, messages: number): void {
    let turn = 0
    const size = Math.ceil(METRICS.length / messages)
    this.timers.push(
      setInterval(
        () => {
          const from = (turn++ % messages) * size
          this.say(snapshot(METRICS.slice(from, from + size), false))
        },
        1_000 / perSecond / messages,
      ),
    )
  }

  say(message: object): void {
    const frame = textFrame(JSON.stringify(message))
    for (const socket of this.sockets) socket.write(frame)
  }

  private accept(request: IncomingMessage, socket: Duplex): void {
    const key = request.headers['sec-websocket-key'] ?? ''
    const accept = createHash('sha1')
      .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
    this.sockets.add(socket)
    socket.on('close', () => this.sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    // What the page says changes nothing here.
    socket.on('data', () => undefined)
    socket.write(textFrame(JSON.stringify(snapshot(METRICS, true))))
  }
}

function textFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  const head =
    payload.length < 126
      ? Buffer.from([0x81, payload.length])
      : payload.length < 65_536
        ? Buffer.from([0x81, 126, payload.length >> 8, payload.length & 255])
        : Buffer.concat([
            Buffer.from([0x81, 127, 0, 0, 0, 0]),
            Buffer.from(Uint32Array.of(payload.length).buffer).reverse(),
          ])
  return Buffer.concat([head, payload])
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost')
  if (!url.pathname.startsWith('/api/')) {
    sendFile(url.pathname, response)
    return
  }
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(answerOf(url)))
}

function answerOf(url: URL): object {
  const [, , resource, ...rest] = url.pathname.split('/')
  if (resource === 'auth') return USER
  if (resource === 'sites') return { items: [site()], nextCursor: null }
  if (resource === 'dashboards') return dashboard()
  if (resource === 'telemetry') return history(url.searchParams)
  if (resource === 'plcs' && rest.at(-1) === 'state') return state()
  if (resource === 'plcs') return { items: [PLC], nextCursor: null }
  return { items: [], nextCursor: null }
}

function sendFile(path: string, response: ServerResponse): void {
  const file = join('dist', path)
  const isFile = path !== '/' && existsSync(file)
  const name = isFile ? file : 'dist/index.html'
  response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' })
  response.end(readFileSync(name))
}
