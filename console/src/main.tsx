// The console, put together: the styles, the router, the cache, the toasts.
import './styles/console.css';
import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { router } from './app/router.ts';
import { followSystemTheme } from './app/theme.ts';
import { onSignedOut } from './data/api.ts';
import { queryClient } from './data/query-client.ts';
import { Toasts } from './kit/toasts.tsx';

followSystemTheme();

// The session has ended: sign in, then back to where one was. What is still on its way must not lead there twice.
onSignedOut(() => {
  const { pathname, href } = router.state.location;
  if (pathname === '/sign-in' || pathname === '/setup' || router.state.status === 'pending') return;
  queryClient.removeQueries({ queryKey: ['session'] });
  void router.navigate({ to: '/sign-in', search: { returnTo: href, ended: 'true' }, ignoreBlocker: true });
});

const root = document.getElementById('root');
if (!root) throw new Error('The page has no place for the console.');
createRoot(root).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <Tooltip.Provider delay={400}>
          <RouterProvider router={router} />
          <Toasts />
        </Tooltip.Provider>
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);
