/** Where a class of Nest asks for the secret that signs links and sessions. */
export const LINK_SECRET = Symbol('LINK_SECRET');
