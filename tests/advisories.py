"""`make audit`: known weaknesses of the packages we pin, as pip-audit finds them; no answer is no good news.

Exit 0 where every package was looked up and none is known to be weak, 1 where one is, 2 where some were not looked up.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

COMMAND = ("-m", "pip_audit", "--progress-spinner", "off", "--format", "json", "--no-deps", "--disable-pip", "-r")


def told(packages: Sequence[Mapping[str, Any]]) -> tuple[int, list[str]]:
    """The exit code and the lines to print for what pip-audit says of each package."""
    weak = [
        f"{each['name']} {each['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'none yet'}"
        for each in packages
        for fault in each.get("vulns", ())
    ]
    skipped = [each["name"] for each in packages if "skip_reason" in each]
    looked_up = len(packages) - len(skipped)
    lines = [*weak, f"{looked_up} of {len(packages)} packages were looked up; known weaknesses: {len(weak)}"]
    if skipped:
        lines.append(f"NOT looked up, for the advisory service did not answer for them: {', '.join(skipped)}")
    return (1 if weak else 2 if skipped else 0), lines


def main() -> int:
    """Ask for every package of constraints.txt."""
    place = Path(__file__).parents[1] / "constraints.txt"
    done = subprocess.run([sys.executable, *COMMAND, str(place)], capture_output=True, text=True, check=False)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(
            f"the advisory service was not reached, so nothing is known of any package:\n{done.stderr.strip()[-300:]}"
        )
        return 2
    code, lines = told(packages)
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    sys.exit(main())
