/**
 * Takes the messages of the texts apart when the console is built, so that no browser has to load what does (7 kB). A text file is
 * an object of plain strings; whatever else stands there stops the build.
 */
import { compileMessage } from '@lingui/message-utils/compileMessage';
import { type Plugin, parseSync, Visitor } from 'vite';

type Piece = Readonly<{ start: number; end: number; message: string }>;

export function compileTexts(): Plugin {
  return {
    name: 'syncline-compile-texts',
    enforce: 'pre',
    transform: {
      filter: { id: /[/\\\\]console[/\\\\]src[/\\\\]texts[/\\\\][a-z-]+\.ts$/ },
      handler(code, id) {
        let compiled = code;
        // From the end on, so that places before keep theirs.
        for (const { start, end, message } of messagesIn(code, id).reverse()) {
          compiled = compiled.slice(0, start) + JSON.stringify(compileMessage(message)) + compiled.slice(end);
        }
        return { code: compiled, map: null };
      },
    },
  };
}

/** The values of all properties whose names are keys of texts: words with dots between them. */
function messagesIn(code: string, id: string): Piece[] {
  const pieces: Piece[] = [];
  new Visitor({
    Property({ key, value }) {
      if (key.type !== 'Literal' || typeof key.value !== 'string' || !key.value.includes('.')) return;
      if (value.type !== 'Literal' || typeof value.value !== 'string') {
        throw new Error(`${id}: the text ${key.value} is no plain string: write it as one.`);
      }
      pieces.push({ start: value.start, end: value.end, message: value.value });
    },
  }).visit(parseSync(id, code).program);
  return pieces;
}
