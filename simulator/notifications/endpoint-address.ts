// Which addresses the simulator calls: this machine's own, and hosts that were allowed by name. It must not become
// somebody's tool for reaching into a network.
import { bareHost, isNamed } from '../hosts.ts';

/** The requirement that an address breaks, as it goes on after "The property … "; undefined when it may be called. */
export function addressRefusal(text: string, allowedHosts: readonly string[]): string | undefined {
  if (/^event(?:hub|grid):/i.test(text)) {
    return 'leads to Event Hubs or Event Grid, which this simulator does not deliver to: give the address of a webhook';
  }
  const url = URL.parse(text);
  if (!url) return 'must be an absolute URL';
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or password';
  const isLoopback = isLoopbackHost(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback)) {
    return 'must start with https; plain http leads only to this machine';
  }
  if (isLoopback || isNamed(allowedHosts, bareHost(url.hostname))) return undefined;
  return `leads to ${url.hostname}: this simulator calls only its own machine and the hosts that were allowed at its start`;
}

/** As a parsed URL writes it: numbers in any notation are dotted by then. */
function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
