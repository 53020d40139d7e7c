import { serveInPage } from '../serve-page.ts';
import { openInPage } from './page-member.ts';

serveInPage(openInPage);
