import { WebSocket } from 'ws';
import { serveInNode } from '../serve-node.ts';
import { connect } from './connect.mjs';

serveInNode((where) => connect(where, { WebSocketPolyfill: WebSocket, disableBc: true }));
