"""The event stream's reader, however the stream is cut into chunks."""

import pytest

from pos_app.hub_client.address import checked_address
from pos_app.hub_client.errors import InsecureAddress
from pos_app.hub_client.sse import MAX_LINE, MalformedStream, StreamComment, StreamEvent, read_stream

STREAM = ": hub_time x\nid: 7\nevent: policy\ndata: {\ndata: }\n\nid: 8\r\nevent: staff\r\ndata: []\r\n\r\ndata: cut"
EXPECTED = [StreamComment("hub_time x"), StreamEvent("policy", "{\n}", "7"), StreamEvent("staff", "[]", "8")]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1_000])
def test_events_and_comments_come_out_whole_and_what_is_cut_off_does_not(size: int) -> None:
    raw = STREAM.encode()
    assert list(read_stream(raw[i : i + size] for i in range(0, len(raw), size))) == EXPECTED


@pytest.mark.parametrize("raw", [b"data: " + b"x" * (MAX_LINE + 1), b"data: \xff\n\n"])
def test_an_endless_line_and_foreign_bytes_are_refused(raw: bytes) -> None:
    with pytest.raises(MalformedStream):
        list(read_stream([raw]))


@pytest.mark.parametrize(
    "address",
    [
        "http://hub.example",
        "ftp://127.0.0.1",
        "hub.example",
        "https://",
        "https://a:b@hub.example",
        "http://127.0.0.1.example",
    ],
)
def test_an_address_that_is_not_safe_is_refused(address: str) -> None:
    with pytest.raises(InsecureAddress):
        checked_address(address)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8080/", "http://localhost:1", "http://[::1]:1", "https://hub.example/"]
)
def test_https_and_this_machine_are_taken(address: str) -> None:
    assert checked_address(address) == address.rstrip("/")
