import './styles.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { live } from './data/live.ts';
import { queries } from './data/view.ts';
import { App } from './shell/app.tsx';
import { applyTheme, themeKept } from './shell/theme.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root');
applyTheme(themeKept());
live.start();
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
