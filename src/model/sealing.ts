/** How secrets are kept in the database: sealed, so that who reads the tables without the key learns nothing. */

export interface Sealing {
  /**
   * A text that only the key opens again, and only for the same purpose, such as `credential 7`. A sealed text that was moved to
   * another place is of another purpose and stays shut.
   */
  seal(secret: string, purpose: string): string;
  /** What was sealed. Throws a `Fault` `sealing-key-unusable` when the key is missing, or the text is damaged or of another purpose. */
  unseal(sealed: string, purpose: string): string;
  /** Whether a text was sealed by a key that is not the first any more. */
  isStale(sealed: string): boolean;
}

/** What the client secret of a sign-in provider is sealed for. */
export function clientSecretPurpose(providerId: number): string {
  return `client secret of sign-in provider ${providerId}`;
}

/** What the secret of a credential is sealed for. */
export function credentialPurpose(credentialId: number): string {
  return `credential ${credentialId}`;
}
