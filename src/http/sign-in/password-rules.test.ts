/** Which passwords are taken. */
import { describe, expect, test } from 'vitest';
import { checkPassword } from './password-rules.ts';

const ada = { signInName: 'ada.lovelace@contoso.com', name: 'Ada Lovelace' };

describe('is refused', () => {
  test.each([
    ['eleven char', 'fewer than 12'],
    [`${'long '.repeat(40)}x`, 'more than 200'],
    ['ada.lovelace', 'the name'],
    ['Lovelace2026!', 'the name'],
    ['AdaLovelaceAda', 'the name'],
    ['P@ssw0rd12345', 'tried first'],
    ['Administrator!', 'tried first'],
    ['Summer2026!!!', 'tried first'],
    ['123456789012', 'tried first'],
    ['qwertyuiop123', 'tried first'],
    ['zyxwvutsrqpo', 'tried first'],
    ['abababababab', 'tried first'],
    ['xxxxxxxxxxxxxxx', 'tried first'],
  ])('%s', (password, reason) => {
    expect(checkPassword(password, ada)).toContain(reason);
  });
});

test.each([
  'correct horse battery staple',
  'Vx9#kq!2LmzP',
  'ein Lied von gestern',
  'パスワードはとても長いです',
  'my password is written by ada on paper',
])('is taken: %s', (password) => {
  expect(checkPassword(password, ada)).toBeUndefined();
});
