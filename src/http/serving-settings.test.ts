import { describe, expect, test } from 'vitest';
import { Fault } from '../errors.ts';
import { publicUrlOf, readServingSettings, type ServingFlags } from './serving-settings.ts';

type Environment = Record<string, string>;

function refusal(environment: Environment, flags: ServingFlags): Fault {
  try {
    readServingSettings(environment, flags);
  } catch (error) {
    if (error instanceof Fault) return error;
  }
  throw new Error('not refused');
}

describe('a server', () => {
  test('listens on this machine only, unless it is told more', () => {
    expect(readServingSettings({}, {})).toEqual({
      host: '127.0.0.1',
      port: 5080,
      publicUrl: undefined,
      tls: undefined,
      isBehindProxy: false,
      logLevel: 'info',
      sessionLimits: { idleSeconds: 1800, absoluteSeconds: 43_200 },
      environmentLabel: undefined,
      traces: undefined,
    });
  });

  test('takes variables of the environment, and before them flags', () => {
    const environment = {
      SYNCLINE_HOST: '::1',
      SYNCLINE_PORT: '81',
      SYNCLINE_PUBLIC_URL: 'https://a.example/',
      SYNCLINE_BEHIND_PROXY: 'true',
      SYNCLINE_LOG_LEVEL: 'warn',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318/',
      OTEL_SERVICE_NAME: 'sync-a',
      SYNCLINE_SESSION_IDLE_MINUTES: '10',
      SYNCLINE_SESSION_HOURS: '8',
      SYNCLINE_ENVIRONMENT_LABEL: ' Test ',
    };
    expect(readServingSettings(environment, { port: '82' })).toEqual({
      host: '::1',
      port: 82,
      publicUrl: 'https://a.example',
      tls: undefined,
      isBehindProxy: true,
      logLevel: 'warn',
      sessionLimits: { idleSeconds: 600, absoluteSeconds: 28_800 },
      environmentLabel: 'Test',
      traces: { endpoint: 'http://127.0.0.1:4318', serviceName: 'sync-a' },
    });
  });

  test.each<[ServingFlags, string]>([
    [{}, 'http://127.0.0.1:5080'],
    [{ host: '::1' }, 'http://[::1]:5080'],
    [{ host: 'iam.example', tlsCertificate: 'c', tlsKey: 'k' }, 'https://iam.example:5080'],
    [{ publicUrl: 'https://iam.example' }, 'https://iam.example'],
    [{ host: '0.0.0.0', behindProxy: true, publicUrl: 'https://iam.example/' }, 'https://iam.example'],
  ])('with %j is reached at %s', (flags, url) => {
    expect(publicUrlOf(readServingSettings({}, flags), 5080)).toBe(url);
  });

  test.each<[Environment, ServingFlags, string]>([
    [{}, { host: '0.0.0.0' }, '--host is 0.0.0.0, which others reach, and there is no TLS'],
    [{ SYNCLINE_HOST: '10.0.0.1' }, {}, '--host is 10.0.0.1, which others reach'],
    [{}, { host: 'a b' }, '--host is "a b", which is no host name'],
    [{}, { port: '-1' }, '--port is "-1", which is no port'],
    [{ SYNCLINE_PORT: '65536' }, {}, 'SYNCLINE_PORT is "65536", which is no port'],
    [{}, { publicUrl: 'iam.example' }, '--public-url is "iam.example", which is no address'],
    [{}, { publicUrl: 'https://iam.example/path' }, '--public-url is "https://iam.example/path"'],
    [{}, { publicUrl: 'http://iam.example' }, 'secrets would travel in clear'],
    [{}, { behindProxy: true }, '--behind-proxy needs --public-url'],
    [{}, { host: '::', tlsCertificate: 'c', tlsKey: 'k' }, 'give --public-url'],
    [{}, { tlsKey: 'k' }, '--tls-certificate is missing'],
    [{ SYNCLINE_BEHIND_PROXY: 'yes' }, {}, 'SYNCLINE_BEHIND_PROXY is "yes", which is neither true nor false'],
    [{ SYNCLINE_LOG_LEVEL: 'loud' }, {}, 'SYNCLINE_LOG_LEVEL is "loud", which is no log level'],
    [
      { SYNCLINE_SESSION_IDLE_MINUTES: '0' },
      {},
      'SYNCLINE_SESSION_IDLE_MINUTES is "0", which is no number of',
    ],
    [{ SYNCLINE_SESSION_HOURS: 'long' }, {}, 'SYNCLINE_SESSION_HOURS is "long", which is no number of hours'],
    [{ SYNCLINE_ENVIRONMENT_LABEL: 'x'.repeat(41) }, {}, 'which is no label'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector' }, {}, 'OTEL_EXPORTER_OTLP_ENDPOINT is "collector"'],
  ])('is refused with exit code 2 for %j %j', (environment, flags, sentence) => {
    const fault = refusal(environment, flags);
    expect(fault.exitCode).toBe(2);
    expect(fault.message).toContain(sentence);
    expect(fault.message).toMatch(/\.$/);
  });
});
