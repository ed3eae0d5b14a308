"""The shortest spec that a log follows.

A *form* is a schedule with free parameters, such as a cosine after a linear warmup. Each form is fitted to the logged
points, its parameters are replaced by the shortest numbers that still give every printed digit, and the spec that
results is evaluated at every logged step before it is called exact.
"""
