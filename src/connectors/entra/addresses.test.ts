import { describe, expect, test } from 'vitest';
import {
  checkAddress,
  cloudAddresses,
  cloudNames,
  ForbiddenAddress,
  guardLookup,
  lookUpWithin,
  refuseLiteral,
} from './addresses.ts';

describe('an address', () => {
  test.each([
    'https://graph.microsoft.com/v1.0',
    'https://localhost:8443/v1.0',
    'http://localhost:8080',
    'http://127.0.0.1:8080/v1.0',
    'http://[::1]:8080',
    'https://10.1.2.3/v1.0',
    'https://169.253.255.255',
  ])('can be %s', (address) => {
    expect(checkAddress(address)).toBeUndefined();
  });

  test.each([
    ['graph.microsoft.com', 'is no URL'],
    ['', 'is no URL'],
    ['ftp://graph.microsoft.com', 'begins with ftp:'],
    ['http://graph.microsoft.com', 'is not encrypted'],
    ['http://127.0.0.1.example', 'is not encrypted'],
    ['https://user@graph.microsoft.com', 'user name or password'],
    ['https://:secret@graph.microsoft.com', 'user name or password'],
    ['https://graph.microsoft.com/v1.0#part', 'has a #'],
    ['http://169.254.169.254/metadata', 'metadata service'],
    ['https://169.254.0.1', 'metadata service'],
    ['https://2852039166', 'metadata service'],
    ['https://0xa9.0xfe.0xa9.0xfe', 'metadata service'],
    ['https://[fe80::1]', 'metadata service'],
    ['https://[febf::1]', 'metadata service'],
    ['https://[fd00:ec2::254]', 'metadata service'],
    ['https://[::ffff:169.254.169.254]', 'metadata service'],
    ['https://[64:ff9b::169.254.169.254]', 'metadata service'],
    ['https://100.100.100.200', 'metadata service'],
    ['https://metadata.google.internal', 'metadata service'],
    ['https://METADATA.google.internal./x', 'metadata service'],
  ])('cannot be %s', (address, problem) => {
    expect(checkAddress(address)).toContain(problem);
  });

  test('cannot be one whose name leads to a refused one', () => {
    const answers: Readonly<Record<string, readonly string[]>> = {
      'good.example': ['10.0.0.1', '2001:db8::1'],
      'bad.example': ['10.0.0.1', '169.254.169.254'],
    };
    const lookUp = guardLookup((host, _, callback) => {
      const ips = answers[host] ?? [];
      callback(
        null,
        ips.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    });
    const found = (host: string) => {
      let result: unknown;
      lookUp(host, { all: true }, (error, addresses) => {
        result = error ?? addresses;
      });
      return result;
    };
    expect(found('good.example')).toHaveLength(2);
    expect(found('bad.example')).toBeInstanceOf(ForbiddenAddress);
  });
});

describe('what was typed in the console', () => {
  const reach = { exceptOrigins: ['https://127.0.0.1:8443'] };

  test.each([
    '127.0.0.1',
    '127.9.9.9',
    '0.0.0.0',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '169.254.169.254',
    '[::1]',
    '[::]',
    '[fd12::1]',
    '[fe80::1]',
    '[ff02::1]',
    '[::ffff:10.0.0.1]',
    '[64:ff9b::10.0.0.1]',
    '[2002:7f00:1::]',
  ])('does not lead to %s', (host) => {
    expect(refuseLiteral(reach, `https://${host}`)).toBeInstanceOf(ForbiddenAddress);
  });

  test.each(['8.8.8.8', '20.190.128.1', '[2603:1026::1]', 'localhost'])(
    'is not refused as %s itself',
    (host) => {
      expect(refuseLiteral(reach, `https://${host}`)).toBeUndefined();
    },
  );

  test('does not lead to a name of this machine, but to an origin that is excepted', async () => {
    const found = (origin: string) =>
      new Promise((resolve) =>
        lookUpWithin(reach, origin)('localhost', { all: true }, (error, addresses) =>
          resolve(error ?? addresses),
        ),
      );
    expect(await found('https://localhost:8443')).toBeInstanceOf(ForbiddenAddress);
    expect(refuseLiteral(reach, 'https://127.0.0.1:8443')).toBeUndefined();
    expect(refuseLiteral(undefined, 'https://127.0.0.1:1')).toBeUndefined();
  });
});

test('every cloud has addresses that can be used, and asks for a token for its own Graph', () => {
  expect(cloudNames).toEqual(['Global', 'USGovL4', 'USGovL5', 'China']);
  for (const name of cloudNames) {
    const { authority, graph, scope } = cloudAddresses(name, 'contoso.onmicrosoft.com');
    expect(checkAddress(authority)).toBeUndefined();
    expect(checkAddress(graph)).toBeUndefined();
    expect(scope).toBe(`${new URL(graph).origin}/.default`);
    expect(authority.endsWith('/contoso.onmicrosoft.com')).toBe(true);
  }
});
