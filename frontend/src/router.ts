import { createRouter, createWebHistory, type Router } from 'vue-router'
import { LOGIN_ROUTE } from '@/core/session/follow-session'
import { SET_PASSWORD_PATH, takeLinkToken } from '@/core/session/link-token'
// The first page comes with the entry, and so does the login: a session may end while the server is
// away. A password link's page does as well, for its token would not survive a reload. The others are
// fetched when they are opened.
import FleetPage from '@/pages/FleetPage.vue'
import LoginPage from '@/pages/LoginPage.vue'
import SetPasswordPage from '@/pages/SetPasswordPage.vue'

export function createAppRouter(): Router {
  const token = takeLinkToken(window)
  return createRouter({
    history: createWebHistory(),
    routes: [
      { path: '/', name: 'fleet', component: FleetPage },
      { path: '/login', name: LOGIN_ROUTE, component: LoginPage, meta: { isPublic: true } },
      {
        path: SET_PASSWORD_PATH,
        name: 'setPassword',
        component: SetPasswordPage,
        props: { token },
        meta: { isPublic: true },
      },
      {
        path: '/account',
        name: 'account',
        component: () => import('@/pages/AccountPage.vue'),
      },
      {
        path: '/plc/:tenant/:site/:plcId',
        name: 'plc',
        component: () => import('@/pages/PlcPage.vue'),
      },
      {
        path: '/:rest(.*)*',
        name: 'notFound',
        component: () => import('@/pages/NotFoundPage.vue'),
      },
    ],
    scrollBehavior: (to, from, saved) => {
      if (saved) return saved
      return to.path === from.path ? false : { top: 0 }
    },
  })
}
