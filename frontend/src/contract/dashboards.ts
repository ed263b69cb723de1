import * as v from 'valibot'
import {
  countSchema,
  dataTypeSchema,
  instantSchema,
  optionalTextSchema,
  pageSchema,
} from '@/contract/common'

/** What a widget shows, in the server's words. */
export const WIDGET_TYPE = {
  value: 'value',
  bar: 'bar',
  gauge: 'gauge',
  trend: 'trend',
  sparkline: 'sparkline',
  lamp: 'lamp',
  stateText: 'state_text',
  table: 'table',
  alarmList: 'alarm_list',
  gatewayStatus: 'gateway_status',
  cameraSnapshot: 'camera_snapshot',
  text: 'text',
} as const
export type WidgetType = (typeof WIDGET_TYPE)[keyof typeof WIDGET_TYPE]

/** Where a widget stands on a grid of 12 columns, and how large it is. */
export const layoutSchema = v.object({
  x: v.number(),
  y: v.number(),
  w: v.number(),
  h: v.number(),
})
export type Layout = v.InferOutput<typeof layoutSchema>

/** The server keeps options as they were sent; what a type reads of them is the page's business. */
export const optionsSchema = v.record(v.string(), v.unknown())
export type Options = v.InferOutput<typeof optionsSchema>

/**
 * All of a widget but its id. A type that this page does not know is kept and shown as unknown:
 * a newer server may have more of them.
 */
export const widgetContentSchema = v.object({
  widgetKey: v.string(),
  type: v.string(),
  label: v.string(),
  metricId: optionalTextSchema,
  unit: optionalTextSchema,
  dataType: v.optional(v.nullable(dataTypeSchema), null),
  layout: layoutSchema,
  options: optionsSchema,
})
export type WidgetContent = v.InferOutput<typeof widgetContentSchema>

export const widgetSchema = v.object({ ...widgetContentSchema.entries, id: v.string() })
export type Widget = v.InferOutput<typeof widgetSchema>

export const dashboardSchema = v.object({
  id: v.string(),
  version: v.number(),
  name: v.string(),
  iconUrl: optionalTextSchema,
  plcId: v.string(),
  tenant: v.string(),
  site: v.string(),
  plc: v.string(),
  plcName: optionalTextSchema,
  widgets: v.array(widgetSchema),
  updatedAt: instantSchema,
  updatedBy: optionalTextSchema,
})
export type Dashboard = v.InferOutput<typeof dashboardSchema>

export const dashboardSummarySchema = v.object({
  id: v.string(),
  version: v.number(),
  name: v.string(),
  iconUrl: optionalTextSchema,
  plcId: v.string(),
  tenant: v.string(),
  site: v.string(),
  plc: v.string(),
  plcName: optionalTextSchema,
  widgetCount: countSchema,
  updatedAt: instantSchema,
  updatedBy: v.string(),
})
export type DashboardSummary = v.InferOutput<typeof dashboardSummarySchema>
export const dashboardSummaryPageSchema = pageSchema(dashboardSummarySchema)

/** What made a version. */
export const DASHBOARD_CHANGE = [
  'create',
  'update',
  'add_widget',
  'update_widget',
  'remove_widget',
  'reorder',
  'restore',
  'import',
  'duplicate',
] as const
export type DashboardChange = (typeof DASHBOARD_CHANGE)[number]

export const dashboardVersionSchema = v.object({
  version: v.number(),
  at: instantSchema,
  by: v.string(),
  change: v.picklist(DASHBOARD_CHANGE),
  subject: optionalTextSchema,
  name: v.string(),
  widgetCount: countSchema,
})
export type DashboardVersion = v.InferOutput<typeof dashboardVersionSchema>
export const dashboardVersionPageSchema = pageSchema(dashboardVersionSchema)

/** A dashboard that came from elsewhere, with the widgets whose metric this PLC has never sent. */
export const transferredDashboardSchema = v.object({
  ...dashboardSchema.entries,
  unknownMetrics: v.array(v.object({ widgetKey: v.string(), metricId: v.string() })),
})
export type TransferredDashboard = v.InferOutput<typeof transferredDashboardSchema>
