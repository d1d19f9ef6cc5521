// The identity platform's errors as data: AADSTS code, HTTP status, OAuth error and text, and the one answer that
// carries them (Microsoft identity platform: error codes). Texts hold `{name}` where a detail goes.
import { randomUUID } from 'node:crypto';
import { type HttpReply, type HttpRequest, jsonReply } from '../http.ts';

const credentialsPage = 'https://learn.microsoft.com/entra/identity-platform/certificate-credentials';
const federationPage = 'https://learn.microsoft.com/entra/workload-id/workload-identity-federation';
const federationAdvice = `Check your federated identity credential Subject, Audience and Issuer against the presented assertion. ${federationPage}`;
const wrongTenantAdvice =
  'This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.';

export const aadstsErrors = {
  // Tenant
  90002: {
    status: 400,
    error: 'invalid_request',
    text: "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.",
  },
  900023: {
    status: 400,
    error: 'invalid_request',
    text: "Specified tenant identifier '{tenant}' is neither a valid DNS name, nor a valid external domain.",
  },
  50059: {
    status: 400,
    error: 'invalid_request',
    text: 'No tenant-identifying information found in either the request or implied by any provided credentials.',
  },
  50049: { status: 400, error: 'invalid_instance', text: 'Unknown or invalid instance.' },

  // Shape of the request
  900561: {
    status: 400,
    error: 'invalid_request',
    text: 'The endpoint only accepts POST requests. Received a {method} request.',
  },
  900144: {
    status: 400,
    error: 'invalid_request',
    text: "The request body must contain the following parameter: '{parameter}'.",
  },
  70003: {
    status: 400,
    error: 'unsupported_grant_type',
    text: "The app requested an unsupported grant type '{grantType}'.",
  },
  70011: {
    status: 400,
    error: 'invalid_scope',
    text: "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid.",
  },
  1002012: {
    status: 400,
    error: 'invalid_scope',
    text: 'The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).',
  },
  500011: {
    status: 400,
    error: 'invalid_resource',
    text: `The resource principal named {resource} was not found in the tenant named {tenant}. ${wrongTenantAdvice} You might have sent your authentication request to the wrong tenant.`,
  },

  // Application
  700016: {
    status: 400,
    error: 'unauthorized_client',
    text: `Application with identifier '{appId}' was not found in the directory '{tenant}'. ${wrongTenantAdvice} You may have sent your authentication request to the wrong tenant.`,
  },
  7000112: {
    status: 401,
    error: 'unauthorized_client',
    text: "Application '{appId}'({name}) is disabled.",
  },

  // Secret
  7000215: {
    status: 401,
    error: 'invalid_client',
    text: "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{appId}'.",
  },
  7000216: {
    status: 401,
    error: 'invalid_client',
    text: "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
  },
  7000218: {
    status: 401,
    error: 'invalid_client',
    text: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  },
  7000222: {
    status: 401,
    error: 'invalid_client',
    text: "The provided client secret keys for app '{appId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.",
  },

  // Assertion
  50027: { status: 400, error: 'invalid_request', text: 'JWT token is invalid or malformed.' },
  90014: {
    status: 400,
    error: 'invalid_request',
    text: "The required field '{field}' is missing from the credential. Ensure that you have all the necessary parameters for the login request.",
  },
  5002723: {
    status: 401,
    error: 'invalid_client',
    text: 'Invalid JWT token. No certificate SHA-1 thumbprint, certificate SHA-256 thumbprint, nor keyId specified in token header.',
  },
  5002738: {
    status: 401,
    error: 'invalid_client',
    text: "Invalid JWT token. '{algorithm}' is not a supported signature algorithm. Supported signing algorithms are: '{supported}'",
  },
  700027: {
    status: 401,
    error: 'invalid_client',
    text: "{finding} [Reason - {reason}, Thumbprint of key used by client: '{thumbprint}', {found}Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '{appId}'. Review the documentation at https://learn.microsoft.com/graph/deployments to determine the corresponding service endpoint and https://learn.microsoft.com/graph/api/application-get to build a query request URL, such as 'https://graph.microsoft.com/beta/applications/{appId}'].",
  },
  700024: {
    status: 401,
    error: 'invalid_client',
    text: `Client assertion is not within its valid time range. Current time: {now}, assertion valid from {start}, expiry time of assertion {end}. Review the documentation at ${credentialsPage} .`,
  },
  700021: {
    status: 401,
    error: 'invalid_client',
    text: `Client assertion application identifier doesn't match 'client_id' parameter. Review the documentation at ${credentialsPage} .`,
  },
  700023: {
    status: 401,
    error: 'invalid_client',
    text: `Client assertion audience claim does not match Realm issuer. Review the documentation at ${credentialsPage} .`,
  },
  70021: {
    status: 400,
    error: 'invalid_request',
    text: `No matching federated identity record found for presented assertion. Assertion Issuer: '{issuer}'. Assertion Subject: '{subject}'. Assertion Audience: '{audience}'. ${federationPage}`,
  },
  700211: {
    status: 401,
    error: 'invalid_client',
    text: `No matching federated identity record found for presented assertion issuer '{issuer}'. ${federationAdvice}`,
  },
  700212: {
    status: 401,
    error: 'invalid_client',
    text: `No matching federated identity record found for presented assertion audience '{audience}'. ${federationAdvice}`,
  },
  700213: {
    status: 401,
    error: 'invalid_client',
    text: `No matching federated identity record found for presented assertion subject '{subject}'. ${federationAdvice}`,
  },

  // Users, and what the platform decides by itself
  50034: {
    status: 400,
    error: 'invalid_grant',
    text: 'The user account {user} does not exist in the {tenant} directory. To sign into this application, the account must be added to the directory.',
  },
  50126: {
    status: 400,
    error: 'invalid_grant',
    text: 'Error validating credentials due to invalid username or password.',
  },
  50055: { status: 400, error: 'invalid_grant', text: 'The password is expired.' },
  50057: { status: 400, error: 'invalid_grant', text: 'The user account is disabled.' },
  50076: {
    status: 400,
    error: 'invalid_grant',
    text: "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '{resource}'.",
  },
  65001: {
    status: 400,
    error: 'invalid_grant',
    text: "The user or administrator has not consented to use the application with ID '{appId}' named '{name}'. Send an interactive authorization request for this user and resource.",
  },
  53003: {
    status: 400,
    error: 'interaction_required',
    text: 'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
  },
  90055: {
    status: 429,
    error: 'temporarily_unavailable',
    text: 'Server is terminating the request because there are too many requests.',
  },
  50196: {
    status: 400,
    error: 'invalid_grant',
    text: 'The server terminated an operation because it encountered a client request loop. Please contact your app vendor.',
  },
} as const satisfies Record<number, { status: number; error: string; text: string }>;

export type AadstsCode = keyof typeof aadstsErrors;

/** An expected refusal: the code, what fills its text, and members that only this refusal carries. */
export interface Refusal {
  readonly kind: 'refused';
  readonly code: AadstsCode;
  readonly details: Readonly<Record<string, string>>;
  /** Added to the answer; may replace its `error`. */
  readonly members?: Readonly<Record<string, string>>;
}

export function refuse(
  code: AadstsCode,
  details: Readonly<Record<string, string>> = {},
  members: Readonly<Record<string, string>> = {},
): Refusal {
  return { kind: 'refused', code, details, members };
}

/** The answer to a refused request, in the identity platform's JSON. `correlationId` is the client's, if it sent one. */
export function refusalReply(
  refusal: Refusal,
  request: HttpRequest,
  nowMs: number,
  correlationId = correlationIdOf(request),
): HttpReply {
  const { status, error, text } = aadstsErrors[refusal.code];
  const message = text.replace(/\{(\w+)\}/g, (_, name: string) => refusal.details[name] ?? '');
  const traceId = randomUUID();
  const timestamp = new Date(nowMs)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
  return jsonReply(
    status,
    {
      error,
      error_description: `AADSTS${refusal.code}: ${message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
      error_codes: [refusal.code],
      timestamp,
      trace_id: traceId,
      correlation_id: correlationId,
      error_uri: `${request.origin}/error?code=${refusal.code}`,
      ...refusal.members,
    },
    { ...platformHeaders(traceId, correlationId), ...uncachedHeaders },
  );
}

/** The client's own request id, or a new one. */
export function correlationIdOf(request: HttpRequest, form?: URLSearchParams): string {
  const sent = request.headers['client-request-id'] ?? form?.get('client-request-id') ?? '';
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(sent) ? sent : randomUUID();
}

/** Headers on every answer of the identity platform. */
export function platformHeaders(traceId: string, correlationId: string): Record<string, string> {
  return {
    P3P: 'CP="DSP CUR OTPi IND OTRi ONL FIN"',
    'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
    'X-Content-Type-Options': 'nosniff',
    'x-ms-request-id': traceId,
    'x-ms-ests-server': '2.1.25000.5 - WEULR1 ProdSlices',
    'client-request-id': correlationId,
  };
}

/** Answers about one request only: tokens and refusals. */
export const uncachedHeaders: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store, no-cache',
  Pragma: 'no-cache',
  Expires: '-1',
};
