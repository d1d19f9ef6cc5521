import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isLoopback, networkOf } from './client-address.ts';

describe('requests are counted', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['unknown', 'unknown'],
  ])('those of %s under %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  test('alike for two addresses of IPv6 that begin with the same 64 bits', () => {
    const group = fc.nat(0xffff).map((number) => number.toString(16));
    const half = fc.array(group, { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(half, half, half, (network, one, other) => {
        expect(isIPv6([...network, ...one].join(':'))).toBe(true);
        expect(networkOf([...network, ...one].join(':'))).toBe(networkOf([...network, ...other].join(':')));
      }),
    );
  });
});

test.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['::1', true],
  ['10.0.0.1', false],
  ['unknown', false],
])('whether %s is this machine: %s', (address, isOwn) => {
  expect(isLoopback(address)).toBe(isOwn);
});
