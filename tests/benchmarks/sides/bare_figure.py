"""The same line with the same labels as `lrplot plot configs/cosine.yaml`, by matplotlib alone.

python bare_figure.py FILE.png
"""

import sys


def draw(path: str) -> None:
    """Warmup and cosine over 10,000 steps, as a PNG of the same size."""
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    steps = np.arange(10_000)
    fall = 3e-5 + 2.7e-4 * 0.5 * (1 + np.cos(np.pi * (steps - 500) / 9_500))
    figure = Figure(figsize=(6.4, 6.4 * 0.56), dpi=200)
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.plot(steps, np.where(steps < 500, 3e-4 * steps / 500, fall))
    axes.set_title("Cosine with warmup", loc="left")
    axes.set_xlabel("steps")
    axes.set_ylabel("learning rate")
    axes.grid(axis="y")
    for start, stop, name in ((0, 500, "warmup"), (500, 10_000, "cosine")):
        axes.axvline(start)
        axes.annotate(name, ((start + stop) / 2, 1.0), xycoords=("data", "axes fraction"))
    figure.savefig(path)


if __name__ == "__main__":
    draw(sys.argv[1])
