import './trusted-types.ts';
import './ui/base.css';
import { openApp } from './session/app.ts';
import { AddressBar } from './shell/router.ts';
import './shell/app-shell.ts';
import { useBundledIcons } from './ui/icons.ts';
import { ThemeSetting } from './ui/theme.ts';

useBundledIcons();

const theme = new ThemeSetting();
theme.start();

try {
  const shell = document.createElement('cw-app');
  shell.app = await openApp();
  shell.router = new AddressBar(shell);
  shell.theme = theme;
  document.body.append(shell);
} catch (error) {
  console.error(error);
  const message = document.createElement('main');
  message.className = 'shell-message';
  const heading = document.createElement('h1');
  heading.textContent = 'Cowrite could not start';
  const reason = document.createElement('p');
  reason.textContent = error instanceof Error ? error.message : String(error);
  message.append(heading, reason);
  document.body.append(message);
}
