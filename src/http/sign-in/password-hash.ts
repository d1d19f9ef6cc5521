/** Passwords as they are kept: argon2id with the parameters of the OWASP password storage cheat sheet (19 MiB, two passes). */
import { hash, parseOptions, verify } from '@node-rs/argon2';

/** The library's `Algorithm.Argon2id`, which is a type alone. */
const argon2id = 2;
const parameters = { algorithm: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export async function hashPassword(password: string): Promise<string> {
  return await hash(normalize(password), parameters);
}

/** Whether a password has this hash; takes the same time where there is none. */
export async function isPasswordOf(password: string, passwordHash: string | null): Promise<boolean> {
  const isRight = await verify(passwordHash ?? (await unreachable), normalize(password));
  return isRight && passwordHash !== null;
}

/** Whether a hash was made with less than what is asked of new ones. */
export function isHashWeak(passwordHash: string): boolean {
  const { algorithm, memoryCost, timeCost } = parseOptions(passwordHash);
  return algorithm !== argon2id || memoryCost < parameters.memoryCost || timeCost < parameters.timeCost;
}

/** What is compared with where there is nobody of the name. */
const unreachable = hashPassword(crypto.randomUUID());

/** Keyboards differ in how they compose what looks the same (NIST SP 800-63B, 5.1.1.2). */
function normalize(password: string): string {
  return password.normalize('NFKC');
}
