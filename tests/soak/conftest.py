"""The soak tests use what the end-to-end tests use: the same program, clients and images."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
