import { openInPage, type PageMember } from '../../sync/cowrite/page-member.ts';
import { serveInPage } from '../serve-page.ts';
import { growing } from './connection.ts';

serveInPage(async (member: PageMember) => growing(await openInPage(member)));
