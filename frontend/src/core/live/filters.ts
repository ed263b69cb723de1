import type { LiveFilter } from '@/contract/websocket'

/** Matches no PLC: with it gateways alone are heard, for which a PLC narrows nothing. */
export const GATEWAYS_ALONE: LiveFilter = { plcId: 'vigia:no-plc' }
