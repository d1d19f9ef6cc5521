/** A port for the app: plain HTTP or TLS, and an end that lets open requests finish. */
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createAdaptorServer } from '@hono/node-server';
import { Fault } from '../errors.ts';

export type Listening = Readonly<{
  host: string;
  /** 0 for any that is free. */
  port: number;
  /** The contents of the PEM files; undefined for plain HTTP. */
  tls: Readonly<{ certificate: string; key: string }> | undefined;
}>;

export type Listener = Readonly<{
  port: number;
  /** Begins to answer; whoever connected before has waited. */
  serve: (answer: Answer) => void;
  /** Takes no more connections and ends when open requests are answered, or after so many milliseconds without them. */
  drain: (graceMs: number) => Promise<void>;
}>;

/** An app's `fetch`. */
export type Answer = (request: Request, bindings: object) => Response | Promise<Response>;

/** What a request may take to arrive, so that nobody holds a connection with nothing. */
const arrivalMs = 30_000;

/** Opens the port. Throws a `Fault` with code `invalid-setting` when it cannot be had, or the certificate cannot be used. */
export async function listen({ host, port, tls }: Listening): Promise<Listener> {
  const { promise: answering, resolve: serve } = Promise.withResolvers<Answer>();
  const timeouts = { requestTimeout: arrivalMs, headersTimeout: arrivalMs };
  const fetch = async (request: Request, bindings: object) => (await answering)(request, bindings);
  const open = () =>
    tls === undefined
      ? createAdaptorServer({ fetch, createServer: createHttpServer, serverOptions: timeouts })
      : createAdaptorServer({
          fetch,
          createServer: createTlsServer,
          serverOptions: { ...timeouts, cert: tls.certificate, key: tls.key, minVersion: 'TLSv1.2' },
        });
  let server: ReturnType<typeof open>;
  try {
    server = open();
  } catch (error) {
    throw new Fault(
      'invalid-setting',
      `--tls-certificate and --tls-key cannot be used together (${messageOf(error)}): give the PEM files of a certificate and its private key.`,
      { cause: error },
    );
  }
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Fault(
      'invalid-setting',
      `--host ${host} --port ${port} cannot be listened on (${messageOf(error)}): end what is there, or give another port.`,
      { cause: error },
    );
  }
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    serve,
    async drain(graceMs) {
      const closed = once(server, 'close');
      server.close();
      if (!('closeAllConnections' in server)) return;
      server.closeIdleConnections();
      const { closeAllConnections } = server;
      const late = setTimeout(() => closeAllConnections.call(server), graceMs);
      await closed;
      clearTimeout(late);
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
