"""Roles: what an argument of a scheduler or a segment of a curve is for."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """The purpose of an argument or of a segment.

    Those of the first group are roles of segments; an argument that has one gives the length
    of such a segment. Those of the second group are roles of arguments alone.
    """

    WARMUP = "warmup"  # a rise to the peak, before the schedule proper
    RISE = "rise"  # any other way up
    HOLD = "hold"  # one value
    DECAY = "decay"  # a way down; as an argument its length, the warmup excluded
    STAIRS = "stairs"  # constant parts with jumps between them
    CYCLES = "cycles"  # repeats
    CURVE = "curve"  # any other shape, or one that is not known
    AFTER = "after"  # what a formula does past the end it was made for
    DELAY = "delay"  # time before the schedule begins

    HORIZON = "horizon"  # the end of the schedule, counted from its start, the warmup included
    PERIOD = "period"  # length of the first cycle
    GROWTH = "growth"  # each cycle is this many times as long as the one before
    CYCLE_COUNT = "cycle count"  # number of cycles
    MILESTONES = "milestones"  # times at which the value jumps
    EVERY = "every"  # time between two jumps
    SHRINK = "shrink"  # factor of the peak from step to step, or from cycle to cycle
    HANDOVERS = "handovers"  # times at which one scheduler takes over from another
    START = "start"  # the first value
    PEAK = "peak"  # the greatest value
    PEAK_SHARE = "peak share"  # the value that a warmup leads to, as a share of the base
    FLOOR = "floor"  # the least value, where a decay leads
    IN_EPOCHS = "in epochs"  # whether times are given in epochs, which become updates
    TIMES = "times"  # how many times the clock is stepped per update
    SKIP_ZERO = "skip zero"  # whether a rise starts one update in
    INCLUSIVE = "inclusive"  # whether the last update has the end value
    CLIP = "clip"  # the value below which a curve is cut off
