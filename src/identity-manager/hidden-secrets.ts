/** Elements as they are shown and handed out: without the hashes of secrets, which a secret that was badly chosen can be guessed from. */
import { type ConfigurationElement, unchangedSecret } from './configuration.ts';

const otherSecret = 'another secret';

/** `deployed` are the elements that say whether a hash stays as it is; the elements themselves where it is missing. */
export function hideSecrets(
  elements: readonly ConfigurationElement[],
  deployed: readonly ConfigurationElement[] = elements,
): readonly ConfigurationElement[] {
  const hashes = new Map(deployed.filter(isClient).map((client) => [keyOf(client), hashOf(client)]));
  return elements.map((element) => {
    if (!isClient(element)) return element;
    const isUnchanged = hashes.get(keyOf(element)) === hashOf(element);
    const HashedSecret = isUnchanged ? unchangedSecret : otherSecret;
    return { ...element, attributes: { ...element.attributes, HashedSecret } };
  });
}

function isClient({ kind }: ConfigurationElement): boolean {
  return kind === 'OpenIdClient';
}

function keyOf({ identifier }: ConfigurationElement): string {
  return identifier.toLowerCase();
}

function hashOf({ attributes }: ConfigurationElement): string | undefined {
  return attributes.HashedSecret;
}
