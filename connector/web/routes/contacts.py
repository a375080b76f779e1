"""Who is known, and why they stand where they stand."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(tags=["contacts"])
