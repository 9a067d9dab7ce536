"""Imported by what copies are forked from."""

from .compiled import compile_extensions, compile_extensions_once

compile_extensions_once()
compile_extensions()
