/** API clients: what an identifier may be. */

/** "@" sets the domain apart in client ids. */
export const clientIdentifierPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
