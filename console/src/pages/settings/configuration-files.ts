/** Files that were chosen, as they are sent: XML, and mappings as JSON, with their paths, as text. */
import type { ConfigurationFileUpload } from '../../../../src/http/schemas/configuration.ts';
import { t } from '../../texts/configuration.ts';

export type ChosenFiles =
  | Readonly<{ kind: 'files'; files: readonly ConfigurationFileUpload[] }>
  | Readonly<{ kind: 'refused'; reason: string }>;

/** What the server takes in one request, with room for what JSON adds. */
const mostBytes = 7 * 2 ** 20;

/** Reads files that somebody has chosen. Everything else is left out. */
export async function readFiles(chosen: readonly File[]): Promise<ChosenFiles> {
  const wanted = chosen.filter(isRead);
  if (wanted.length === 0) return { kind: 'refused', reason: t('configuration.noXml') };
  const bytes = wanted.reduce((sum, { size }) => sum + size, 0);
  if (bytes > mostBytes) {
    const size = (value: number) => `${(value / 2 ** 20).toFixed(1)} MiB`;
    const reason = t('configuration.tooLarge', { size: size(bytes), most: size(mostBytes) });
    return { kind: 'refused', reason };
  }
  const files = await Promise.all(
    wanted.map(async (file) => ({
      path: file.webkitRelativePath || file.name,
      content: decode(new Uint8Array(await file.arrayBuffer())),
    })),
  );
  return { kind: 'files', files };
}

/** In a folder only JSON of its folder Mappings is a mapping; whoever chooses a file by itself means it. */
function isRead({ name, webkitRelativePath }: File): boolean {
  return (
    /\.xml$/i.test(name) || /(?:^|\/)mappings\/[^/]+\.json$|^[^/]+\.json$/i.test(webkitRelativePath || name)
  );
}

/** UTF-8, or UTF-16 where a byte order mark says so. */
function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return new TextDecoder('utf-8').decode(bytes);
}
