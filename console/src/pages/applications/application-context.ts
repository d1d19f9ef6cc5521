/** The application whose pages are open: its frame has loaded it, and every page within takes it from here. */
import { createContext, useContext } from 'react';
import type { Application } from '../../../../src/http/schemas/applications.ts';

export const ApplicationContext = createContext<Application | undefined>(undefined);

export function useApplication(): Application {
  const application = useContext(ApplicationContext);
  if (!application) throw new Error('This page is not within the frame of an application.');
  return application;
}
