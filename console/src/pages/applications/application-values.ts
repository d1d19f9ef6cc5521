/** What is typed of an application, and what of it is wrong before it is sent. */
import * as z from 'zod/mini';
import type { Application } from '../../../../src/http/schemas/applications.ts';
import { t } from '../../texts/applications.ts';

export type Owner = Application['owners'][number];

export type ApplicationValues = {
  readonly name: string;
  readonly description: string;
  readonly owners: readonly Owner[];
  readonly isAuthoritative: boolean;
};

export const applicationShape = {
  name: z.string().check(
    z.refine((name) => name.trim() !== '', t('applications.nameMissing')),
    z.refine((name) => !name.includes('/'), t('applications.nameSlash')),
    z.maxLength(100, t('applications.nameLong')),
  ),
  description: z.string().check(z.maxLength(500, t('applications.descriptionLong'))),
  owners: z.readonly(z.array(z.object({ key: z.string(), name: z.nullable(z.string()) }))),
  isAuthoritative: z.boolean(),
};

export const applicationSchema = z.object(applicationShape);

export const applicationLabels = {
  name: t('applications.name'),
  description: t('applications.description'),
  owners: t('applications.owners'),
  isAuthoritative: t('applications.authoritative'),
};
