// Properties of users that the directory does not hold itself. Source: Microsoft Graph "user resource type".

/** Kept by SharePoint: read one user at a time, written alone and only by people, never tracked. */
export const profileProperties: ReadonlySet<string> = new Set([
  'aboutMe',
  'birthday',
  'hireDate',
  'interests',
  'mySite',
  'pastProjects',
  'preferredName',
  'responsibilities',
  'schools',
  'skills',
]);

/** Kept by Exchange, the audit store, Intune and others: never tracked, and no part of any default. */
export const foreignProperties: ReadonlySet<string> = new Set([
  ...profileProperties,
  'mailboxSettings',
  'signInActivity',
  'deviceEnrollmentLimit',
  'print',
  'cloudLicensing',
]);
