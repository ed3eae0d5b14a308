"""Whether a run scales its loss, as fp16 needs: after an overflow it skips an update."""

from __future__ import annotations

from lrplot.lazy import dataclass
from lrplot.text.tree import Mapping, Scalar
from lrplot.trainers.shared.config import find

SCALED = ("fp16", "16", "16-mixed", "float16", "half", "amp_fp16", "native amp")  # in lower case
UNSCALED = ("bf16", "bf16-mixed", "bf16-true", "bfloat16", "amp_bf16", "no", "32", "32-true", "fp32", "float32")


@dataclass(frozen=True)
class Precision:
    """Paths of keys that state the number format: flags of fp16, flags of bf16, and keys that name a format.

    If `launched`, a launcher may choose fp16 although its flag is false, so that only flags of bf16 exclude it.
    """

    fp16: tuple[str, ...] = ()
    bf16: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    launched: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        """All paths."""
        return (*self.fp16, *self.bf16, *self.named)

    def scales_loss(self, root: Mapping) -> bool | None:
        """Whether the run of a config scales its loss; None if no key tells it."""
        told = [self._told(root, path) for path in self.paths]
        return True if True in told else False if False in told else None

    def _told(self, root: Mapping, path: str) -> bool | None:
        node = find(root, path)
        if not isinstance(node, Scalar):
            return None
        text = node.text.lower()
        if path in self.named:
            return True if text in SCALED else False if text in UNSCALED else None
        flag = {"true": True, "false": False}.get(text)
        if path in self.bf16:
            return False if flag else None
        return flag or (None if self.launched else flag)


TRANSFORMERS = Precision(("fp16",), ("bf16",), launched=True)  # `accelerate launch --mixed_precision fp16`
