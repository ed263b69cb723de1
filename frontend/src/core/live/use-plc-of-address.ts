import { computed, onScopeDispose, watch, type ComputedRef } from 'vue'
import { useRoute } from 'vue-router'
import { useLive, useLiveSubscription } from '@/core/live/live'
import type { PlcIdentity } from '@/core/live/live-store'

/** The PLC that the page's address names, heard live as long as the page is open. */
export function usePlcOfAddress(): ComputedRef<PlcIdentity> {
  const route = useRoute()
  const live = useLive()
  const identity = computed<PlcIdentity>(() => ({
    tenant: String(route.params['tenant']),
    site: String(route.params['site']),
    plcId: String(route.params['plcId']),
  }))
  // One subscription for all of the page, whatever it shows.
  useLiveSubscription(() => ({ ...identity.value }))
  let release = (): unknown => undefined
  watch(
    identity,
    (next) => {
      release()
      release = live.watchPlc(next)
    },
    { immediate: true },
  )
  onScopeDispose(() => release())
  return identity
}
