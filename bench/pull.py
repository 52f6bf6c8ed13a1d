"""Measure a pull of a named source from its loopback server: records a second, and the peak memory of the pulling process.

    python bench/pull.py salesforce --records 200000
    python bench/pull.py salesforce --records 200000 --api rest --max-memory 400
    python bench/pull.py sql --records 200000 --max-memory 400
    python bench/pull.py hubspot --records 200000 --max-memory 400

Server and pull are processes of their own; what is measured is the pull alone, from its start to its last record. With a
limit that does not hold the exit code is 1.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]

#: What pulls, in a process of its own: it reads the server's line from its first argument, and prints figures as JSON.
SALESFORCE = """
import json, sys, time
from datetime import UTC, date, datetime
from pathlib import Path
from steplint.records import Org
from steplint.sources.remote import Context
from steplint.sources.remote.log import RunLog
from steplint.sources.remote.open import open_named
from steplint.sources.remote.secrets import Secrets
from steplint.sources.salesforce import Salesforce
from tests.servers.base import Reroute
served, state, api = sys.argv[1:]
url, secret = served.split()
Salesforce.transport = Reroute(url)
secrets = Secrets({"KEY": "3MVG9.canary4711.key", "SECRET": secret}, Path("."))
now = lambda: datetime(2026, 1, 12, 2, tzinfo=UTC)
context = Context(secrets, RunLog(None, "bench", now, secrets), date(2026, 1, 12), now)
login = {"auth": "client_credentials", "consumer_key": {"env": "KEY"}, "consumer_secret": {"env": "SECRET"}}
settings = {"domain": "acme.my", **login, "api": api, "closed": True}
source = Salesforce("crm", Salesforce.Settings.model_validate(settings), context)
start = time.perf_counter()
stream = open_named(source, org=Org(), state=Path(state))
pulled = time.perf_counter()
count = sum(batch.records.height for batch in stream.batches)
print(json.dumps({"records": count, "calls": source.api.session.calls, "pull_seconds": round(pulled - start, 2),
                  "records_seconds": round(time.perf_counter() - pulled, 2)}))
"""

SQL = """
import json, sys, time
from datetime import UTC, date, datetime
from pathlib import Path
from steplint.records import Org
from steplint.sources.remote import Context
from steplint.sources.remote.log import RunLog
from steplint.sources.remote.open import open_named
from steplint.sources.remote.secrets import Secrets
from steplint.sources.sql import Sql
address, state, _ = sys.argv[1:]
secrets = Secrets({"ADDRESS": address}, Path("."))
now = lambda: datetime(2026, 1, 12, 2, tzinfo=UTC)
context = Context(secrets, RunLog(None, "bench", now, secrets), date(2026, 1, 12), now)
settings = {"url": {"env": "ADDRESS"}, "table": "salesforce.opportunity"}
start = time.perf_counter()
stream = open_named(Sql("crm", Sql.Settings.model_validate(settings), context), org=Org(), state=Path(state))
pulled = time.perf_counter()
count = sum(batch.records.height for batch in stream.batches)
print(json.dumps({"records": count, "pull_seconds": round(pulled - start, 2),
                  "records_seconds": round(time.perf_counter() - pulled, 2)}))
"""

HUBSPOT = """
import json, sys, time
from datetime import UTC, date, datetime
from pathlib import Path
from steplint.records import Org
from steplint.sources.hubspot import HubSpot
from steplint.sources.remote import Context
from steplint.sources.remote.log import RunLog
from steplint.sources.remote.open import open_named
from steplint.sources.remote.secrets import Secrets
served, state, _ = sys.argv[1:]
url, token = served.split()
secrets = Secrets({"TOKEN": token}, Path("."))
now = lambda: datetime(2026, 1, 12, 2, tzinfo=UTC)
context = Context(secrets, RunLog(None, "bench", now, secrets), date(2026, 1, 12), now)
settings = {"token": {"env": "TOKEN"}, "base_url": url, "closed": True}
source = HubSpot("crm", HubSpot.Settings.model_validate(settings), context)
start = time.perf_counter()
stream = open_named(source, org=Org(), state=Path(state))
pulled = time.perf_counter()
count = sum(batch.records.height for batch in stream.batches)
print(json.dumps({"records": count, "calls": source.api.calls, "pull_seconds": round(pulled - start, 2),
                  "records_seconds": round(time.perf_counter() - pulled, 2)}))
"""

#: Source → (the module that serves it, the code that pulls it).
SOURCES = {
    "salesforce": ("tests.servers.salesforce", SALESFORCE),
    "sql": ("tests.servers.warehouse", SQL),
    "hubspot": ("tests.servers.hubspot", HUBSPOT),
}


@contextmanager
def served(module: str, records: int) -> Iterator[str]:
    """The line that a server prints once it has made its records."""
    command = [sys.executable, "-m", module, "--records", str(records)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield process.stdout.readline().strip()
        process.stdin.close()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", choices=SOURCES)
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--api", default="bulk", choices=["rest", "bulk"], help="of Salesforce")
    parser.add_argument("--min-rate", type=float, help="records a second")
    parser.add_argument("--max-memory", type=float, help="MiB")
    options = parser.parse_args(arguments)
    sys.path.insert(0, str(ROOT))
    from bench.throughput import run

    module, code = SOURCES[options.source]
    with served(module, options.records) as line, tempfile.TemporaryDirectory() as state:
        done = run(
            [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}){code}", line, state, options.api]
        )
    if done.code:
        print(done.stderr, file=sys.stderr)
        return 1
    figures = {**json.loads(done.stdout), "seconds": round(done.wall, 2), "cpu_seconds": round(done.cpu, 2)}
    figures["records_per_second"] = round(figures["records"] / done.wall)
    figures["peak_mib"] = round(done.peak)
    print(
        f"{options.source}{f', {options.api}' if options.source == 'salesforce' else ''}: {figures['records']:,} records"
    )
    for name, value in figures.items():
        print(f"  {name:<20} {value:,}")
    slow = options.min_rate is not None and figures["records_per_second"] < options.min_rate
    large = options.max_memory is not None and figures["peak_mib"] > options.max_memory
    return int(slow or large)


if __name__ == "__main__":
    sys.exit(main())
