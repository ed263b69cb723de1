/**
 * What this page reads and what the API says it writes, held together by the compiler: a schema that does not take what
 * its type on the wire may be is an error here.
 */
import type * as v from 'valibot'
import type * as account from '@/contract/account'
import type * as alarms from '@/contract/alarms'
import type * as admin from '@/contract/admin'
import type * as history from '@/contract/history'
import type * as rest from '@/contract/rest'
import type * as system from '@/contract/system'
import type * as quarantine from '@/contract/quarantine'
import type * as rules from '@/contract/rules'
import type * as dashboards from '@/contract/dashboards'
import type * as websocket from '@/contract/websocket'
import type * as wire from '@/contract/openapi'

type Reads<Schema extends v.GenericSchema, Wire extends v.InferInput<Schema>> = [Schema, Wire]

/** Who uses a page is a person; only a machine's key has no address. */
type Person = wire.Me & { email: string }

export type Agreement = [
  Reads<typeof account.userSchema, Person>,
  Reads<typeof account.loginAnswerSchema, wire.Login & { user: Person }>,
  Reads<typeof account.accountSessionPageSchema, wire.SessionPage>,
  Reads<typeof admin.tenantPageSchema, wire.TenantPage>,
  Reads<typeof admin.managedUserPageSchema, wire.UserPage>,
  Reads<typeof admin.createdUserSchema, wire.CreatedUser>,
  Reads<typeof admin.passwordLinkSchema, wire.PasswordLink>,
  Reads<typeof admin.managedPlantPageSchema, wire.SitePage>,
  Reads<typeof admin.managedGatewayPageSchema, wire.GatewayPage>,
  Reads<typeof admin.managedPlcPageSchema, wire.PlcPage>,
  Reads<typeof admin.apiKeyPageSchema, wire.ApiKeyPage>,
  Reads<typeof admin.createdApiKeySchema, wire.CreatedApiKey>,
  Reads<typeof admin.auditPageSchema, wire.AuditEntryPage>,
  Reads<typeof system.systemSchema, wire.SystemStatus>,
  Reads<typeof system.healthSchema, wire.Health>,
  Reads<typeof rest.sitePageSchema, wire.SitePage>,
  Reads<typeof rest.plcPageSchema, wire.PlcPage>,
  Reads<typeof rest.plcStateSchema, wire.PlcState>,
  Reads<typeof rest.gatewayPageSchema, wire.GatewayPage>,
  Reads<typeof rest.gatewaySchema, wire.Gateway>,
  Reads<typeof rest.telemetryPageSchema, wire.TelemetryPage>,
  Reads<typeof alarms.alarmSchema, wire.Alarm>,
  Reads<typeof alarms.alarmPageSchema, wire.AlarmPage>,
  Reads<typeof alarms.alarmSummarySchema, wire.AlarmSummary>,
  Reads<typeof alarms.acknowledgedManySchema, wire.AcknowledgedMany>,
  Reads<typeof dashboards.dashboardSchema, wire.Dashboard>,
  Reads<typeof dashboards.dashboardSummaryPageSchema, wire.DashboardSummaryPage>,
  Reads<typeof dashboards.dashboardVersionPageSchema, wire.DashboardVersionPage>,
  Reads<typeof dashboards.transferredDashboardSchema, wire.TransferredDashboard>,
  Reads<typeof history.telemetryColumnsSchema, wire.TelemetryColumns>,
  Reads<typeof rest.problemSchema, wire.Problem>,
  Reads<typeof rules.rulePageSchema, wire.RulePage>,
  Reads<typeof rules.dryRunSchema, wire.DryRun>,
  Reads<typeof rules.explanationSchema, wire.Explanation>,
  Reads<typeof quarantine.rejectionPageSchema, wire.RejectionPage>,
  Reads<typeof quarantine.rejectionDetailSchema, wire.RejectionDetail>,
  Reads<typeof quarantine.rejectionCountsSchema, wire.RejectionCounts>,
  Reads<typeof quarantine.requestedReplaysSchema, wire.RequestedReplays>,
  Reads<typeof quarantine.removedRejectionsSchema, wire.RemovedRejections>,
  Reads<typeof websocket.liveMessageSchema, wire.ServerMessage>,
]
