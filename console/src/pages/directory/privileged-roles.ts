/**
 * Directory roles that Microsoft marks as privileged, by the ids of their templates (Microsoft Entra documentation: built-in roles). They
 * are not all of them, so that nothing is said of others; role definitions, which would say it of each, are not read.
 */
const privileged = new Set([
  '62e90394-69f5-4237-9190-012177145e10',
  'e8611ab8-c189-46e8-94e1-60213ab1f814',
  '7be44c8a-adaf-4e2a-84d6-ab2649e08a13',
  '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3',
  '158c047a-c907-4556-b7ef-446551a6b5f7',
  'c4e39bd9-1100-46d3-8c65-fb160da0071f',
  'b1be1c3e-b65d-4f19-8427-f6fa0d97feb9',
  '194ae4cb-b126-40b2-bd5b-6091b380977d',
  'fe930be7-5e62-47db-91af-98c3a49a38b1',
  '729827e3-9c14-49f7-bb1b-9608f156bbb8',
  '8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2',
  '3a2c62db-5318-420d-8d74-23affee5d9d5',
  '8329153b-31d0-4727-b945-745eb3bc5f31',
  '9360feb5-f418-4baa-8175-e2a00bac4301',
  'f2ef992c-3afb-46b9-b7cf-a126ee74c451',
  '5d6b6bb7-de71-4623-b4af-96380a352509',
  '966707d0-3269-4727-9be2-8c3a10f19b9d',
  '5f2222b1-57c3-48ba-8ad5-d4759f1fde6f',
  'cf1c38e5-3621-4004-a7cb-879624dced7c',
]);

/** True, or undefined where nobody here knows. */
export function isPrivileged(roleTemplateId: unknown): true | undefined {
  return typeof roleTemplateId === 'string' && privileged.has(roleTemplateId.toLowerCase())
    ? true
    : undefined;
}
