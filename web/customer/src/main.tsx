import '@courtside/ui/styles.css';
import { reloadOnStaleFiles, startI18n } from '@courtside/ui';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { appUpdates } from './app/offline/registration';
import { session } from './app/services';
import el from './texts/el.json';
import en from './texts/en.json';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');

reloadOnStaleFiles();
appUpdates.register();
void startI18n({ el, en }).then(() => {
  void session.resume();
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
});
