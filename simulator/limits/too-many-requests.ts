// The document of a throttled request. It is not the usual error document: its inner error repeats the status.

/** Microsoft Graph throttling guidance: sample response. `nowMs` is the tenant's time. */
export function tooManyRequests(context: { readonly nowMs: number; readonly requestId: string }): object {
  return {
    error: {
      code: 'TooManyRequests',
      message: 'Please retry again later.',
      innerError: {
        code: '429',
        date: new Date(context.nowMs).toISOString().slice(0, 19),
        message: 'Please retry after',
        'request-id': context.requestId,
        status: '429',
      },
    },
  };
}
