import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { fetchPart } from './features/shell/fetchPart.ts'
import { NotFound } from './routes/NotFound.tsx'
import { PageFailed } from './routes/PageFailed.tsx'
import { RootLayout } from './routes/RootLayout.tsx'

const root = createRootRoute({ component: RootLayout, notFoundComponent: NotFound })

/** Most visitors come to earn; whoever has something else in mind sees the other pages in the bar. */
const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/worker', replace: true })
  },
})

// Each page is a chunk of its own: the public Network page must not load the code of wallets.
const worker = createRoute({
  getParentRoute: () => root,
  path: '/worker',
  component: lazyRouteComponent(() => fetchPart(() => import('./routes/WorkerPage.tsx')), 'WorkerPage'),
})
const network = createRoute({
  getParentRoute: () => root,
  path: '/network',
  component: lazyRouteComponent(() => fetchPart(() => import('./routes/NetworkPage.tsx')), 'NetworkPage'),
})
/** The name that a source gives to such a page (SW-20). */
const testWorker = createRoute({
  getParentRoute: () => root,
  path: '/test-worker',
  beforeLoad: () => {
    throw redirect({ to: '/network', replace: true })
  },
})
const jobs = createRoute({
  getParentRoute: () => root,
  path: '/jobs',
  component: lazyRouteComponent(() => fetchPart(() => import('./routes/JobsPage.tsx')), 'JobsPage'),
})
const newTask = createRoute({
  getParentRoute: () => root,
  path: '/jobs/new',
  component: lazyRouteComponent(() => fetchPart(() => import('./routes/NewTaskPage.tsx')), 'NewTaskPage'),
})
const schedules = createRoute({
  getParentRoute: () => root,
  path: '/jobs/schedules',
  component: lazyRouteComponent(() => fetchPart(() => import('./routes/SchedulesPage.tsx')), 'SchedulesPage'),
})
const task = createRoute({
  getParentRoute: () => root,
  path: '/jobs/$taskId',
  component: lazyRouteComponent(() => fetchPart(() => import('./routes/TaskPage.tsx')), 'TaskPage'),
})
const wallet = createRoute({
  getParentRoute: () => root,
  path: '/wallet',
  component: lazyRouteComponent(() => fetchPart(() => import('./routes/WalletPage.tsx')), 'WalletPage'),
})
const transaction = createRoute({
  getParentRoute: () => root,
  path: '/tx/$hash',
  component: lazyRouteComponent(() => fetchPart(() => import('./routes/TransactionPage.tsx')), 'TransactionPage'),
})
const howItWorks = createRoute({
  getParentRoute: () => root,
  path: '/how-it-works',
  component: lazyRouteComponent(() => fetchPart(() => import('./routes/HowItWorksPage.tsx')), 'HowItWorksPage'),
})

const embed = createRoute({
  getParentRoute: () => root,
  path: '/embed',
  component: lazyRouteComponent(() => fetchPart(() => import('./routes/EmbedPage.tsx')), 'EmbedPage'),
})
const claim = createRoute({
  getParentRoute: () => root,
  path: '/claim',
  component: lazyRouteComponent(() => fetchPart(() => import('./routes/ClaimPage.tsx')), 'ClaimPage'),
})

const admin = createRoute({
  getParentRoute: () => root,
  path: '/admin',
  component: lazyRouteComponent(() => fetchPart(() => import('./routes/AdminPage.tsx')), 'AdminPage'),
})

const nodes = createRoute({
  getParentRoute: () => root,
  path: '/admin/nodes/{-$nodeId}',
  component: lazyRouteComponent(() => fetchPart(() => import('./routes/NodesPage.tsx')), 'NodesPage'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    worker,
    network,
    testWorker,
    jobs,
    newTask,
    schedules,
    task,
    wallet,
    transaction,
    howItWorks,
    embed,
    claim,
    admin,
    nodes,
  ]),
  defaultErrorComponent: PageFailed,
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
