// The floor of the simulator's benchmark: a bare node:http or node:https server that sends prepared bodies from memory.
// Started with a folder of bodies named 0, 1, 2, … and, for TLS, with certificate and key beside them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const folder = process.argv[2] ?? '';
const names = readdirSync(folder).filter((name) => /^\d+$/.test(name));
const bodies = names.sort((a, b) => Number(a) - Number(b)).map((name) => readFileSync(join(folder, name)));

const answer: RequestListener = (request, response) => {
  const body = bodies[Number(request.url?.slice(1))];
  response.writeHead(body ? 200 : 404, { 'Content-Type': 'application/json' });
  response.end(body);
};
const key = join(folder, 'key.pem');
const server = existsSync(key)
  ? createTlsServer({ key: readFileSync(key), cert: readFileSync(join(folder, 'cert.pem')) }, answer)
  : createServer(answer);
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});
