// Inviting guests. Source: Microsoft Graph, "Create invitation".
import { randomUUID } from 'node:crypto';
import { graphInstant } from '../../clock.ts';
import type { DirectoryObject } from '../../tenant/directory-object.ts';
import { type GraphRequest, readBody } from '../exchange.ts';
import { badRequest } from '../graph-error.ts';
import { json } from '../json-reply.ts';
import { permissionsFor } from '../permissions.ts';
import type { Route } from '../route.ts';
import { argumentOf, requiredText, textArgument } from './arguments.ts';
import { initialDomainOf, isPlainAddress } from './mail-addresses.ts';
import { newUserValues } from './user-rules.ts';
import { invalidValue } from './write-errors.ts';

const type = 'invitation';

function invite(request: GraphRequest) {
  const { directory } = request;
  const body = readBody(request);
  const address = requiredText(body, type, 'invitedUserEmailAddress');
  const inviteRedirectUrl = requiredText(body, type, 'inviteRedirectUrl');
  const userType = textArgument(body, 'invitedUserType') ?? 'Guest';
  if (!isPlainAddress(address)) throw invalidValue(type, 'invitedUserEmailAddress');
  if (!URL.canParse(inviteRedirectUrl)) throw invalidValue(type, 'inviteRedirectUrl');
  if (!['Guest', 'Member'].includes(userType)) throw invalidValue(type, 'invitedUserType');
  const guest = findGuest(request, address) ?? createGuest(request, address, userType, body);
  const redeem = new URL('https://login.microsoftonline.com/redeem');
  redeem.searchParams.set('rd', `${inviteRedirectUrl}?tenant=${directory.tenantId}&user=${guest.id}`);
  return json(201, {
    '@odata.context': `${request.root}/$metadata#invitations/$entity`,
    id: randomUUID(),
    invitedUserDisplayName: textArgument(body, 'invitedUserDisplayName') ?? null,
    invitedUserType: userType,
    invitedUserEmailAddress: address,
    sendInvitationMessage: argumentOf(body, 'sendInvitationMessage') === true,
    resetRedemption: argumentOf(body, 'resetRedemption') === true,
    inviteRedeemUrl: redeem.href,
    inviteRedirectUrl,
    status: guest.values.externalUserState === 'Accepted' ? 'Completed' : 'PendingAcceptance',
    invitedUserMessageInfo: argumentOf(body, 'invitedUserMessageInfo') ?? null,
    invitedUser: { id: guest.id },
  });
}

/** Guests may be invited again; a user who signs in with the address is no guest. */
function findGuest(request: GraphRequest, address: string): DirectoryObject | undefined {
  const { directory } = request;
  const own = directory.findBy('user', 'userPrincipalName', address);
  if (own) {
    throw badRequest(
      `The invited user already exists in the directory as object ID: ${own.id}. They can use that account to sign in to shared apps and resources.`,
    );
  }
  const guestName = principalNameOf(request, address);
  return directory.findBy('user', 'userPrincipalName', guestName);
}

const nicknameOf = (address: string) => `${address.replace('@', '_')}#EXT#`;
const principalNameOf = (request: GraphRequest, address: string) =>
  `${nicknameOf(address)}@${initialDomainOf(request.directory)}`;

function createGuest(
  request: GraphRequest,
  address: string,
  userType: string,
  body: Readonly<Record<string, unknown>>,
): DirectoryObject {
  const { directory } = request;
  const userPrincipalName = principalNameOf(request, address);
  return directory.insert('user', randomUUID(), {
    ...newUserValues(request, userPrincipalName),
    accountEnabled: true,
    creationType: 'Invitation',
    displayName: textArgument(body, 'invitedUserDisplayName') ?? address.slice(0, address.indexOf('@')),
    externalUserState: 'PendingAcceptance',
    externalUserStateChangeDateTime: graphInstant(directory.clock.now()),
    mail: address,
    mailNickname: nicknameOf(address),
    otherMails: [address],
    proxyAddresses: [`SMTP:${address}`],
    userPrincipalName,
    userType,
  });
}

export const invitationWrites: readonly Route[] = [
  {
    method: 'POST',
    path: '/invitations',
    permissions: permissionsFor('POST /invitations'),
    cost: 1,
    run: invite,
  },
];
