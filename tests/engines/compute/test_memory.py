from app.engines.compute.memory import free_bytes


def test_some_of_the_memory_of_this_machine_is_free() -> None:
    assert 2**20 < free_bytes("cpu") < 2**45
