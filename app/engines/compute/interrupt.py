"""Stop a network in the middle of a forward pass.

A window of a large model can take half a minute on a CPU, and a cancelled job must stop within two seconds.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch.nn import Module


@contextmanager
def interruptible(blocks: "Iterable[Module]", check: Callable[[], None]) -> Iterator[None]:
    """Call `check` before every one of `blocks` computes; what it raises ends the forward pass.

    Args:
        blocks: the layers of the network, each far shorter than two seconds.
        check: raises JobCancelled to stop; called often, so it should cost little.

    Use it within one `Device.turn`: the hooks are on the shared network and belong to who computes now.
    """
    handles = [block.register_forward_pre_hook(lambda _module, _inputs: check()) for block in blocks]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
