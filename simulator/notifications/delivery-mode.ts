// What is done to notifications on purpose: everything that a webhook may do to its subscriber without being broken.
export const deliveryModes = ['normal', 'off', 'delayed', 'duplicated'] as const;

export interface DeliveryMode {
  readonly mode: (typeof deliveryModes)[number];
  /** How much later notifications are sent while they are delayed. */
  readonly delaySeconds: number;
}

/** Graph delays the notifications of slow endpoints by ten minutes. */
export const usualMode: DeliveryMode = { mode: 'normal', delaySeconds: 600 };
