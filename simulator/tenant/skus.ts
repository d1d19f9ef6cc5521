// The licences of the simulated tenant, with the product and service plan ids that Microsoft publishes.

const exchange = ['EXCHANGE_S_ENTERPRISE', 'efb87545-963c-4e0d-99df-69c6916d9eb0'] as const;
const sharePoint = ['SHAREPOINTENTERPRISE', '5dbe027f-2339-4123-9542-606e4d348a72'] as const;
const teams = ['TEAMS1', '57ff2da0-773e-42df-b2af-ffb7a2317929'] as const;
const entraP1 = ['AAD_PREMIUM', '41781fb2-bc02-4b7c-bd55-b576c07bb09d'] as const;
const entraP2 = ['AAD_PREMIUM_P2', 'eec0eb4f-6444-4f95-aba0-50c24d67f998'] as const;
const intune = ['INTUNE_A', 'c1ec4a95-1f05-45b3-a911-aa3fa01094f5'] as const;

/** Name and id of each service plan of a product. */
type ServicePlans = readonly (readonly [name: string, id: string])[];

export const skus: readonly { skuPartNumber: string; skuId: string; servicePlans: ServicePlans }[] = [
  {
    skuPartNumber: 'SPE_E3',
    skuId: '05e9a617-0261-4cee-bb44-138d3ef5d965',
    servicePlans: [exchange, sharePoint, teams, entraP1, intune],
  },
  {
    skuPartNumber: 'SPE_E5',
    skuId: '06ebc4ee-1bb5-47dd-8120-11324bc54e06',
    servicePlans: [exchange, sharePoint, teams, entraP1, entraP2, intune],
  },
  {
    skuPartNumber: 'SPE_F1',
    skuId: '66b55226-6b4f-492c-910c-a3b7a3c9d993',
    servicePlans: [teams, entraP1, intune],
  },
];
