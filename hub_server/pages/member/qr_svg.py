"""A payment code as SVG: dark on light whatever the phone's theme, since many readers fail on inverted codes."""

import qrcode

QUIET_MODULES = 4


def qr_svg(text: str) -> str:
    """The QR (ECC M) as one path of horizontal runs on a white square, in module units."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=QUIET_MODULES)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    side = len(rows)
    path = "".join(_runs(y, row) for y, row in enumerate(rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<rect width="{side}" height="{side}" fill="#fff"/><path fill="#000" d="{path}"/></svg>'
    )


def _runs(y: int, row: list[bool]) -> str:
    parts = []
    x = 0
    while x < len(row):
        start = x
        while x < len(row) and row[x]:
            x += 1
        if x > start:
            length = x - start
            parts.append(f"M{start} {y}h{length}v1h-{length}z")
        else:
            x += 1
    return "".join(parts)
