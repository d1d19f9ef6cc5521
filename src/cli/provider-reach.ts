// Where requests to sign-in providers may go: to networks of one's own, too, but to this machine only where that is allowed.
import type { Config } from '../config.ts';
import { checkAddress, guardLookup, lookUpAllowed } from '../connectors/entra/addresses.ts';
import { isLoopback } from '../http/client-address.ts';
import type { ProviderReach } from '../http/sign-in/open-id.ts';

const thisMachine = 'this machine itself; SYNCLINE_ALLOW_PRIVATE_ENDPOINTS=1 allows it';

export function providerReach({
  allowsPrivateEndpoints,
}: Pick<Config, 'allowsPrivateEndpoints'>): ProviderReach {
  if (allowsPrivateEndpoints) return { check: checkAddress, lookUp: lookUpAllowed };
  return {
    check(address) {
      const objection = checkAddress(address);
      if (objection !== undefined) return objection;
      const host = new URL(address).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
      const isHere = host === 'localhost' || host.endsWith('.localhost') || isLoopback(host);
      return isHere ? `leads to ${thisMachine}` : undefined;
    },
    lookUp: guardLookup(lookUpAllowed, (ip) => (isLoopback(ip) ? thisMachine : undefined)),
  };
}
