"""A soak drawn: each process's private memory over time and the line fitted after the warm-up, as an SVG file."""

from pathlib import Path

from tests.bench.soak import PARTS, Soak

WIDTH, HEIGHT = 720, 170
LEFT, TOP, RIGHT, BOTTOM = 60, 34, 20, 30
COLOURS = {"bot": "#1f5fa8", "rasa": "#a8501f", "actions": "#2d7a3e", "synthesizer": "#7a3e86"}
SMALLEST_MEGABYTES = 20.0
"""A panel is at least so many high, so that what hardly moves looks so."""


def draw(seen: Soak, path: Path) -> None:
    """One panel a process, one under the other."""
    panels = [_panel(seen, part, number * HEIGHT) for number, part in enumerate(PARTS)]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {len(PARTS) * HEIGHT}"'
    style = 'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>'
    path.write_text(f"{head} {style}\n" + "\n".join(panels) + "\n</svg>\n", encoding="utf-8")


def _panel(seen: Soak, part: str, top: int) -> str:
    samples = seen.held[part]
    began, last = samples[0].at_seconds, samples[-1].at_seconds
    least, most = (bound(held.megabytes for held in samples) for bound in (min, max))
    middle, spread = (least + most) / 2, max(most - least, SMALLEST_MEGABYTES) * 1.1

    def place(at_seconds: float, megabytes: float) -> str:
        across = LEFT + (WIDTH - LEFT - RIGHT) * (at_seconds - began) / (last - began)
        down = top + TOP + (HEIGHT - TOP - BOTTOM) * (0.5 - (megabytes - middle) / spread)
        return f"{across:.1f},{down:.1f}"

    slope, error = seen.slope(part)
    fitted = seen.fitted(part)
    points = " ".join(place(held.at_seconds, held.megabytes) for held in samples)
    line = " ".join(place(at_seconds, fitted(at_seconds / 60)) for at_seconds in (seen.warm_from(part), last))
    base = top + HEIGHT - BOTTOM
    marks = [
        f'<text x="{LEFT}" y="{top + 20}" font-weight="bold" fill="{COLOURS[part]}">{part}</text>',
        f'<text x="{WIDTH - RIGHT}" y="{top + 20}" text-anchor="end">{slope:+.2f} ± {error:.2f} MB a minute</text>',
        f'<text x="{LEFT - 6}" y="{top + TOP + 8}" text-anchor="end">{middle + spread / 2:.0f} MB</text>',
        f'<text x="{LEFT - 6}" y="{base}" text-anchor="end">{middle - spread / 2:.0f} MB</text>',
        f'<text x="{LEFT}" y="{base + 18}">0</text>',
        f'<text x="{WIDTH - RIGHT}" y="{base + 18}" text-anchor="end">{(last - began) / 60:.1f} min</text>',
        f'<path d="M{LEFT} {top + TOP}V{base}H{WIDTH - RIGHT}" fill="none" stroke="#999"/>',
        f'<polyline points="{points}" fill="none" stroke="{COLOURS[part]}" stroke-width="1.5"/>',
        f'<polyline points="{line}" fill="none" stroke="#000" stroke-dasharray="6 4"/>',
    ]
    return "\n".join(marks)
