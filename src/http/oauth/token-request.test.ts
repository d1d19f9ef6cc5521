import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { identifierOf, readTokenRequest } from './token-request.ts';

const form = (fields: Readonly<Record<string, string>>) =>
  new URLSearchParams({ grant_type: 'client_credentials', ...fields }).toString();
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('a token request', () => {
  test('brings id and secret through unchanged, by form and by HTTP Basic', () => {
    const word = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(word, word, (clientId, secret) => {
        const wanted = { kind: 'request', clientId, secret, scope: 'syncline_api' };
        expect(
          readTokenRequest(form({ client_id: clientId, client_secret: secret }), undefined),
        ).toMatchObject(wanted);
        const header = basic(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`);
        expect(readTokenRequest(form({}), header)).toMatchObject({ ...wanted, isBasic: true });
      }),
    );
  });

  test('whatever it is, is read or refused in the words of RFC 6749', () => {
    fc.assert(
      fc.property(fc.string(), fc.option(fc.string(), { nil: undefined }), (body, header) => {
        const request = readTokenRequest(body, header);
        if (request.kind === 'request') return;
        expect(request.description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
      }),
    );
  });

  test.each([
    ['syncline_api', 'syncline_api'],
    ['usercube_api', 'usercube_api'],
    ['usercube_api syncline_api', 'usercube_api syncline_api'],
    ['', 'syncline_api'],
  ])('for the scope "%s" gets "%s"', (scope, granted) => {
    const request = readTokenRequest(form({ client_id: 'a', client_secret: 'b', scope }), undefined);
    expect(request).toMatchObject({ scope: granted });
  });

  test.each(['Basic', 'Basic ?', basic('no colon'), basic('%zz:b'), 'Bearer abc'])(
    'is refused for the header "%s"',
    (header) => {
      expect(readTokenRequest(form({}), header)).toMatchObject({ kind: 'refused', error: 'invalid_request' });
    },
  );
});

test.each([
  ['Job', 'Job'],
  ['Job@iam.contoso.com', 'Job'],
  ['Job@IAM.Contoso.com', 'Job'],
  ['Job@contoso.com', undefined],
  ['Job@', undefined],
  ['a@b@iam.contoso.com', 'a@b'],
])('the client id %s at iam.contoso.com is of %s', (clientId, identifier) => {
  expect(identifierOf(clientId, 'iam.contoso.com')).toBe(identifier);
});
