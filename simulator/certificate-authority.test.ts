// The private authority, seen by TLS clients.
import { X509Certificate } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import * as tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CertificateAuthority, createCertificateAuthority } from './certificate-authority.ts';
import { loopbackHosts, microsoftHosts } from './hosts.ts';

describe('certificate authority', () => {
  let authority: CertificateAuthority;
  let leaf: { certPem: string; keyPem: string };
  let server: tls.Server;

  beforeAll(async () => {
    authority = await createCertificateAuthority();
    leaf = await authority.issue([...loopbackHosts, ...microsoftHosts]);
    server = tls.createServer({ cert: leaf.certPem, key: leaf.keyPem }, (socket) => socket.end('welcome'));
    server.on('tlsClientError', () => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => {
    server.close();
  });

  const connect = (name: string, ca: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      const socket = tls.connect({
        host: '127.0.0.1',
        port,
        ca,
        // Node sends no server name for an IP address, and checks the certificate against `host`.
        ...(/^[\d.:]+$/.test(name) ? {} : { servername: name }),
        checkServerIdentity: (_, certificate) => tls.checkServerIdentity(name, certificate),
      });
      let text = '';
      socket.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      socket.on('end', () => resolve(text)).on('error', reject);
    });

  test.each([
    'localhost',
    '127.0.0.1',
    '::1',
    'graph.microsoft.com',
    'login.microsoftonline.com',
    'login.windows.net',
    'graph.windows.net',
    'management.azure.com',
    'graph.microsoft.us',
    'dod-graph.microsoft.us',
    'microsoftgraph.chinacloudapi.cn',
    'login.partner.microsoftonline.cn',
    'westeurope.login.microsoft.com',
  ])('a client that trusts the authority accepts the server as %s', async (name) => {
    expect(await connect(name, authority.caPem)).toBe('welcome');
  });

  test('a name that was not asked for is refused', async () => {
    await expect(connect('example.com', authority.caPem)).rejects.toThrow(/altnames/);
  });

  test('a client that trusts another authority refuses the server', async () => {
    const other = await createCertificateAuthority();
    await expect(connect('localhost', other.caPem)).rejects.toThrow();
  });

  test('the authority may sign servers only, and the server may sign nothing', () => {
    const ca = new X509Certificate(authority.caPem);
    const server = new X509Certificate(leaf.certPem);
    expect(ca.ca).toBe(true);
    expect(ca.verify(ca.publicKey)).toBe(true);
    expect(server.ca).toBe(false);
    expect(server.checkIssued(ca)).toBe(true);
    expect(server.verify(ca.publicKey)).toBe(true);
    expect(server.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });

  test('certificates hold today, yesterday, and no longer than 397 days', () => {
    const dayMs = 86_400_000;
    for (const pem of [authority.caPem, leaf.certPem]) {
      const { validFromDate, validToDate } = new X509Certificate(pem);
      expect(validFromDate.getTime()).toBeLessThan(Date.now() - dayMs / 2);
      expect(validToDate.getTime()).toBeGreaterThan(Date.now() + 300 * dayMs);
      expect(validToDate.getTime() - validFromDate.getTime()).toBeLessThanOrEqual(397 * dayMs);
    }
  });

  test('every certificate has a serial number of its own', async () => {
    const again = await authority.issue(['localhost']);
    const serials = [authority.caPem, leaf.certPem, again.certPem].map(
      (pem) => new X509Certificate(pem).serialNumber,
    );
    expect(new Set(serials).size).toBe(3);
  });
});
