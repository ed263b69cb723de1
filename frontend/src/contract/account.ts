import * as v from 'valibot'
import {
  instantSchema,
  optionalInstantSchema,
  optionalTextSchema,
  pageSchema,
} from '@/contract/common'

/** What a user may do in one tenant, from least to most. */
export const ROLE = {
  viewer: 'viewer',
  operator: 'operator',
  tenantAdmin: 'tenant_admin',
} as const
export type Role = (typeof ROLE)[keyof typeof ROLE]

/** Who is logged in. An internal admin reaches all tenants, whether they are listed or not. */
export const userSchema = v.object({
  email: v.string(),
  name: optionalTextSchema,
  admin: v.boolean(),
  tenants: v.array(v.object({ tenant: v.string(), role: v.picklist(Object.values(ROLE)) })),
})
export type User = v.InferOutput<typeof userSchema>

/** The token beside the user is for programs; a browser has the cookie. */
export const loginAnswerSchema = v.object({ user: userSchema })

/** One place where the user is logged in. */
export const accountSessionSchema = v.object({
  id: v.string(),
  current: v.boolean(),
  createdAt: instantSchema,
  lastUsedAt: optionalInstantSchema,
  expiresAt: instantSchema,
  address: optionalTextSchema,
  userAgent: optionalTextSchema,
})
export type AccountSession = v.InferOutput<typeof accountSessionSchema>
export const accountSessionPageSchema = pageSchema(accountSessionSchema)
