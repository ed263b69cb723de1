import { readFileSync } from 'node:fs'
import { connect, type TLSSocket } from 'node:tls'
import * as v from 'valibot'

/** What a running stack says of itself (`demo.json`). */
const noteSchema = v.object({
  mqtt: v.object({
    host: v.string(),
    port: v.number(),
    ca: v.string(),
    cert: v.string(),
    key: v.string(),
  }),
})
const text = process.env['STACK_NOTE']
const broker = text === undefined ? undefined : v.parse(noteSchema, JSON.parse(text)).mqtt

/** Whether messages can be sent to the stack's broker. */
export const canPublish = broker !== undefined

const PATIENCE_MS = 10_000
const CONNECT = 0x10
const CONNACK = 2
const PUBLISH_ONCE_AT_LEAST = 0x32
const PUBACK = 4
const DISCONNECT = Buffer.from([0xe0, 0])

/** Sends one message as a gateway would, and comes back once the broker has it. */
export async function publish(topic: string, message: string | Buffer): Promise<void> {
  if (!broker) throw new Error('STACK_NOTE must hold what demo.json says of the stack')
  const { host, port, ca, cert, key } = broker
  const socket = connect({
    host,
    port,
    ca: readFileSync(ca),
    cert: readFileSync(cert),
    key: readFileSync(key),
  })
  socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('the broker says nothing')))
  try {
    const client = `e2e-${String(process.pid)}-${String(Date.now())}`
    // MQTT 3.1.1, a clean session, kept alive for a minute.
    const connecting = [word('MQTT'), Buffer.from([4, 2, 0, 60]), word(client)]
    socket.write(packet(CONNECT, connecting))
    await answered(socket, CONNACK)
    const publishing = [word(topic), Buffer.from([0, 1]), Buffer.from(message)]
    socket.write(packet(PUBLISH_ONCE_AT_LEAST, publishing))
    await answered(socket, PUBACK)
    socket.write(DISCONNECT)
  } finally {
    socket.end()
  }
}

function answered(socket: TLSSocket, kind: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('the broker closed the connection')))
    socket.once('data', (data: Buffer) => {
      socket.removeAllListeners('close')
      if (data[0]! >> 4 === kind) resolve()
      else reject(new Error(`the broker answered ${data.toString('hex')}`))
    })
  })
}

/** A text with its length before it. */
function word(content: string): Buffer {
  const bytes = Buffer.from(content)
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes])
}

function packet(head: number, parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const length: number[] = []
  for (let rest = body.length; length.length === 0 || rest > 0; rest >>= 7) {
    length.push((rest & 0x7f) | (rest >> 7 > 0 ? 0x80 : 0))
  }
  return Buffer.concat([Buffer.from([head, ...length]), body])
}
