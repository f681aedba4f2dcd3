"""The chain reads what any one decoder reads, and never a wrong text (issue "from camera to receipt")."""

from dataclasses import replace

import numpy as np
import pytest

from pos_app.devices.camera import Decoder, DecoderChain, grey_picture_from
from pos_app.devices.camera.decoders import grey_of, region_around
from pos_app.devices.camera.port import Picture
from tests.builders.codes import qr_pixels, text_like_a_payment_code
from tests.builders.phone_video import HEIGHT, WIDTH, PhoneLook, counter_frame, phone_frame
from tests.builders.photographs import PHOTOGRAPHS, Photograph, photographs, pyzbar_reads, zxing_reads

CODE = text_like_a_payment_code(5)
MISSED_BY_ZXING = "zxing__qrcode-2_28.png"


@pytest.fixture
def chain() -> DecoderChain:
    return DecoderChain()


@pytest.mark.parametrize("photograph", photographs(), ids=lambda photograph: photograph.path.stem)
def test_a_photograph_is_read_if_any_decoder_reads_it_and_never_wrongly(
    photograph: Photograph, chain: DecoderChain
) -> None:
    grey = grey_picture_from(photograph.path)
    texts = {code.text for code in chain.decode_still(grey)}
    assert texts <= {photograph.text}
    assert texts >= {photograph.text} & (set(zxing_reads(grey)) | set(pyzbar_reads(grey)))


def test_a_photograph_that_zxing_misses_and_zbar_reads_is_read(chain: DecoderChain) -> None:
    grey = grey_picture_from(PHOTOGRAPHS / MISSED_BY_ZXING)
    assert zxing_reads(grey) == []
    assert len(chain.decode_still(grey)) == 1


def test_a_camera_held_on_it_reads_it_and_zbar_gets_its_turn(chain: DecoderChain) -> None:
    grey = grey_picture_from(PHOTOGRAPHS / MISSED_BY_ZXING)
    readings = [chain.decode_frame(grey) for _ in chain.fallbacks]
    assert Decoder.ZBAR in [code.decoder for code in readings if code is not None]


@pytest.mark.parametrize("dark_mode", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("angle", [0, 90, 180, 33])
def test_a_phone_is_read_light_and_dark_at_any_angle(
    dark_mode: bool, angle: float, chain: DecoderChain
) -> None:
    frame = phone_frame(CODE, PhoneLook(dark_mode=dark_mode, angle=angle, code_px=260, tilt=0.08))
    code = chain.decode_frame(grey_of(frame))
    assert code is not None
    assert code.text == CODE


def test_the_corners_are_where_the_code_is_whichever_way_read_it(chain: DecoderChain) -> None:
    plain = qr_pixels(CODE, 4)
    side = plain.shape[0]
    grey: Picture = np.full((HEIGHT, WIDTH), 200, np.uint8)
    left, top = 500, 200
    grey[top : top + side, left : left + side] = plain
    inner = (left + 16, top + 16, left + side - 16, top + side - 16)
    expected = [(inner[0], inner[1]), (inner[2], inner[1]), (inner[2], inner[3]), (inner[0], inner[3])]
    first = chain.first_stage(grey)
    assert len(first) == 1
    np.testing.assert_allclose(first[0].corners, expected, atol=3)
    np.testing.assert_allclose(chain.decode_still(255 - grey)[0].corners, expected, atol=3)
    tracked = chain.decode_frame(grey, region_around(first[0].corners, grey))
    assert tracked is not None
    np.testing.assert_allclose(tracked.corners, expected, atol=3)
    # Softened, sharpened, enlarged, …: each reads this plain code in its turn, and at the same place.
    for stage in chain.fallbacks:
        for code in stage(grey):
            np.testing.assert_allclose(code.corners, expected, atol=4)


def test_two_codes_in_one_picture_are_both_read(chain: DecoderChain) -> None:
    both = np.hstack([qr_pixels(CODE, 4), qr_pixels("https://example.com/", 8)[:260, :260]])
    assert {code.text for code in chain.decode_still(_padded(both))} == {CODE, "https://example.com/"}


def test_a_poster_in_view_does_not_hide_the_customers_code(chain: DecoderChain) -> None:
    frame = grey_of(phone_frame(CODE, PhoneLook(centre=(880, 360), code_px=280)))
    poster = qr_pixels("https://example.com/menu", 6)
    frame[300 : 300 + poster.shape[0], 100 : 100 + poster.shape[1]] = poster
    code = chain.decode_frame(frame)
    assert code is not None
    assert code.text == CODE


@pytest.mark.parametrize(
    "content",
    [
        "會員付款碼過期".encode(),
        "café über".encode(),
        "こんにちは世界".encode(),
        "é".encode(),
        "café".encode("latin-1"),
        "付款".encode("big5"),
    ],
)
def test_zbar_never_shows_mangled_text(content: bytes, chain: DecoderChain) -> None:
    """pyzbar's own `decode` answers 莉俶ｬｾ… to 付款…; the chain's ZBar says the text or nothing."""
    by_zbar = [code.text for code in chain.by_zbar(qr_pixels(content, 6))]
    try:
        assert by_zbar == [content.decode()]
    except UnicodeDecodeError:
        assert by_zbar == []


def test_frames_without_a_code_give_nothing(chain: DecoderChain) -> None:
    frames = [grey_of(counter_frame(seed=n, noise=20)) for n in range(7)]
    assert [chain.decode_frame(frame) for frame in frames] == [None] * 7


@pytest.mark.parametrize("shape", [(1, 1), (1, 1280), (2, 2), (720, 1), (3, 5)])
def test_odd_sizes_are_no_codes_and_no_crash(shape: tuple[int, int], chain: DecoderChain) -> None:
    assert chain.decode_still(np.zeros(shape, np.uint8)) == []


def test_one_fallback_a_frame_in_turn_saves_what_the_first_stage_misses(chain: DecoderChain) -> None:
    look = PhoneLook(code_px=180, blur_px=0.9, noise=25, contrast=0.5)
    saved = 0
    for seed in range(12):
        frame = grey_of(phone_frame(CODE, replace(look, seed=seed)))
        code = chain.decode_frame(frame)
        if code is not None:
            assert code.text == CODE
            saved += code.decoder is not Decoder.ZXING
    assert saved > 0


def _padded(grey: Picture) -> Picture:
    return np.pad(grey, 40, constant_values=255)


def test_no_repr_shows_a_codes_text(chain: DecoderChain) -> None:
    codes = chain.decode_still(_padded(qr_pixels(CODE, 4)))
    assert [code.text for code in codes] == [CODE]
    assert CODE[10:20] not in repr(codes)
