"""Draws every icon file from icon.svg: `python3 icons/make.py` (needs rsvg-convert)."""
import struct
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
PNG_FILES = {"32x32.png": 32, "128x128.png": 128, "128x128@2x.png": 256, "icon.png": 512}
ICO_SIZES = [16, 24, 32, 48, 64, 256]
# Apple's four-letter names for icons that hold a PNG.
ICNS_SIZES = {"icp4": 16, "icp5": 32, "ic07": 128, "ic08": 256, "ic09": 512, "ic10": 1024,
              "ic11": 32, "ic12": 64, "ic13": 256, "ic14": 512}
RGBA = 6


def png(size: int) -> bytes:
    """The icon as a square PNG; Tauri accepts RGBA only, so that is checked."""
    data = subprocess.run(
        ["rsvg-convert", "-w", str(size), "-h", str(size), str(HERE / "icon.svg")],
        check=True, capture_output=True,
    ).stdout
    assert data[24:26] == bytes([8, RGBA]), "the picture must be 8-bit RGBA"
    return data


def ico(sizes: list[int]) -> bytes:
    pictures = [png(size) for size in sizes]
    offset = 6 + 16 * len(sizes)
    directory = struct.pack("<HHH", 0, 1, len(sizes))
    for size, picture in zip(sizes, pictures):
        # 0 stands for 256 in the one-byte width and height.
        directory += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), offset)
        offset += len(picture)
    return directory + b"".join(pictures)


def icns(sizes: dict[str, int]) -> bytes:
    body = b""
    for name, size in sizes.items():
        picture = png(size)
        body += name.encode() + struct.pack(">I", len(picture) + 8) + picture
    return b"icns" + struct.pack(">I", len(body) + 8) + body


def main() -> None:
    for name, size in PNG_FILES.items():
        (HERE / name).write_bytes(png(size))
    (HERE / "icon.ico").write_bytes(ico(ICO_SIZES))
    (HERE / "icon.icns").write_bytes(icns(ICNS_SIZES))


if __name__ == "__main__":
    main()
