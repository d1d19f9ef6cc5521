// The CONNECT proxy, with real sockets: who gets through, who does not, and how tunnels end.
import { once } from 'node:events';
import * as https from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { fetch, ProxyAgent } from 'undici';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCertificateAuthority } from './certificate-authority.ts';
import { type ConnectProxy, startConnectProxy } from './connect-proxy.ts';
import { microsoftHosts } from './hosts.ts';

let caPem: string;
let leaf: { certPem: string; keyPem: string };

beforeAll(async () => {
  const authority = await createCertificateAuthority();
  caPem = authority.caPem;
  leaf = await authority.issue(microsoftHosts);
});

async function listen<S extends Server>(server: S): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const proxyTo = (port: number): Promise<ConnectProxy> =>
  startConnectProxy({ port: 0, target: { host: '127.0.0.1', port }, allowedHosts: microsoftHosts });

/** Everything that comes back until the other side is done. */
async function readAll(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) text += chunk;
  return text;
}

describe('a client behind the proxy', () => {
  let server: https.Server;
  let proxy: ConnectProxy;
  let agent: ProxyAgent;

  beforeEach(async () => {
    server = https.createServer({ cert: leaf.certPem, key: leaf.keyPem }, (request, response) => {
      if (request.url === '/broken') {
        response.writeHead(200, { 'Content-Length': '100' });
        response.write('half', () => request.socket.destroy());
        return;
      }
      response.end(`${request.headers.host}${request.url}`);
    });
    proxy = await proxyTo(await listen(server));
    agent = new ProxyAgent({ uri: proxy.url, requestTls: { ca: caPem } });
  });

  afterEach(async () => {
    await agent.destroy();
    await proxy.close();
    server.closeAllConnections();
    server.close();
  });

  test.each([
    'https://graph.microsoft.com/v1.0/users',
    'https://login.microsoftonline.com/common/discovery/instance',
    'https://login.windows.net/common',
    'https://graph.windows.net/contoso.com/users',
    'https://management.azure.com/tenants',
    'https://graph.microsoft.us/v1.0/users',
    'https://microsoftgraph.chinacloudapi.cn/v1.0/users',
    'https://westeurope.login.microsoft.com/common',
  ])('reaches the simulator as %s', async (address) => {
    const response = await fetch(address, { dispatcher: agent });
    expect(`https://${await response.text()}`).toBe(address);
  });

  test('reaches it many times at once', async () => {
    const asked = Array.from({ length: 50 }, (_, index) => `https://graph.microsoft.com/v1.0/users/${index}`);
    const answers = await Promise.all(
      asked.map(async (address) => `https://${await (await fetch(address, { dispatcher: agent })).text()}`),
    );
    expect(answers).toEqual(asked);
  });

  test.each([
    'https://example.com/',
    'https://microsoft.com/',
    'https://graph.microsoft.com.example.com/',
    'https://a.b.login.microsoft.com/',
    'https://graph.microsoft.com:8443/',
    'https://127.0.0.1/',
  ])('does not reach %s', async (address) => {
    await expect(fetch(address, { dispatcher: agent })).rejects.toMatchObject({
      cause: { cause: { message: expect.stringContaining('403') } },
    });
  });

  test('sees a connection that breaks in the middle of a body, and can go on', async () => {
    const broken = await fetch('https://graph.microsoft.com/broken', { dispatcher: agent });
    await expect(broken.text()).rejects.toThrow();
    const next = await fetch('https://graph.microsoft.com/whole', { dispatcher: agent });
    expect(await next.text()).toBe('graph.microsoft.com/whole');
  });
});

describe('what the proxy answers', () => {
  let proxy: ConnectProxy;

  beforeEach(async () => {
    // Nothing listens on the port that was just given back.
    const gone = createServer();
    const port = await listen(gone);
    gone.close();
    await once(gone, 'close');
    proxy = await proxyTo(port);
  });

  afterEach(() => proxy.close());

  test.each([
    [
      'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n',
      403,
      'Microsoft hosts on port 443 only',
    ],
    [
      'CONNECT graph.microsoft.com:80 HTTP/1.1\r\nHost: graph.microsoft.com\r\n\r\n',
      403,
      'not to graph.microsoft.com:80',
    ],
    ['CONNECT graph.microsoft.com HTTP/1.1\r\nHost: graph.microsoft.com\r\n\r\n', 403, 'Microsoft hosts'],
    ['CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]\r\n\r\n', 403, 'not to [::1]:443'],
    [
      'GET http://graph.microsoft.com/ HTTP/1.1\r\nHost: graph.microsoft.com\r\n\r\n',
      405,
      'CONNECT requests only',
    ],
    ['GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n', 405, 'CONNECT requests only'],
    ['CONNECT Graph.Microsoft.Com:443 HTTP/1.1\r\nHost: x\r\n\r\n', 502, 'does not answer'],
  ])('%j is answered %i', async (request, status, sentence) => {
    const client = connect(proxy.port, '127.0.0.1');
    client.write(request);
    const text = await readAll(client);
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(text).toContain(sentence);
  });

  test('a port that is taken is said in one sentence', async () => {
    const { port } = proxy;
    await expect(
      startConnectProxy({ port, target: { host: '127.0.0.1', port }, allowedHosts: microsoftHosts }),
    ).rejects.toThrow(
      `Port ${port} is taken by another program: choose another one with --proxy, or 0 for any free port.`,
    );
  });
});

describe('how a tunnel ends', () => {
  let server: Server;
  let proxy: ConnectProxy;
  let client: Socket;
  let upstream: Socket;

  beforeEach(async () => {
    server = createServer({ allowHalfOpen: true });
    proxy = await proxyTo(await listen(server));
    client = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
    // The first bytes of the tunnel may come in the packet of the CONNECT request.
    client.write('CONNECT graph.microsoft.com:443 HTTP/1.1\r\nHost: graph.microsoft.com\r\n\r\nearly');
    [upstream] = (await once(server, 'connection')) as [Socket];
    const [established] = (await once(client, 'data')) as [Buffer];
    client.pause();
    expect(established.toString()).toBe('HTTP/1.1 200 Connection Established\r\n\r\n');
  });

  afterEach(async () => {
    client.destroy();
    upstream.destroy();
    await proxy.close();
    server.close();
  });

  test('a client that has said all still hears the answer', async () => {
    client.end(' question');
    expect(await readAll(upstream)).toBe('early question');
    upstream.end('answer');
    expect(await readAll(client)).toBe('answer');
  });

  test('a simulator that has said all still hears the client', async () => {
    upstream.end('answer');
    expect(await readAll(client)).toBe('answer');
    client.end(' afterwards');
    expect(await readAll(upstream)).toBe('early afterwards');
  });

  test('megabytes arrive whole before the end', async () => {
    const size = 8 * 1024 * 1024;
    upstream.end(Buffer.alloc(size, 'x'));
    expect(await readAll(client)).toHaveLength(size);
  });

  test('a reset by the simulator reaches the client as a reset', async () => {
    upstream.resetAndDestroy();
    client.resume();
    const [error] = await once(client, 'error');
    expect(error).toMatchObject({ code: 'ECONNRESET' });
  });

  test('a reset by the client reaches the simulator', async () => {
    client.resetAndDestroy();
    upstream.resume();
    const [error] = await once(upstream, 'error');
    expect(error).toMatchObject({ code: 'ECONNRESET' });
  });

  test('closing the proxy cuts the tunnel and frees the port', async () => {
    upstream.resume();
    client.resume();
    const { port } = proxy;
    await Promise.all([proxy.close(), once(client, 'end'), once(upstream, 'end')]);
    const again = await startConnectProxy({
      port,
      target: { host: '127.0.0.1', port: 1 },
      allowedHosts: microsoftHosts,
    });
    await again.close();
  });
});
