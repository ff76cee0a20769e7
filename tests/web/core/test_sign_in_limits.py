import pytest

from app.config import Config
from app.errors import TooManyRequests
from app.web.core.rate_limits import network
from app.web.core.sign_in_limits import SignInLimits


@pytest.fixture
def limits() -> SignInLimits:
    return SignInLimits(Config(_env_file=None))  # type: ignore[call-arg]


def tries(limits: SignInLimits, names: str, addresses: str) -> int:
    """Try with each name from each address in turn; return how many were let through."""
    for n in range(400):
        try:
            limits.count(names.format(n), addresses.format(n % 250))
        except TooManyRequests:
            return n
    return 400


def test_one_address_tries_few_times_whatever_the_name(limits: SignInLimits) -> None:
    assert tries(limits, "name {}", "10.0.0.1") == 10
    limits.count("name 1", "10.0.0.2")


def test_a_name_is_tried_few_times_from_wherever(limits: SignInLimits) -> None:
    assert tries(limits, "anna", "10.0.0.{}") == 20


def test_a_household_of_ipv6_counts_as_one_address(limits: SignInLimits) -> None:
    assert tries(limits, "name {}", "2001:db8::{}") == 10


@pytest.mark.parametrize(
    ("address", "of"),
    [("10.0.0.1", "10.0.0.1"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("", ""), ("unix:", "unix:")],
)
def test_an_address_belongs_to_a_network(address: str, of: str) -> None:
    assert network(address) == of
