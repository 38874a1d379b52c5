"""How long until a board can be used on a slow line.

`python bench/first_load.py URL [EMAIL PASSWORD]`

Chromium with the figures that Lighthouse calls "slow 4G" (150 ms, 1.6 Mbit/s down, 0.75 up). Cold
means nothing kept but the session's cookie: no file, no day, no service worker.
"""

import asyncio
import shutil
import statistics
import sys
from typing import Any

from playwright.async_api import Browser, async_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SLOW_4G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
ROUNDS = 7
WATCH = """
    new MutationObserver((_, observer) => {
        if (!document.querySelector(".habit button.check")) return;
        window.usableAt = performance.now();
        observer.disconnect();
    }).observe(document, { childList: true, subtree: true });
"""


async def measure(browser: Browser, url: str, state: Any, *, keeps: bool) -> tuple[float, Any]:
    """Open the board; return the milliseconds until it could be used, and the cookies after it."""
    workers: Any = "allow" if keeps else "block"
    context = await browser.new_context(storage_state=state, service_workers=workers)
    page = await context.new_page()
    if keeps:
        await page.goto(url)
        await page.wait_for_selector(".habit button.check")
        await page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
        await page.goto("about:blank")
    devtools = await context.new_cdp_session(page)
    await devtools.send("Network.enable")
    await devtools.send("Network.emulateNetworkConditions", SLOW_4G)
    await page.add_init_script(WATCH)
    await page.goto(url, wait_until="commit")
    await page.wait_for_selector(".habit button.check")
    found = float(await page.evaluate("usableAt"))
    await asyncio.sleep(1)  # the session may still be renewed
    state = {"cookies": await context.cookies(), "origins": []}
    await context.close()
    return found, state


async def main(url: str, email: str, password: str) -> None:
    """Print the medians."""
    program = next(path for name in PROGRAMS if (path := shutil.which(name)))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        context = await browser.new_context()
        page = await context.new_page()
        await page.goto(url)
        await page.fill("input[name=email]", email)
        await page.fill("input[name=password]", password)
        await page.click("button.primary")
        await page.wait_for_selector(".habit")
        state: Any = {"cookies": await context.cookies(), "origins": []}
        await context.close()
        for name, keeps in (("cold", False), ("files and day kept", True)):
            times: list[float] = []
            for _ in range(ROUNDS):
                found, state = await measure(browser, url, state, keeps=keeps)
                times.append(found)
            spread = f"{min(times):.0f} to {max(times):.0f}"
            print(f"{name}: {statistics.median(times):.0f} ms ({spread}, {ROUNDS} rounds)")
        await browser.close()


if __name__ == "__main__":
    arguments = [*sys.argv[1:], "demo@example.com", "half a year of habits"]
    asyncio.run(main(arguments[0], *arguments[1:3]))
