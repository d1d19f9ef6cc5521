import { describe, expect, test } from 'vitest';
import { addressRefusal } from './endpoint-address.ts';

describe('the simulator calls', () => {
  test.each([
    'http://localhost:8080/hook',
    'http://127.0.0.1/',
    'http://127.8.9.10:81/hook?code=1',
    'http://[::1]:8080/hook',
    'https://localhost/hook',
    'https://LOCALHOST/hook',
    'https://hooks.contoso.example/a',
    'https://eu.relay.example/a',
  ])('%s', (url) => {
    expect(addressRefusal(url, ['hooks.contoso.example', '*.relay.example'])).toBeUndefined();
  });
});

describe('the simulator does not call', () => {
  test.each([
    ['', 'absolute URL'],
    ['//localhost/hook', 'absolute URL'],
    ['http://hooks.contoso.example/a', 'https'],
    ['file:///etc/passwd', 'https'],
    ['https://contoso.example/', 'leads to contoso.example'],
    ['https://localhost.contoso.example/', 'leads to localhost.contoso.example'],
    ['https://10.0.0.1/', 'leads to 10.0.0.1'],
    ['https://0x0a000001/', 'leads to 10.0.0.1'],
    ['http://169.254.169.254/latest', 'https'],
    ['https://[fe80::1]/', 'leads to [fe80::1]'],
    ['https://[::ffff:10.0.0.1]/', 'leads to'],
    ['https://a.b.relay.example/', 'leads to a.b.relay.example'],
    ['https://localhost@contoso.example/', 'user name'],
    ['EventGrid:?azuresubscriptionid=1', 'Event Grid'],
  ])('%s', (url, reason) => {
    expect(addressRefusal(url, ['hooks.contoso.example', '*.relay.example'])).toContain(reason);
  });
});
