"""Runs scenarios with Pipecat's conversation test harness, as `pipecat eval run` does; a line of JSON for each.

usage: run.py SCENARIOS.yaml ws://HOST:PORT/rtvi NAME...
"""

import asyncio
import json
import sys

from loguru import logger
from pipecat.evals.scenario import EvalScenarioFile
from pipecat.evals.session import EvalSession, EvalSessionParams


async def main(path: str, url: str, *names: str) -> None:
    params = EvalSessionParams(default_timeout_ms=15000, bot_ready_timeout_s=10)
    for scenario in EvalScenarioFile.load(path):
        name = scenario.name.rpartition("/")[2]
        if name not in names:
            continue
        result = await EvalSession.from_scenario(scenario, url, params=params).run()
        failures = [str(failure) for failure in result.failures]
        print(json.dumps({"name": name, "passed": result.passed, "failures": failures, "log": result.debug_log}))


logger.remove()
asyncio.run(main(*sys.argv[1:]))
