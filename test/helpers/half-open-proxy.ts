import { connect, createServer, type Server, type Socket } from 'node:net';

/** A port in front of another one that can leave WebSockets half-open: nobody is told, and nothing gets through. */
export class HalfOpenProxy {
  readonly port: number;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  /** Pairs of connections that carry a WebSocket. */
  private readonly upgraded = new Set<readonly [Socket, Socket]>();

  private constructor(server: Server, port: number) {
    this.server = server;
    this.port = port;
  }

  static async start(target: number): Promise<HalfOpenProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('no port');
    const proxy = new HalfOpenProxy(server, address.port);
    server.on('connection', (near) => proxy.forward(near, connect(target, 'localhost')));
    return proxy;
  }

  /** From now on nothing passes in the WebSockets that are open; new connections work. Returns how many there are. */
  freeze(): number {
    for (const [near, far] of this.upgraded) {
      near.unpipe(far);
      far.unpipe(near);
      // What comes is read, as by a network that swallows it.
      near.resume();
      far.resume();
    }
    return this.upgraded.size;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private forward(near: Socket, far: Socket): void {
    const pair = [near, far] as const;
    for (const socket of pair) {
      this.sockets.add(socket);
      // An end of one is the end of both, whatever the reason.
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        this.upgraded.delete(pair);
        near.destroy();
        far.destroy();
      });
    }
    near.on('data', (chunk: Buffer) => {
      if (/^upgrade: *websocket/im.test(chunk.toString('latin1'))) this.upgraded.add(pair);
    });
    near.pipe(far);
    far.pipe(near);
  }
}
