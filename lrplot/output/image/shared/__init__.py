"""Parts that every picture format shares: sheets, themes, and the composition of a picture on paper."""
