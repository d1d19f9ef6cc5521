/** The words for clouds. */
import { t } from '../../texts/integrations.ts';

/** The name of a cloud as the form has it. */
export function cloudName(cloud: string): string {
  const known = ['Global', 'USGovL4', 'USGovL5', 'China', 'Custom', 'Simulated'] as const;
  const found = known.find((one) => one === cloud);
  return found === undefined ? cloud : t(`integrations.cloud.${found}`);
}
