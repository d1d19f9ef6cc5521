// The words with which subscriptions are refused. Clients match some of these texts, so each stands here once.
// Source: Microsoft Graph "Create subscription", "Receive change notifications through webhooks", and the answers that
// people show in the issues of public Graph clients.
import { GraphError } from '../graph/graph-error.ts';

type Operation = 'Create' | 'Update';

/** The service behind the gateway refuses: its status and reason stand within the message. */
function refusedBehind(operation: Operation, status: number, name: string, reason: string): GraphError {
  const message = `Operation: ${operation}; Exception: [Status Code: ${name}; Reason: ${reason}]`;
  return new GraphError(status, 'ExtensionError', message);
}

export const unreadablePayload = (operation: Operation) =>
  new GraphError(
    400,
    'InvalidRequest',
    `Could not process subscription ${operation === 'Create' ? 'creation' : 'update'} payload. Are all property names spelled and camelCased properly?`,
  );

export const missingProperty = (name: string) =>
  new GraphError(400, 'InvalidRequest', `The property '${name}' of a subscription is required.`);

export const fixedProperty = (name: string) =>
  new GraphError(400, 'InvalidRequest', `The property '${name}' of a subscription cannot be updated.`);

export const invalidProperty = (name: string, requirement: string) =>
  new GraphError(400, 'InvalidRequest', `The property '${name}' of a subscription ${requirement}.`);

export const unsupportedResource = (resource: string) =>
  refusedBehind('Create', 400, 'BadRequest', `Resource '${resource}' does not support subscriptions.`);

export const unsupportedChangeType = (written: string) =>
  refusedBehind(
    'Create',
    400,
    'BadRequest',
    `The resource supports the change types 'updated' and 'deleted', not '${written}'.`,
  );

export const resourceDataRefused = () =>
  refusedBehind('Create', 400, 'BadRequest', 'The resource does not support notifications with its data.');

export const expirationTooFar = (minutes: number) =>
  new GraphError(
    400,
    'ExtensionError',
    `Subscription expiration can only be ${minutes} minutes in the future.`,
  );

export const expirationPast = () =>
  new GraphError(400, 'ExtensionError', 'Subscription expiration has to be in the future.');

export const duplicateSubscription = (id: string) =>
  refusedBehind(
    'Create',
    409,
    'Conflict',
    `Subscription Id ${id} already exists for the requested combination`,
  );

export const tooManySubscriptions = (limit: number, scope: string) =>
  refusedBehind('Create', 403, 'Forbidden', `The limit of ${limit} subscriptions ${scope} has been reached.`);

export const subscriptionNotFound = () =>
  new GraphError(404, 'ResourceNotFound', 'The object was not found.');

const validationError = (message: string) => new GraphError(400, 'ValidationError', message);

export const validationRefused = () =>
  validationError(
    'Subscription validation request failed. Notification endpoint must respond with 200 OK to validation request.',
  );

export const validationMismatch = () =>
  validationError(
    'Subscription validation request failed. Response must exactly match validationToken query parameter.',
  );

export const validationTimedOut = () => validationError('Subscription validation request timed out.');
