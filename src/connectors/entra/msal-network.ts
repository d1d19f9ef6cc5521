/** The network as MSAL sees it, over an exchange of ours. */
import type { INetworkModule, NetworkResponse } from '@azure/msal-node';
import type { HttpRequest } from './http-transport.ts';

export type MsalAnswer = Readonly<{
  status: number;
  headers: Readonly<Record<string, string>>;
  document: unknown;
}>;

export function createNetwork(send: (request: HttpRequest) => Promise<MsalAnswer>): INetworkModule {
  async function exchange<T>(
    method: HttpRequest['method'],
    url: string,
    options?: { headers?: Record<string, string>; body?: string },
  ): Promise<NetworkResponse<T>> {
    const { status, headers, document } = await send({
      method,
      url,
      headers: options?.headers ?? {},
      ...(options?.body === undefined ? {} : { body: options.body }),
    });
    return { status, headers: { ...headers }, body: document as T };
  }
  return {
    sendGetRequestAsync: (url, options) => exchange('GET', url, options),
    sendPostRequestAsync: (url, options) => exchange('POST', url, options),
  };
}
