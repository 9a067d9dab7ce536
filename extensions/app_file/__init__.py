"""The application file's one import and one call, put where their author would have put them."""

from .wiring import Unclear, Wired, unwire_application, wire_application

__all__ = ["Unclear", "Wired", "unwire_application", "wire_application"]
