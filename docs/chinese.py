"""For the site in Chinese: a line that is broken in the source is not a space on the page."""

import re
from typing import Any

SIGN = "[\u3001-\u9fff\uff01-\uffee]"  # of Chinese, punctuation included
BROKEN = re.compile(rf"(?<={SIGN})\n(?={SIGN})|(?<=[，。；：、（）])\n(?=[A-Za-z*\[]|`(?!``))")


def on_page_markdown(markdown: str, **kwargs: Any) -> str:
    """The page with such lines joined; called by MkDocs."""
    return BROKEN.sub("", markdown)
