// A CONNECT proxy on the loopback interface that leads Microsoft's hosts to the simulator and refuses all others,
// so that a tool with built-in host names needs only HTTPS_PROXY and the authority's certificate.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { isNamed } from './hosts.ts';
import { unusablePort } from './unusable-input.ts';

export interface ConnectProxy {
  /** What goes into HTTPS_PROXY. */
  readonly url: string;
  readonly port: number;
  /** Cuts every tunnel and frees the port. */
  close(): Promise<void>;
}

export interface ConnectProxyOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Where the simulator listens with TLS. */
  readonly target: { readonly host: string; readonly port: number };
  /** Hosts that lead to the target, on port 443; a leading `*.` stands for one label. */
  readonly allowedHosts: readonly string[];
}

/** Starts the proxy on 127.0.0.1. Throws an `UnusableInput` when the port cannot be had. */
export async function startConnectProxy(options: ConnectProxyOptions): Promise<ConnectProxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };

  const server = createServer(refusePlainRequest);
  server.on('connection', keep);
  server.on('connect', (request, client, head) => {
    // Node gives a Duplex; on a server without TLS it is the TCP socket itself.
    const socket = client as Socket;
    socket.on('error', () => socket.destroy());
    if (!isAllowed(request.url ?? '', options.allowedHosts)) {
      answer(
        socket,
        '403 Forbidden',
        `This proxy leads to Microsoft hosts on port 443 only, not to ${request.url}.`,
      );
      return;
    }
    openTunnel(socket, head, options.target, keep);
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(unusablePort('--proxy', options.port, cause)),
    );
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function openTunnel(
  client: Socket,
  head: Buffer,
  target: ConnectProxyOptions['target'],
  keep: (socket: Socket) => void,
): void {
  const upstream = connect({ ...target, allowHalfOpen: true });
  keep(upstream);
  // Until the tunnel stands, either side may give up; afterwards `follow` sees to it.
  const giveUp = (): void => {
    upstream.destroy();
  };
  const refuse = (): void =>
    answer(client, '502 Bad Gateway', 'The simulator behind this proxy does not answer.');
  client.once('close', giveUp);
  upstream.once('error', refuse);

  upstream.once('connect', () => {
    client.off('close', giveUp);
    upstream.off('error', refuse);
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    upstream.write(head);
    // An end of one direction travels with the pipe and leaves the other direction open.
    client.pipe(upstream).pipe(client);
    follow(client, upstream);
    follow(upstream, client);
  });
}

/** Lets `other` end as `socket` does: a reset is passed on as a reset, a close once all data has been written. */
function follow(socket: Socket, other: Socket): void {
  let wasReset = false;
  socket.on('error', () => {
    wasReset = true;
  });
  socket.once('close', () => {
    if (wasReset) other.resetAndDestroy();
    else other.destroySoon();
  });
}

function isAllowed(authority: string, allowedHosts: readonly string[]): boolean {
  const [, host, port] = /^([^:]+):(\d+)$/.exec(authority.toLowerCase()) ?? [];
  return host !== undefined && port === '443' && isNamed(allowedHosts, host);
}

function refusePlainRequest(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(405, { Allow: 'CONNECT', 'Content-Type': 'text/plain', Connection: 'close' });
  response.end('This proxy takes CONNECT requests only: ask it for https addresses.\n');
}

function answer(socket: Duplex, status: string, sentence: string): void {
  const body = `${sentence}\n`;
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
