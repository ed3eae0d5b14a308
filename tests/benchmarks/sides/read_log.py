"""Reads a log by lrplot, or its lines by a parser of Python; prints the seconds of the processor that it takes.

python read_log.py FILE lrplot|csv.reader|json.loads|imports
"""

import csv
import json
import sys
import time

import numpy  # noqa: F401  both sides have it

from lrplot.logs import LOGS
from lrplot.logs.shared.reading import read_log

path, reader, *_ = sys.argv[1:] or ("", "imports")
list(LOGS)
start = time.process_time()
match reader:
    case "lrplot":
        read_log(path)
    case "csv.reader":
        with open(path, newline="", encoding="utf-8") as file:
            for _ in csv.reader(file):
                pass
    case "json.loads":
        with open(path, encoding="utf-8") as file:
            for line in file:
                json.loads(line)
sys.stdout.write(f"{time.process_time() - start}\n")
