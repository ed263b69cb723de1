import { describe, expect, it } from 'vitest'
import type { Gateway, Plc, Site } from '@/contract/rest'
import { filterFleet, groupFleet, type FleetFilter, type Plant } from '@/modules/plants/fleet'

function site(tenant: string, code: string, name: string | null = null): Site {
  return {
    id: `${tenant}-${code}`,
    tenant,
    site: code,
    name,
    province: 'ba',
    timeZone: 'America/Argentina/Buenos_Aires',
    plcs: 0,
    gateways: 0,
  }
}

function plc(tenant: string, code: string, plcId: string, name: string | null = null): Plc {
  return { id: `${tenant}-${code}-${plcId}`, tenant, site: code, plcId, name, lastTs: null }
}

function outline(plants: readonly Plant[]): Record<string, string[]> {
  return Object.fromEntries(plants.map((each) => [each.key, each.plcs.map((one) => one.plcId)]))
}

const SITES = [site('granix', 'planta-2', 'Córdoba'), site('granix', 'planta-1'), site('acme', 'x')]
const PLCS = [
  plc('granix', 'planta-1', 'plc-10'),
  plc('granix', 'planta-1', 'plc-2', 'Horno'),
  plc('granix', 'planta-2', 'plc-1'),
]

describe('groupFleet', () => {
  it('sorts plants by name and PLCs as people count', () => {
    const outlined = outline(groupFleet(SITES, PLCS, []))
    expect(outlined).toEqual({
      'acme/x': [],
      'granix/planta-1': ['plc-2', 'plc-10'],
      'granix/planta-2': ['plc-1'],
    })
    expect(Object.keys(outlined)).toEqual(['acme/x', 'granix/planta-1', 'granix/planta-2'])
  })

  it('adds what only live data knows, once', () => {
    const roster = [
      { tenant: 'granix', site: 'planta-2', plcId: 'plc-1' },
      { tenant: 'granix', site: 'planta-3', plcId: 'plc-7' },
    ]
    const outlined = outline(groupFleet(SITES, PLCS, roster))
    expect(outlined['granix/planta-2']).toEqual(['plc-1'])
    expect(outlined['granix/planta-3']).toEqual(['plc-7'])
  })
})

describe('filterFleet', () => {
  const none: FleetFilter = { tenant: '', plant: '', text: '', status: '' }
  const all = groupFleet(SITES, PLCS, [])
  it.each<[string, Partial<FleetFilter>, Record<string, string[]>]>([
    ['a tenant', { tenant: 'acme' }, { 'acme/x': [] }],
    ['a plant', { plant: 'planta-2' }, { 'granix/planta-2': ['plc-1'] }],
    ['the name of a PLC', { text: 'HORNO' }, { 'granix/planta-1': ['plc-2'] }],
    ['the name of a plant, without accent', { text: 'cordoba' }, { 'granix/planta-2': ['plc-1'] }],
    ['nothing', { text: 'zzz' }, {}],
  ])('by %s', (_name, filter, expected) => {
    expect(outline(filterFleet(all, { ...none, ...filter }))).toEqual(expected)
  })

  it('by how its gateways are', () => {
    const gateway = (status: string): Gateway => ({ status }) as Gateway
    const gateways = new Map([
      ['granix/planta-1', [gateway('online'), gateway('offline')]],
      ['granix/planta-2', [gateway('online')]],
    ])
    const keys = (status: FleetFilter['status']): string[] =>
      filterFleet(all, { ...none, status }, gateways).map(({ key }) => key)
    expect(keys('offline')).toEqual(['granix/planta-1'])
    expect(keys('online')).toEqual(['granix/planta-1', 'granix/planta-2'])
    expect(keys('never_seen')).toEqual([])
  })
})
