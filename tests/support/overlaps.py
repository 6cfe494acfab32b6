"""Lines of text that lie on each other: no page is wider than the screen for it, and nobody can read them."""

from playwright.async_api import Page

_FIND = """() => {
  const lines = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const said = node.textContent.trim();
    const owner = node.parentElement;
    if (!said || owner.closest("svg, option, script, style, noscript") || !owner.checkVisibility()) continue;
    // What is kept for readers of the screen is clipped away by itself or by something around it.
    let hidden = false;
    for (let one = owner; one; one = one.parentElement) hidden ||= getComputedStyle(one).clipPath !== "none";
    if (hidden) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) if (box.width > 4 && box.height > 4) lines.push({ said, owner, box });
  }
  const found = [];
  for (const [n, one] of lines.entries()) {
    for (const other of lines.slice(n + 1)) {
      if (one.owner === other.owner) continue;
      const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const high = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
      // Lines of small type stand closer than their boxes are high.
      if (wide > 3 && high > Math.min(one.box.height, other.box.height) / 2) {
        found.push(`"${one.said.slice(0, 20)}" lies on "${other.said.slice(0, 20)}"`);
      }
    }
  }
  return [...new Set(found)].slice(0, 5);
}"""


async def overlaps(page: Page) -> list[str]:
    """The first five pairs of lines of which one lies on the other by more than half."""
    found: list[str] = await page.evaluate(_FIND)
    return found
