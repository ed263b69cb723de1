import * as v from 'valibot'
import { ROLE } from '@/contract/account'
import {
  countSchema,
  instantSchema,
  optionalInstantSchema,
  optionalTextSchema,
  pageSchema,
} from '@/contract/common'
import { gatewaySchema, plcSchema, siteSchema } from '@/contract/rest'

const roleSchema = v.picklist(Object.values(ROLE))
/** To be named in the next edit; a write that names an older one is refused. */
const version = { version: v.number() }

export const tenantSchema = v.object({
  ...version,
  id: v.string(),
  tenant: v.string(),
  name: optionalTextSchema,
  createdAt: instantSchema,
  plants: countSchema,
  gateways: countSchema,
  series: countSchema,
})
export type Tenant = v.InferOutput<typeof tenantSchema>
export const tenantPageSchema = pageSchema(tenantSchema)

export const tenantRoleSchema = v.object({ tenant: v.string(), role: roleSchema })
export type TenantRole = v.InferOutput<typeof tenantRoleSchema>

/** Somebody with an account, as those see him who manage him: his roles in their tenants alone. */
export const managedUserSchema = v.object({
  ...version,
  id: v.string(),
  email: v.string(),
  name: optionalTextSchema,
  disabled: v.boolean(),
  admin: v.boolean(),
  createdAt: instantSchema,
  lastLoginAt: optionalInstantSchema,
  tenants: v.array(tenantRoleSchema),
})
export type ManagedUser = v.InferOutput<typeof managedUserSchema>
export const managedUserPageSchema = pageSchema(managedUserSchema)

/** By it a person chooses a password. The server tells it once. */
export const passwordLinkSchema = v.object({ url: v.string(), expiresAt: instantSchema })
export type PasswordLink = v.InferOutput<typeof passwordLinkSchema>
export const createdUserSchema = v.object({
  ...managedUserSchema.entries,
  passwordLink: passwordLinkSchema,
})

export const managedPlantSchema = v.object({
  ...siteSchema.entries,
  ...version,
  province: v.string(),
  timeZone: v.string(),
  plcs: countSchema,
  gateways: countSchema,
})
export type ManagedPlant = v.InferOutput<typeof managedPlantSchema>
export const managedPlantPageSchema = pageSchema(managedPlantSchema)

export const managedGatewaySchema = v.object({
  ...gatewaySchema.entries,
  ...version,
  province: v.string(),
})
export type ManagedGateway = v.InferOutput<typeof managedGatewaySchema>
export const managedGatewayPageSchema = pageSchema(managedGatewaySchema)

export const managedPlcSchema = v.object({ ...plcSchema.entries, ...version })
export type ManagedPlc = v.InferOutput<typeof managedPlcSchema>
export const managedPlcPageSchema = pageSchema(managedPlcSchema)

/** A key for a machine; `hint` is how its secret begins. */
export const apiKeySchema = v.object({
  id: v.string(),
  hint: v.string(),
  name: v.string(),
  tenant: v.string(),
  role: roleSchema,
  createdBy: v.string(),
  createdAt: instantSchema,
  expiresAt: optionalInstantSchema,
  lastUsedAt: optionalInstantSchema,
  lastAddress: optionalTextSchema,
})
export type ApiKey = v.InferOutput<typeof apiKeySchema>
export const apiKeyPageSchema = pageSchema(apiKeySchema)
/** The secret is told this once. */
export const createdApiKeySchema = v.object({ ...apiKeySchema.entries, token: v.string() })

export const ACTOR_KIND = {
  user: 'user',
  apiKey: 'api_key',
  commandLine: 'command_line',
  nobody: 'nobody',
} as const
export type ActorKind = (typeof ACTOR_KIND)[keyof typeof ACTOR_KIND]

/** One deed. `before` and `after` are whatever the server wrote down of it. */
export const auditEntrySchema = v.object({
  id: v.string(),
  at: instantSchema,
  actor: v.string(),
  actorKind: v.picklist(Object.values(ACTOR_KIND)),
  address: optionalTextSchema,
  action: v.string(),
  subjectKind: v.string(),
  subject: v.string(),
  /** What people called it then. */
  subjectName: optionalTextSchema,
  tenant: optionalTextSchema,
  before: v.optional(v.unknown(), null),
  after: v.optional(v.unknown(), null),
})
export type AuditEntry = v.InferOutput<typeof auditEntrySchema>
export const auditPageSchema = pageSchema(auditEntrySchema)
