import {
  createRouter,
  createWebHistory,
  type Router,
  type RouteComponent,
  type RouteRecordRaw,
} from 'vue-router'
import type { Messages } from '@/core/i18n/i18n'
import type { SectionName } from '@/core/i18n/sections'
import { LOGIN_ROUTE } from '@/core/session/follow-session'
import { SET_PASSWORD_PATH, takeLinkToken } from '@/core/session/link-token'
// The first page comes with the entry, and so does the login: a session may end while the server is
// away. The others are fetched when they are opened.
import FleetPage from '@/pages/FleetPage.vue'
import LoginPage from '@/pages/LoginPage.vue'

/** Who a page is for. The server decides what is answered; this only spares a reader a page of refusals. */
export const AUDIENCE = { admin: 'admin', manager: 'manager' } as const
export type Audience = (typeof AUDIENCE)[keyof typeof AUDIENCE]

declare module 'vue-router' {
  interface RouteMeta {
    /** Shown to strangers as well. */
    isPublic?: boolean
    /** Nobody else is shown it; without it everybody who is logged in is. */
    audience?: Audience
    /** One of the administration's pages, which have a navigation of their own. */
    isAdministration?: boolean
  }
}

type LoadPage = () => Promise<{ default: RouteComponent }>

export function createAppRouter(messages: Messages): Router {
  const token = takeLinkToken(window)

  /** A page that is fetched when it is opened, together with its words. */
  function page(load: LoadPage, ...sections: SectionName[]): () => Promise<RouteComponent> {
    return async () => {
      const [component] = await Promise.all([load(), messages.load(...sections)])
      return component.default
    }
  }

  const administration = (routes: RouteRecordRaw[], audience: Audience): RouteRecordRaw[] =>
    routes.map((route) => ({ ...route, meta: { audience, isAdministration: true } }))

  return createRouter({
    history: createWebHistory(),
    routes: [
      { path: '/', name: 'fleet', component: FleetPage },
      { path: '/login', name: LOGIN_ROUTE, component: LoginPage, meta: { isPublic: true } },
      {
        path: SET_PASSWORD_PATH,
        name: 'setPassword',
        component: page(() => import('@/pages/SetPasswordPage.vue')),
        props: { token },
        meta: { isPublic: true },
      },
      {
        path: '/account',
        name: 'account',
        component: page(() => import('@/pages/AccountPage.vue'), 'sessions'),
      },
      {
        path: '/plant/:tenant/:site',
        name: 'plant',
        component: page(() => import('@/pages/PlantPage.vue'), 'places'),
      },
      {
        path: '/gateway/:tenant/:site/:gatewayId',
        name: 'gateway',
        component: page(() => import('@/pages/GatewayPage.vue'), 'places'),
      },
      {
        path: '/plc/:tenant/:site/:plcId',
        name: 'plc',
        component: page(() => import('@/pages/PlcPage.vue'), 'trend'),
      },
      {
        path: '/plc/:tenant/:site/:plcId/dashboard',
        name: 'dashboard',
        component: page(() => import('@/pages/DashboardPage.vue'), 'alarms', 'dashboards', 'trend'),
      },
      {
        path: '/alarms',
        name: 'alarms',
        component: page(() => import('@/pages/AlarmsPage.vue'), 'alarms'),
      },
      ...administration(
        [
          {
            path: '/rules',
            children: [
              {
                path: '',
                name: 'rules',
                component: page(() => import('@/pages/RulesPage.vue'), 'rules'),
              },
              {
                path: ':ruleId',
                name: 'rule',
                component: page(() => import('@/pages/RulePage.vue'), 'rules'),
                props: ({ params, query, fullPath }) => ({
                  ruleId: params['ruleId'],
                  query,
                  address: fullPath,
                }),
              },
            ],
          },
          {
            path: '/quarantine',
            name: 'quarantine',
            component: page(() => import('@/pages/QuarantinePage.vue'), 'quarantine'),
          },
          {
            path: '/system',
            name: 'system',
            component: page(() => import('@/pages/SystemPage.vue'), 'system'),
          },
          {
            path: '/tenants',
            name: 'tenants',
            component: page(() => import('@/pages/TenantsPage.vue'), 'admin'),
          },
        ],
        AUDIENCE.admin,
      ),
      ...administration(
        [
          {
            path: '/dashboards',
            name: 'dashboards',
            component: page(() => import('@/pages/DashboardsPage.vue'), 'dashboards'),
          },
          {
            path: '/plants',
            name: 'plants',
            component: page(() => import('@/pages/PlantsPage.vue'), 'admin'),
          },
          {
            path: '/users',
            name: 'users',
            component: page(() => import('@/pages/UsersPage.vue'), 'admin'),
          },
          {
            path: '/api-keys',
            name: 'apiKeys',
            component: page(() => import('@/pages/ApiKeysPage.vue'), 'admin', 'sessions'),
          },
          {
            path: '/audit',
            name: 'audit',
            component: page(() => import('@/pages/AuditPage.vue'), 'admin'),
          },
        ],
        AUDIENCE.manager,
      ),
      {
        path: '/:rest(.*)*',
        name: 'notFound',
        component: page(() => import('@/pages/NotFoundPage.vue')),
      },
    ],
    scrollBehavior: (to, from, saved) => {
      if (saved) return saved
      return to.path === from.path ? false : { top: 0 }
    },
  })
}
