/** Node programs that load a module of a bench first, which tells what they keep to themselves. */

/** The Node processes that `start` starts load `module`, an address, and see `variables`. */
export async function preloading<Started>(
  module: string,
  variables: Record<string, string>,
  start: () => Promise<Started>,
): Promise<Started> {
  const { NODE_OPTIONS = '' } = process.env;
  Object.assign(process.env, variables, { NODE_OPTIONS: `${NODE_OPTIONS} --import=${module}` });
  try {
    return await start();
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name];
    process.env.NODE_OPTIONS = NODE_OPTIONS;
  }
}
