"""Markdown as a tree: lists and tables by their headings."""

import pytest

from lrplot.diagnostics import Source, SpecError
from lrplot.text.markdown import read_markdown
from lrplot.text.tree import Listing, Mapping

TEXT = """\
---
license: mit
---
# A model

### Training hyperparameters

The following were used:
- learning_rate: 2e-05
- optimizer: Adam with betas=(0.9,0.999) and epsilon=1e-08
* num_epochs: 3.0

```
- learning_rate: 1
```

## Training results

| Loss   | Epoch | Step |
|:------:|:-----:|-----:|
| No log | 1.0   | 438  |
| 0.5    | 2.0   | 876  |

### Framework versions ###

- Transformers 4.41.2
- Pytorch 2.3.0+cu121
- no version
"""


def plain(node):
    if isinstance(node, Mapping):
        return {entry.key.text: plain(entry.value) for entry in node}
    return [plain(item) for item in node.items] if isinstance(node, Listing) else node.text


def test_lists_and_tables_stand_under_their_headings():
    assert plain(read_markdown(Source("README.md", TEXT))) == {
        "training_hyperparameters": {
            "learning_rate": "2e-05",
            "optimizer": "Adam with betas=(0.9,0.999) and epsilon=1e-08",
            "num_epochs": "3.0",
        },
        "training_results": {
            "table": [
                {"Loss": "No log", "Epoch": "1.0", "Step": "438"},
                {"Loss": "0.5", "Epoch": "2.0", "Step": "876"},
            ]
        },
        "framework_versions": {"Transformers": "4.41.2", "Pytorch": "2.3.0+cu121"},
    }


def test_values_have_their_places():
    span = read_markdown(Source("README.md", TEXT)).get("training_hyperparameters").get("learning_rate").span
    assert (span.line, span.column, span.end_column) == (8, 17, 22)


def test_lines_are_those_of_editors():
    span = read_markdown(Source("README.md", "a\rb\r\n# Title\n- key: 1\n")).get("title").get("key").span
    assert (span.line, span.source.lines[span.line][span.column : span.end_column]) == (3, "1")


@pytest.mark.parametrize("text", ["", "#", "|", "|\n|", "- : 1", "| a |\n| 1 | 2 |", "```\n- a: 1"])
def test_odd_texts_have_no_sections_or_few(text):
    assert len(read_markdown(Source("README.md", text)).entries) <= 1


def test_a_text_of_very_many_lines_is_refused():
    with pytest.raises(SpecError):
        read_markdown(Source("README.md", "\n" * 30_000))
