"""Nets compute on one thread: two on a busy machine make small ones many times slower."""

import pytest
import torch


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)
