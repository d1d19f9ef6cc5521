/** The signed-in person's own account. */
import { api } from './api.ts';

export async function changeOwnPassword(current: string, next: string): Promise<void> {
  await api.put('/api/session/password', { current, next });
}
