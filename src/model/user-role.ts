/** The roles that people may have, from the one that may most to the one that may least. */

export const userRoles = ['administrator', 'operator', 'auditor'] as const;
export type UserRole = (typeof userRoles)[number];

/** The role that may most; undefined where there is none. */
export function highestRole(roles: readonly UserRole[]): UserRole | undefined {
  return userRoles.find((role) => roles.includes(role));
}
