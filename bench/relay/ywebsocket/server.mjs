/** The default server of y-websocket, as its command starts it: PORT and HOST from the environment. */
import '../../node_modules/@y/websocket-server/src/server.js';

process.on('disconnect', () => process.exit(0));
process.send?.({ port: Number(process.env.PORT) });
