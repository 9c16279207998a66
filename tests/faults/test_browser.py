"""The browser that end-to-end tests use is real, and draws the scripts our people read."""

from __future__ import annotations

from playwright.sync_api import Browser

CONJUNCT = "\u09b6\u09cd\u09b0"
WIDTH = """
text => {
  const span = document.createElement('span');
  span.textContent = text;
  document.body.append(span);
  return span.getBoundingClientRect().width;
}
"""


def test_bengali_is_drawn_with_a_font_that_has_it(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content('<html lang="bn"><body style="font-size: 40px"></body></html>')
    conjunct = page.evaluate(WIDTH, CONJUNCT)
    # A missing font draws the three signs of the conjunct as three boxes, side by side.
    assert 0 < conjunct < 40
    page.close()
