/** The attributes that people have added to a type, as they are saved. */
import type { IdentityTypeDetails, IdentityTypeInput } from '../../../../src/http/schemas/identities.ts';

export function customOf({ attributes }: IdentityTypeDetails): IdentityTypeInput['customAttributes'] {
  return attributes
    .filter(({ isCustom }) => isCustom)
    .map(({ name, label, description, type, isMultiValued, isRequired }) => ({
      name,
      label,
      description,
      type,
      isMultiValued,
      isRequired,
    }));
}
