/** What is known of the packages of Identity Manager: which export changes by themselves, and which Syncline can export (documentation of the packages). */

/** How a package that has incremental exports tells what has changed: the `Type` of the tasks that follow. */
export type ChangesType = 'Changes' | 'ActiveDirectory';

/** By the part of the package's identifier between `Usercube.` and the next period or `@`, in lower case. */
const incrementalPackages: Readonly<Record<string, ChangesType>> = {
  azuread: 'Changes',
  ad: 'ActiveDirectory',
  servicenow: 'Changes',
  scim: 'Changes',
  easyvista: 'Changes',
  exchange: 'Changes',
  openldap: 'Changes',
};

/** The package of Microsoft Entra ID. */
export const entraPackage = 'Usercube.AzureAD@0000001';

/** How a package exports changes; undefined when it always exports everything. */
export function changesTypeOf(packageIdentifier: string): ChangesType | undefined {
  const name = nameOf(packageIdentifier);
  return Object.hasOwn(incrementalPackages, name) ? incrementalPackages[name] : undefined;
}

/** Whether Syncline can export what the package exports. */
export function isExportable(packageIdentifier: string): boolean {
  return nameOf(packageIdentifier) === nameOf(entraPackage);
}

function nameOf(packageIdentifier: string): string {
  const [, name = ''] = /^usercube\.([^.@]*)/i.exec(packageIdentifier) ?? [];
  return name.toLowerCase();
}
