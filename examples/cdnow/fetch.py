"""Put the public CDNOW purchase log into the form the `files` adapter reads.

The log ships inside the wheel `lifetimes` on the Python package index: 69,659 purchases of 23,570
customers of a music shop, from January 1997 to June 1998. Nothing of the wheel is installed.
"""

import csv
import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parent / "data"
WHEEL = "lifetimes==0.11.3"
LOG = "lifetimes/datasets/CDNOW_master.txt"
LOG_SHA256 = "eff6889ed364c5199d6eacbbeb7a6d559971df4406ac876f322c373f00a072ef"
PURCHASES = 69_659
CUSTOMERS = 23_570


class Purchase(NamedTuple):
    """One line of the log."""

    customer: str
    occurred_at: str
    quantity: str
    amount: str


def main() -> None:
    """Fetch the log unless it is there already."""
    contacts, events = DATA / "contacts.csv", DATA / "events.csv"
    if contacts.exists() and events.exists():
        return
    print("Fetching the CDNOW purchase log ...")
    purchases = parse(verified(read_log(download())))
    DATA.mkdir(exist_ok=True)
    write(events, ("id", "contact", "type", "occurred_at", "quantity", "amount"), orders(purchases))
    write(contacts, ("id", "email", "created_at"), customers(purchases))
    print(f"Wrote {PURCHASES:,} orders of {CUSTOMERS:,} customers to {shown(DATA)}/")


def download() -> bytes:
    """Return the wheel, as this interpreter's pip gets it."""
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "-qq", "--no-deps", "--retries", "2"]
        done = subprocess.run(
            [*pip, "--only-binary", ":all:", "--dest", folder, WHEEL],
            capture_output=True,
            text=True,
            check=False,
        )
        wheels = list(Path(folder).glob("*.whl"))
        if done.returncode or not wheels:
            reason = done.stderr.strip().splitlines()[-1:] or ["pip gave no reason"]
            sys.exit(
                f"The CDNOW log could not be fetched: pip cannot get {WHEEL} ({reason[0]}).\n"
                "Once the Python package index can be reached, run this again; "
                "after that the example works offline."
            )
        return wheels[0].read_bytes()


def read_log(wheel: bytes) -> bytes:
    """Return the log that lies inside the wheel."""
    with tempfile.TemporaryFile() as file:
        file.write(wheel)
        try:
            with zipfile.ZipFile(file) as archive:
                return archive.read(LOG)
        except (KeyError, zipfile.BadZipFile) as error:
            sys.exit(f"The wheel {WHEEL} holds no readable {LOG}: {error}")


def verified(log: bytes) -> bytes:
    """Return the log if it is, byte for byte, the one this example was written for."""
    digest = hashlib.sha256(log).hexdigest()
    if digest != LOG_SHA256:
        sys.exit(
            f"The CDNOW log is not the one this example was written for; nothing was written.\n"
            f"  expected SHA-256 {LOG_SHA256}\n"
            f"  got              {digest}"
        )
    return log


def parse(log: bytes) -> Sequence[Purchase]:
    """Return the purchases in the order of the log."""
    purchases = []
    for line in log.decode("ascii").splitlines()[1:]:
        customer, day, quantity, amount = line.split()
        # The log knows the day alone. Noon UTC is that day everywhere in the shop's country.
        occurred_at = f"{day[:4]}-{day[4:6]}-{day[6:]}T12:00:00Z"
        purchases.append(Purchase(f"c{customer}", occurred_at, quantity, amount))
    found = (len(purchases), len({purchase.customer for purchase in purchases}))
    if found != (PURCHASES, CUSTOMERS):
        sys.exit(
            f"The CDNOW log has {found[0]:,} purchases of {found[1]:,} customers, "
            f"not {PURCHASES:,} of {CUSTOMERS:,}; nothing was written."
        )
    return purchases


def orders(purchases: Iterable[Purchase]) -> Iterable[Sequence[str]]:
    """Return one event a purchase; its id keeps two equal ones of one day apart."""
    for number, bought in enumerate(purchases, start=1):
        yield (
            f"o{number:05}",
            bought.customer,
            "order.placed",
            bought.occurred_at,
            bought.quantity,
            bought.amount,
        )


def customers(purchases: Iterable[Purchase]) -> Iterable[Sequence[str]]:
    """Return one contact a customer, created with the first purchase."""
    first: dict[str, str] = {}
    for bought in purchases:
        first[bought.customer] = min(bought.occurred_at, first.get(bought.customer, "9999"))
    for customer, created_at in first.items():
        yield (customer, f"{customer}@example.com", created_at)


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a CSV file; whoever looks sees all of it or none."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")  # two may run at once
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    unfinished.replace(path)


def shown(path: Path) -> Path:
    """Return the path as a person here would type it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


if __name__ == "__main__":
    main()
