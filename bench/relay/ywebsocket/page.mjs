import { serveInPage } from '../serve-page.ts';
import { connect } from './connect.mjs';

serveInPage((where) => connect(where));
