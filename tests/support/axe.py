"""Whether everybody can work with a page, by the rules of axe-core: WCAG 2.2 A and AA, and its best practices."""

import functools
import json

from playwright.async_api import Page

from tests.support.node import install
from tests.support.processes import ROOT


@functools.cache
def _rules() -> str:
    return (install(ROOT / "tests" / "axe") / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


async def faults(page: Page) -> list[str]:
    """What is wrong with a page as it stands, a line for each place. It is asked past the page's policy, which stays
    what it is."""
    # Never detached: Chromium would take the page's virtual authenticator away with it.
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Runtime.evaluate", {"expression": _rules(), "silent": True})
    asked = "axe.run(document, {resultTypes: ['violations']}).then(found => JSON.stringify(found.violations))"
    told = await devtools.send("Runtime.evaluate", {"expression": asked, "awaitPromise": True})
    assert "value" in told["result"], told
    return [
        f"{rule['id']}: {rule['help']}: {node['html'][:160]} ({'; '.join(_why(node))[:300]})"
        for rule in json.loads(told["result"]["value"])
        for node in rule["nodes"]
    ]


def _why(node: dict[str, list[dict[str, str]]]) -> list[str]:
    return [one["message"] for kind in ("any", "all", "none") for one in node[kind]]
