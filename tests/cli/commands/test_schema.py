"""`lrplot schema`."""

import json

from support import Run


def test_prints_one_document(run: Run):
    result = run("schema")
    assert result.code == 0
    assert json.loads(result.out)["$schema"] == "http://json-schema.org/draft-07/schema#"


def test_writes_a_file(run: Run, tmp_path):
    path = tmp_path / "lrplot.schema.json"
    assert run("schema", "-o", str(path)).out == ""
    assert path.read_text(encoding="utf-8") == run("schema").out
