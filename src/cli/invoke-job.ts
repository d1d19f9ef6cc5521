// `syncline invoke-job`: launches a job on a server, waits for its end and says it with an exit code (Identity Manager:
// Usercube-Invoke-Job).
import { type Command, Option } from 'commander';
import { loadConfig } from '../config.ts';
import { Fault } from '../errors.ts';
import { openIdClient } from '../settings/open-id-settings.ts';
import { loadSettings } from '../settings/settings.ts';
import { type ApiSession, openApiSession } from './api-session.ts';
import { conclude } from './conclusion.ts';
import { endLines, exitCodesOfRuns, faultOfRun, type ShownRun, watchRun } from './run-watching.ts';

type InvokeOptions = Readonly<{
  jobIdentifier: string;
  apiUrl?: string;
  apiClientId?: string;
  apiSecret?: string;
  repairJob?: true;
  beginJobStep?: string;
  endJobStep?: string;
  taskIdentifier?: string;
  taskType?: string;
  taskStringContains?: string;
  forceSynchronizationProvisioning?: string | true;
  wait: boolean;
  settings?: string;
  data?: string;
  json?: true;
}>;

export function addInvokeJob(program: Command): void {
  program
    .command('invoke-job')
    .description('Launch a job on a server, wait for its end, and say with the exit code how it ended.')
    .requiredOption('-j, --job-identifier <identifier>', 'the job to launch')
    .option('--api-url <url>', 'address of the server (default: ApplicationUri of the settings)')
    .option('--api-client-id <id>', 'API client (default: DefaultOpenIdClient of the settings)')
    .addOption(
      new Option('--api-secret <secret>', 'its secret (default: that of the settings)').env(
        'SYNCLINE_API_SECRET',
      ),
    )
    .option(
      '-r, --repair-job',
      'go on with the blocked last run: apply what is held back, then the other tasks',
    )
    .option('-b, --begin-job-step <task>', 'from this task on')
    .option('-e, --end-job-step <task>', 'up to this task')
    .option('-t, --task-identifier <task>', 'only this task')
    .option('-c, --task-type <type>', 'only the first task of this type, such as SynchronizeTask')
    .option('-s, --task-string-contains <text>', 'only tasks whose identifier contains this text')
    .option('-f, --force-synchronization-provisioning [number]', 'apply whatever the guards say')
    .option('--no-wait', 'do not wait for the end')
    .option('--settings <file>', 'settings file (default: appsettings.agent.json)')
    .option('--data <directory>', "directory for Syncline's files (default: data)")
    .option('--json', 'print one line of JSON at the end, and progress on standard error')
    .addHelpText(
      'after',
      `
${exitCodesOfRuns}, 5 refused (client, secret, permission,
  or the job is under way), 6 no such job, 7 no server, 2 wrong usage

Example:
  syncline invoke-job -j "MicrosoftEntraID_Synchronization_Delta" --api-secret secret --api-client-id Job --api-url "http://localhost:5080"`,
    )
    .action(invokeJob);
}

async function invokeJob(options: InvokeOptions): Promise<void> {
  const config = loadConfig(options);
  await conclude(options, config, async (view) => {
    refuseSelectionOfRepair(options);
    const { apiUrl, client } = readAccess(options, config);
    const session = await openApiSession(apiUrl, client, view.say);
    try {
      const jobRunId = await launch(session, options);
      view.say(`${options.jobIdentifier} is launched as run ${jobRunId}.`);
      if (!options.wait) return { lines: [], json: { jobRunId } };
      const run = await watchRun(() => readRun(session, jobRunId), view.say);
      const fault = faultOfRun(run);
      return { lines: endLines(run), json: run, ...(fault === undefined ? {} : { fault }) };
    } finally {
      await session.close();
    }
  });
}

/** A server that is gone meanwhile ends the command, and not the run. */
async function readRun(session: ApiSession, jobRunId: number): Promise<ShownRun> {
  try {
    return (await session.get(`/api/runs/${jobRunId}`)) as ShownRun;
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'server-unreachable') throw error;
    throw new Fault(error.code, `Run ${jobRunId} goes on, and is not heard of any more: ${error.message}`);
  }
}

/** A repair goes on with all that is left of a run. */
function refuseSelectionOfRepair(options: InvokeOptions): void {
  const { repairJob, beginJobStep, endJobStep, taskIdentifier, taskType, taskStringContains } = options;
  const selections = Object.entries({
    '--begin-job-step': beginJobStep,
    '--end-job-step': endJobStep,
    '--task-identifier': taskIdentifier,
    '--task-type': taskType,
    '--task-string-contains': taskStringContains,
  });
  const [unusable] = selections.flatMap(([option, value]) => (value === undefined ? [] : [option]));
  if (!repairJob || unusable === undefined) return;
  throw new Fault(
    'invalid-setting',
    `--repair-job goes on with all tasks that the blocked run has left, which ${unusable} cannot narrow: leave one of them out.`,
  );
}

/** Where the server is and as whom to go there: from the options, else from the settings. */
function readAccess(
  { apiUrl, apiClientId, apiSecret }: InvokeOptions,
  config: ReturnType<typeof loadConfig>,
): { apiUrl: string; client: { clientId: string; secret: string } } {
  const isComplete = apiUrl !== undefined && apiClientId !== undefined && apiSecret !== undefined;
  const settings = isComplete ? undefined : loadSettings(config.settingsFile, config.environment);
  const url = apiUrl ?? settings?.application.applicationUri;
  if (url === undefined) throw lacks('--api-url', 'ApplicationUri');
  const parsed = URL.parse(url);
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') {
    throw new Fault(
      'invalid-setting',
      `--api-url is ${JSON.stringify(url)}, which is no address of a server: write http://HOST:PORT or https://HOST.`,
    );
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new Fault(
      'invalid-setting',
      '--api-url holds a name or a password, which the server does not ask for: write the address alone, and give --api-client-id and --api-secret.',
    );
  }
  if (apiClientId !== undefined && apiSecret !== undefined) {
    return { apiUrl: url, client: { clientId: apiClientId, secret: apiSecret } };
  }
  // The settings know clients by their identifiers, and servers by these and a domain behind them.
  const [identifier] = apiClientId?.split('@') ?? [];
  const known = openIdClient(settings?.openId, identifier);
  if (known === undefined)
    throw lacks(apiClientId === undefined ? '--api-client-id' : '--api-secret', 'OpenId');
  const { clientId, secret } = known;
  return { apiUrl: url, client: { clientId: apiClientId ?? clientId, secret: apiSecret ?? secret } };
}

function lacks(option: string, section: string): Fault {
  return new Fault(
    'invalid-setting',
    `${option} is missing: give it, or write ${section} into the settings file.`,
  );
}

async function launch(session: ApiSession, options: InvokeOptions): Promise<number> {
  const body = {
    ...(options.beginJobStep === undefined ? {} : { beginStep: options.beginJobStep }),
    ...(options.endJobStep === undefined ? {} : { endStep: options.endJobStep }),
    ...(options.taskIdentifier === undefined ? {} : { taskIdentifier: options.taskIdentifier }),
    ...(options.taskType === undefined ? {} : { taskType: options.taskType }),
    ...(options.taskStringContains === undefined ? {} : { taskContains: options.taskStringContains }),
    ...(options.forceSynchronizationProvisioning === undefined ? {} : { force: true }),
    ...(options.repairJob ? { isRepair: true } : {}),
  };
  const path = `/api/jobs/${encodeURIComponent(options.jobIdentifier)}/runs`;
  const { jobRunId } = (await session.post(path, body)) as { jobRunId: number };
  return jobRunId;
}
