// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { createMemoryHistory, createRouter, type Router } from 'vue-router'
import { asked, useQueryFilters, type QueryFilters } from '@/modules/admin/use-query-filters'

async function at(
  address: string,
): Promise<{ query: QueryFilters<'search' | 'tenant'>; router: Router }> {
  const component = { template: '' }
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/users', component }],
  })
  await router.push(address)
  let query: QueryFilters<'search' | 'tenant'> | undefined
  mount(
    {
      setup: () => {
        query = useQueryFilters(['search', 'tenant'])
        return () => null
      },
    },
    { global: { plugins: [router] } },
  )
  return { query: query!, router }
}

it('reads the address and nothing that is not one text', async () => {
  const { query } = await at('/users?search=ana&tenant=a&tenant=b&view=plcs')
  expect(query.filters.value).toEqual({ search: 'ana', tenant: '' })
  expect(query.isFiltered.value).toBe(true)
})

it('writes what is asked for, and leaves the rest of the address alone', async () => {
  const { query, router } = await at('/users?view=plcs&search=ana')
  query.change({ tenant: 'granix' })
  await flushPromises()
  expect(router.currentRoute.value.query).toEqual({ view: 'plcs', search: 'ana', tenant: 'granix' })
  query.change({ search: '' })
  await flushPromises()
  expect(router.currentRoute.value.query).toEqual({ view: 'plcs', tenant: 'granix' })
  query.clear()
  await flushPromises()
  expect(router.currentRoute.value.query).toEqual({ view: 'plcs' })
  expect(query.isFiltered.value).toBe(false)
})

it('leaves out of a call what is not asked for: the server refuses it empty', () => {
  expect(asked({ search: '', tenant: 'granix' })).toEqual({ search: undefined, tenant: 'granix' })
})
