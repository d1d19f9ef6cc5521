// Passwords at the command line: asked for where somebody sits, read from standard input otherwise; never an argument, which every
// process of the machine could read.
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Fault } from '../errors.ts';

/** Longer than any password that is taken. */
const mostBytes = 4096;

/** The password; at a terminal it is asked for twice, unseen. Throws a `Fault` with code `invalid-setting`. */
export async function readPassword(input: NodeJS.ReadStream, prompt: NodeJS.WriteStream): Promise<string> {
  if (!input.isTTY) return await readFirstLine(input);
  const password = await ask('Password: ', input, prompt);
  if ((await ask('Once more: ', input, prompt)) === password) return password;
  throw new Fault('invalid-setting', 'The two passwords differ: try again.');
}

async function readFirstLine(input: NodeJS.ReadStream): Promise<string> {
  let text = '';
  for await (const chunk of input.setEncoding('utf8')) {
    text += String(chunk);
    if (text.includes('\n') || text.length > mostBytes) break;
  }
  const [line = ''] = text.split(/\r?\n/);
  if (line !== '') return line;
  throw new Fault(
    'invalid-setting',
    'There is no password: write it on standard input, or call this in a terminal, which asks for it.',
  );
}

async function ask(question: string, input: NodeJS.ReadStream, prompt: NodeJS.WriteStream): Promise<string> {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  // Before the question is asked: from here on the terminal shows nothing of what is typed.
  const lines = createInterface({ input, output: unseen, terminal: true });
  prompt.write(question);
  try {
    return await lines.question('');
  } finally {
    lines.close();
    prompt.write('\n');
  }
}
