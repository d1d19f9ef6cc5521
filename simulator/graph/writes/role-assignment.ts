// A role assignment at the scope of the whole tenant, as the role-management part of Graph shows what directory roles
// hold as members.
import { guidToBytes } from '../../tenant/derived-ids.ts';

/** The assignment's id: template and principal, 32 bytes as base64url, and `-1` for the scope of the tenant. */
export function roleAssignmentId(roleTemplateId: string, principalId: string): string {
  return `${Buffer.concat([guidToBytes(roleTemplateId), guidToBytes(principalId)]).toString('base64url')}-1`;
}

/** The assignment's own properties. */
export function roleAssignment(roleTemplateId: string, principalId: string) {
  return {
    id: roleAssignmentId(roleTemplateId, principalId),
    principalId,
    directoryScopeId: '/',
    roleDefinitionId: roleTemplateId,
  };
}
