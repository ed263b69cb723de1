import { plcStateSchema, type PlcState } from '@/contract/rest'
import type { ApiClient } from '@/core/http/api-client'
import type { LiveStore, PlcIdentity } from '@/core/live/live-store'
import { statementsOfState } from '@/core/live/merge'

/** Asks for the state of one PLC and enters it into the live store, where it never goes back in time. */
export async function fetchPlcState(
  api: ApiClient,
  store: LiveStore,
  identity: PlcIdentity,
  signal?: AbortSignal,
): Promise<PlcState> {
  const { tenant, site, plcId } = identity
  const path = `/api/plcs/${encodeURIComponent(site)}/${encodeURIComponent(plcId)}/state`
  const state = await api.get(path, { tenant }, plcStateSchema, signal)
  store.apply(identity, statementsOfState(state))
  return state
}
