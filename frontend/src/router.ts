import { createRouter, createWebHistory, type Router } from 'vue-router'
// The first page comes with the entry; the others are fetched when they are opened.
import FleetPage from '@/pages/FleetPage.vue'

export function createAppRouter(): Router {
  return createRouter({
    history: createWebHistory(),
    routes: [
      { path: '/', name: 'fleet', component: FleetPage },
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
