/**
 * What this page reads and what the API says it writes, held together by the compiler: a schema that does not take what
 * its type on the wire may be is an error here.
 */
import type * as v from 'valibot'
import type * as account from '@/contract/account'
import type * as history from '@/contract/history'
import type * as rest from '@/contract/rest'
import type * as websocket from '@/contract/websocket'
import type * as wire from '@/contract/openapi'

type Reads<Schema extends v.GenericSchema, Wire extends v.InferInput<Schema>> = [Schema, Wire]

/** Who uses a page is a person; only a machine's key has no address. */
type Person = wire.Me & { email: string }

export type Agreement = [
  Reads<typeof account.userSchema, Person>,
  Reads<typeof account.loginAnswerSchema, wire.Login & { user: Person }>,
  Reads<typeof account.accountSessionPageSchema, wire.SessionPage>,
  Reads<typeof rest.sitePageSchema, wire.SitePage>,
  Reads<typeof rest.plcPageSchema, wire.PlcPage>,
  Reads<typeof rest.plcStateSchema, wire.PlcState>,
  Reads<typeof rest.gatewayPageSchema, wire.GatewayPage>,
  Reads<typeof rest.gatewaySchema, wire.Gateway>,
  Reads<typeof rest.telemetryPageSchema, wire.TelemetryPage>,
  Reads<typeof history.telemetryColumnsSchema, wire.TelemetryColumns>,
  Reads<typeof rest.problemSchema, wire.Problem>,
  Reads<typeof websocket.liveMessageSchema, wire.ServerMessage>,
]
