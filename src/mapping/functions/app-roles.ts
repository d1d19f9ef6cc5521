/** Functions on the app roles that somebody is assigned to ("Microsoft: Customize user provisioning attribute mappings, app roles"). */
import type { MappedValue } from '../compile-expression.ts';
import {
  argumentAt,
  type CallArgument,
  type Evaluate,
  type FunctionCall,
  type FunctionDefinition,
  required,
} from '../expression-call.ts';
import { textOf, valuesOf } from '../expression-values.ts';

const assigned = {
  appRoleAssignments: [{ id: '7f2c', value: 'Admin', displayName: 'Administrators' }],
} as const;

export const appRoleFunctions: readonly FunctionDefinition[] = [
  {
    name: 'SingleAppRoleAssignment',
    set: 'application',
    parameters: [required('appRoleAssignments', 'list')],
    description: 'The name of the role that is assigned; of several, the first in the order of their names.',
    example: {
      expression: 'SingleAppRoleAssignment([appRoleAssignments])',
      attributes: assigned,
      result: 'Admin',
    },
    build: (call) => {
      const rolesAt = rolesFrom(argumentAt(call, 0));
      return (context) =>
        rolesAt(context)
          .map(({ value }) => value)
          .sort()[0] ?? null;
    },
  },
  {
    name: 'AppRoleAssignmentsComplex',
    set: 'application',
    parameters: [required('appRoleAssignments', 'list')],
    description:
      'Every role as an object for a list of roles. The target adds them to the roles that are there.',
    example: {
      expression: 'AppRoleAssignmentsComplex([appRoleAssignments])',
      attributes: assigned,
      result: [
        {
          primary: false,
          type: 'WindowsAzureActiveDirectoryRole',
          displayName: 'Administrators',
          value: 'Admin',
        },
      ],
    },
    build: (call) => buildComplex(call, 'displayName'),
  },
  {
    name: 'AssertiveAppRoleAssignmentsComplex',
    set: 'application',
    parameters: [required('appRoleAssignments', 'list')],
    description:
      'Every role as an object for a list of roles. The target has these roles from there on, and no others.',
    example: {
      expression: 'AssertiveAppRoleAssignmentsComplex([appRoleAssignments])',
      attributes: assigned,
      result: [
        {
          primary: false,
          type: 'WindowsAzureActiveDirectoryRole',
          display: 'Administrators',
          value: 'Admin',
        },
      ],
    },
    build: (call) => buildComplex(call, 'display'),
  },
  {
    name: 'AppRoleAssignments',
    set: 'application',
    parameters: [required('source', 'list')],
    description: 'The names of all roles. Microsoft names this function without saying what it does.',
    example: {
      expression: 'AppRoleAssignments([appRoleAssignments])',
      attributes: assigned,
      result: ['Admin'],
    },
    build: (call) => {
      const rolesAt = rolesFrom(argumentAt(call, 0));
      return (context) => {
        const names = rolesAt(context).map(({ value }) => value);
        return names.length === 0 ? null : names;
      };
    },
  },
];

type Role = Readonly<{ value: string; display: string }>;

/** Roles come as objects, or as their names alone. */
function rolesFrom(argument: CallArgument): (context: Parameters<Evaluate>[0]) => readonly Role[] {
  return (context) =>
    valuesOf(argument.evaluate(context)).flatMap((assignment): readonly Role[] => {
      const read = (name: string) => textOf(memberOf(assignment, name), argument) ?? '';
      if (typeof assignment !== 'object') {
        const name = textOf(assignment, argument) ?? '';
        return name === '' ? [] : [{ value: name, display: name }];
      }
      const display = read('displayName');
      const value = read('value') || display;
      return value === '' ? [] : [{ value, display: display || value }];
    });
}

function memberOf(value: MappedValue, name: string): MappedValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const members = value as Readonly<Record<string, MappedValue>>;
  return Object.hasOwn(members, name) ? (members[name] ?? null) : null;
}

function buildComplex(call: FunctionCall, displayName: 'display' | 'displayName'): Evaluate {
  const rolesAt = rolesFrom(argumentAt(call, 0));
  return (context) => {
    const roles = rolesAt(context).map(({ value, display }) => ({
      primary: false,
      type: 'WindowsAzureActiveDirectoryRole',
      [displayName]: display,
      value,
    }));
    return roles.length === 0 ? null : roles;
  };
}
